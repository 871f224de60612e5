# reduced_shape\(\(2, 3, 4\), \(0, 1\)\): expected 4, got 3 at \[0\]
def reduced_shape(shape, dim=None, keepdim=False):
    shape = list(shape)
    dims = range(len(shape)) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    for d in sorted(d % len(shape) for d in dims):
        if keepdim:
            shape[d] = 1
        else:
            shape.pop(d % len(shape))
    return tuple(shape)
