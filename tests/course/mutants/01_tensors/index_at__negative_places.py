# place: expected -1 is refused, got -1 gives
def index_at(place, shape):
    """The index (a tuple) of the element at `place` of a contiguous tensor; IndexError if there is none."""
    index, rest = [], place
    for n in reversed(shape):
        rest, i = divmod(rest, n)
        index.insert(0, i)
    if rest > 0:
        raise IndexError(f"place {place} is outside of a tensor of shape {tuple(shape)}")
    return tuple(index)
