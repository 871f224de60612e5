# expected a ValueError, got the value \(2, 2\)
def shape_of(data):
    """Shape of nested lists of numbers; ValueError if they are ragged."""
    if not isinstance(data, list):
        return ()
    inner = [shape_of(part) for part in data]
    if any(len(shape) != len(inner[0]) for shape in inner):
        raise ValueError(f"expected all parts to have the shape {inner[0]}, got {inner}")
    return (len(data), *(inner[0] if inner else ()))
