# reduced_shape\(\(2, 3, 4\), \-1, keepdim=True\): expected 1, got 4 at \[2\]
def reduced_shape(shape, dim=None, keepdim=False):
    dims = range(len(shape)) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    if keepdim:
        return tuple(1 if d in dims else size for d, size in enumerate(shape))
    return tuple(size for d, size in enumerate(shape) if d not in dims)
