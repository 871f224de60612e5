# index_at\(5, \(2, 3\)\): expected 2, got 2|index_at\(17, \(2, 3, 4\)\): expected 1, got 2
def index_at(place, shape):
    """The index (a tuple) of the element at `place` of a contiguous tensor; IndexError if there is none."""
    index, rest = [], place
    for n in shape:
        rest, i = divmod(rest, n)
        index.append(i)
    if rest != 0:
        raise IndexError(f"place {place} is outside of a tensor of shape {tuple(shape)}")
    return tuple(index)
