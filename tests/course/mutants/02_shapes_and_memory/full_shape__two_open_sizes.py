# full_shape\(\(\-1, \-1\), 6\): expected a RuntimeError, got the value \(6, 6\)
def full_shape(shape, numel):
    known = 1
    for n in shape:
        known *= n if n != -1 else 1
    if numel % known:
        raise RuntimeError(f"shape {shape} is invalid for input of size {numel}")
    return tuple(numel // known if n == -1 else n for n in shape)
