# only o open: .*expected 0\.0, got 0\.76
def lstm_step(x, h, c, w, u, b):
    i, f, g, o = (x @ w.t() + h @ u.t() + b).chunk(4, 1)
    new = tg.sigmoid(f) * c + tg.sigmoid(i) * tg.tanh(g)
    return tg.sigmoid(o) * tg.tanh(c), new
