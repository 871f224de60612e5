# one pixel wins all four windows: expected 10\.0, got 4\.0
def max_pool2d_backward(g, where, shape):
    n, c, h, w = shape
    gx = np.zeros((n * c, h * w), g.dtype)
    planes = np.arange(n * c).reshape(-1, 1)
    gx[planes, where.reshape(n * c, -1)] += g.reshape(n * c, -1)
    return gx.reshape(shape)
