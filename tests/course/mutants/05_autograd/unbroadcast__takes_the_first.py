# unbroadcast\(tg\.ones\(2, 3\), \(3,\)\): expected 2\.0, got 1\.0
def unbroadcast(g, shape):
    """Sum the gradient g so that it gets the given shape (a tuple), the shape before broadcasting."""
    while g.dim() > len(shape):
        g = g[0]
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(i, keepdim=True)
    return g
