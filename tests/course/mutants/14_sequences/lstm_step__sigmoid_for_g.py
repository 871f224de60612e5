# only i open: .*expected 0\.7616, got 0\.73
def lstm_step(x, h, c, w, u, b):
    i, f, g, o = (x @ w.t() + h @ u.t() + b).sigmoid().chunk(4, 1)
    c = f * c + i * g
    return o * tg.tanh(c), c
