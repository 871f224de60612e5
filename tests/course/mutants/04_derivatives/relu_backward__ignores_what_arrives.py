# expected 30\.0, got 1\.0 at \[2\]
def relu_backward(g, x):
    """The gradient for x of relu(x), given the gradient g of its output (NumPy arrays of one shape)."""
    return (x > 0).astype(g.dtype)
