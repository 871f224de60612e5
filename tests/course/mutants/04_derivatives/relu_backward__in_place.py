# g must be left as it was
def relu_backward(g, x):
    """The gradient for x of relu(x), given the gradient g of its output (NumPy arrays of one shape)."""
    g[x <= 0] = 0
    return g
