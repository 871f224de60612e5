# random numbers|expected
def max_pool2d_backward(g, where, shape):
    n, c, h, w = shape
    gx = np.zeros((n * c, h * w), g.dtype)
    np.add.at(gx, (0, where.reshape(-1)), g.reshape(-1))
    return gx.reshape(shape)
