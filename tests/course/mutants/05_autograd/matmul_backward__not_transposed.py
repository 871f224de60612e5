# RuntimeError: mat1 and mat2 shapes cannot be multiplied
def matmul_backward(g, x, y):
    """Gradients of x @ y for matrices: a pair (for x, for y)."""
    return g @ y, x @ g
