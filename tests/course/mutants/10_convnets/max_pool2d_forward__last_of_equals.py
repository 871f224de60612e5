# where they are: expected 12, got 13
def max_pool2d_forward(x, kernel, stride):
    n, c, h, w = x.shape
    kh, kw = kernel
    oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    out = np.empty((n, c, oh, ow), x.dtype)
    where = np.empty((n, c, oh, ow), np.int64)
    for i in range(oh):
        for j in range(ow):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + kh, left : left + kw].reshape(n, c, kh * kw)
            best = kh * kw - 1 - window[:, :, ::-1].argmax(2)
            out[:, :, i, j] = window.max(2)
            where[:, :, i, j] = (top + best // kw) * w + left + best % kw
    return out, where
