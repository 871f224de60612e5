# full_shape\(\(4, \-1\), 6\): expected a RuntimeError, got the value \(4, 1\)
def full_shape(shape, numel):
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    known = 1
    for n in shape:
        known *= n if n != -1 else 1
    if -1 not in shape and known != numel:
        raise RuntimeError(f"shape {shape} is invalid for input of size {numel}")
    return tuple(numel // known if n == -1 else n for n in shape)
