# own_unbroadcast_check: expected shape \(2, 1\), got|expected
# own_arithmetic_check: expected
def unbroadcast(g, shape):
    """Sum the array g so that it gets the given shape, the one before broadcasting."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return g


def add(x, y):
    """x + y with broadcasting."""
    return Tensor(x.data + y.data, (x, y), lambda g: (unbroadcast(g, x.shape), unbroadcast(g, y.shape)))


def mul(x, y):
    """x · y, element by element, with broadcasting."""

    def pull(g):
        return unbroadcast(g * y.data, x.shape), unbroadcast(g * x.data, y.shape)

    return Tensor(x.data * y.data, (x, y), pull)
