# index_at\(6, \(2, 3\)\): expected a IndexError, got the value \(0, 0\)
def index_at(place, shape):
    """The index (a tuple) of the element at `place` of a contiguous tensor; IndexError if there is none."""
    index, rest = [], place
    for n in reversed(shape):
        rest, i = divmod(rest, n)
        index.insert(0, i)
    return tuple(index)
