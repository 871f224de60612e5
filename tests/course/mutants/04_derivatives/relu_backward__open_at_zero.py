# expected 0\.0, got 20\.0 at \[1\]
def relu_backward(g, x):
    """The gradient for x of relu(x), given the gradient g of its output (NumPy arrays of one shape)."""
    return np.where(x >= 0, g, g.dtype.type(0))
