# im2col\(nine, \(2, 2\)\): expected 2\.0, got 4\.0|expected 4\.0, got 2\.0|expected 2\.0, got
def im2col(x, kernel, stride=1, padding=0):
    n, c, h, w = x.shape
    kh, kw = kernel
    oh, ow = (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    columns = np.empty((n, oh, ow, c, kh, kw), x.dtype)
    for i in range(oh):
        for j in range(ow):
            columns[:, i, j] = x[:, :, i * stride : i * stride + kh, j * stride + 0 : j * stride + kw]
    return columns.reshape(n, c * kh * kw, oh * ow)
