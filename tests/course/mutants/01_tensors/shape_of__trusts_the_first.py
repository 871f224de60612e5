# shape_of\(\[\[1, 2\], \[3\]\]\): expected a ValueError, got the value \(2, 2\)
def shape_of(data):
    """Shape of nested lists of numbers; ValueError if they are ragged."""
    if not isinstance(data, list):
        return ()
    inner = [shape_of(part) for part in data]
    return (len(data), *(inner[0] if inner else ()))
