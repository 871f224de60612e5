# only f open: .*expected 1\.0, got 0\.76
def lstm_step(x, h, c, w, u, b):
    f, i, g, o = (x @ w.t() + h @ u.t() + b).chunk(4, 1)
    c = tg.sigmoid(f) * c + tg.sigmoid(i) * tg.tanh(g)
    return tg.sigmoid(o) * tg.tanh(c), c
