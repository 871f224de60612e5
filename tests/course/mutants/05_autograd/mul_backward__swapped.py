# expected 5\.0, got 3\.0 at \[0\]
def mul_backward(g, x, y):
    """Gradients of x * y: a pair (for x, for y)."""
    return g * x, g * y
