# expected .*shape|AttributeError|expected
def total(x):
    """The sum of all elements."""
    return Tensor(x.data.sum(), (x,), lambda g: (np.asarray(g),))


def mean(x):
    """The mean of all elements."""
    return Tensor(x.data.mean(), (x,), lambda g: (np.full_like(x.data, g / x.data.size),))
