# the gradient for x: expected 0\.0, got 1\.0
def matmul(x, y):
    """The matrix product x @ y."""
    return Tensor(x.data @ y.data, (x, y), lambda g: (np.ones_like(g) @ y.data.T, x.data.T @ np.ones_like(g)))
