# expected 0\.25, got 1\.0
def total(x):
    """The sum of all elements."""
    return Tensor(x.data.sum(), (x,), lambda g: (np.full_like(x.data, g),))


def mean(x):
    """The mean of all elements."""
    return Tensor(x.data.mean(), (x,), lambda g: (np.full_like(x.data, g),))
