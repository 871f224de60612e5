# expected 50\.0, got 5\.0 at \[0\]
def mul_backward(g, x, y):
    """Gradients of x * y: a pair (for x, for y)."""
    return y, x
