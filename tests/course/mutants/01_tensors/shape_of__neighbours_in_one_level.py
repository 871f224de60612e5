# is refused
def shape_of(data):
    """Shape of nested lists of numbers; ValueError if they are ragged."""
    if not isinstance(data, list):
        return ()
    lengths = [len(part) if isinstance(part, list) else 0 for part in data]
    if any(length != lengths[0] for length in lengths):
        raise ValueError("ragged")
    return (len(data), *(shape_of(data[0]) if data else ()))
