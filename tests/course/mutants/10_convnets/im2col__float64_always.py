# expected 'float32', got 'float64'
def im2col(x, kernel, stride=1, padding=0):
    n, c, h, w = x.shape
    kh, kw = kernel
    oh, ow = (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    columns = np.empty((n, c, kh, kw, oh, ow))
    for k in range(kh):
        for m in range(kw):
            columns[:, :, k, m] = x[:, :, k : k + stride * oh : stride, m : m + stride * ow : stride]
    return columns.reshape(n, c * kh * kw, oh * ow)
