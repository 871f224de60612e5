# with a bias: expected 112\.0, got 12\.0
def conv2d_forward(x, w, b, stride, padding):
    n, _, h, width = x.shape
    o, _, kh, kw = w.shape
    oh, ow = (h + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
    out = w.reshape(o, -1) @ unfold(x, (kh, kw), stride, padding)
    return out.reshape(n, o, oh, ow)
