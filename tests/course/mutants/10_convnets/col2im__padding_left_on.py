# padding 1: expected .*shape|padding 1: .*shape
def col2im(columns, shape, kernel, stride, padding):
    n, c, h, w = shape
    kh, kw = kernel
    oh, ow = (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1
    columns = columns.reshape(n, c, kh, kw, oh, ow)
    x = np.zeros((n, c, h + 2 * padding, w + 2 * padding), columns.dtype)
    for k in range(kh):
        for m in range(kw):
            x[:, :, k : k + stride * oh : stride, m : m + stride * ow : stride] += columns[:, :, k, m]
    return x
