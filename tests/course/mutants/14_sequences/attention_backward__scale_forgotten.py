# for q: expected -0\.196612, got -0\.39
def attention_backward(g, q, k, v):
    w = (q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])).softmax(2)
    gw = g @ v.transpose(1, 2)
    gs = w * (gw - (gw * w).sum(2, keepdim=True))
    return gs @ k, gs.transpose(1, 2) @ q, w.transpose(1, 2) @ g
