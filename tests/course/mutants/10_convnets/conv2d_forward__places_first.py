# expected 16\.0, got -4\.0
def conv2d_forward(x, w, b, stride, padding):
    n, _, h, width = x.shape
    o, _, kh, kw = w.shape
    oh, ow = (h + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
    out = w.reshape(o, -1) @ unfold(x, (kh, kw), stride, padding)
    if b is not None:
        out = out + b.reshape(o, 1)
    return out.transpose(0, 2, 1).reshape(n, o, oh, ow)
