# the product: ValueError|ValueError
def matmul(x, y):
    """The matrix product x @ y."""
    return Tensor(x.data @ y.data, (x, y), lambda g: (g @ y.data, x.data @ g))
