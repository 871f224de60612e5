# own_arithmetic_check: expected 10\.0, got 1\.0|expected .*, got
def unbroadcast(g, shape):
    """Sum the array g so that it gets the given shape, the one before broadcasting."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=stretched, keepdims=True)


def add(x, y):
    """x + y with broadcasting."""
    return Tensor(x.data + y.data, (x, y), lambda g: (unbroadcast(g, x.shape), unbroadcast(g, y.shape)))


def mul(x, y):
    """x · y, element by element, with broadcasting."""

    def pull(g):
        return unbroadcast(g * x.data, x.shape), unbroadcast(g * y.data, y.shape)

    return Tensor(x.data * y.data, (x, y), pull)
