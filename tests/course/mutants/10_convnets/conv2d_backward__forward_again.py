# for the picture: expected
def conv2d_backward(g, x, w, stride, padding):
    n, o = g.shape[:2]
    rows = w.reshape(o, -1)
    flat = g.reshape(n, o, -1)
    columns = unfold(x, w.shape[2:], stride, padding)
    gw = (flat @ columns.transpose(0, 2, 1)).sum(0).reshape(w.shape)
    gx = fold(rows[:, ::-1].T @ flat, x.shape, w.shape[2:], stride, padding)
    return gx, gw, g.sum((0, 2, 3))
