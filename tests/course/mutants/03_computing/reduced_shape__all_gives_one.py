# reduced_shape\(\(2, 3\), keepdim=True\): expected 2 elements, got 0
def reduced_shape(shape, dim=None, keepdim=False):
    if dim is None:
        return ()
    gone = {d % len(shape) for d in (dim if isinstance(dim, tuple) else (dim,))}
    if keepdim:
        return tuple(1 if d in gone else size for d, size in enumerate(shape))
    return tuple(size for d, size in enumerate(shape) if d not in gone)
