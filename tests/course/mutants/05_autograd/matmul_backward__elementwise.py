# the gradient for x: expected
def matmul_backward(g, x, y):
    """Gradients of x @ y for matrices: a pair (for x, for y)."""
    return (g.sum(1, keepdim=True) * y.sum(1)), x.t() @ g
