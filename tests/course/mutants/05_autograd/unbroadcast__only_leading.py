# unbroadcast\(tg\.ones\(2, 3\), \(2, 1\)\): expected shape \(2, 1\), got \(2, 3\)
def unbroadcast(g, shape):
    """Sum the gradient g so that it gets the given shape (a tuple), the shape before broadcasting."""
    while g.dim() > len(shape):
        g = g.sum(0)
    return g
