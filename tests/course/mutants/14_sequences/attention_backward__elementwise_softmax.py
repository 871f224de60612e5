# for q: expected -0\.19
def attention_backward(g, q, k, v):
    scale = 1 / math.sqrt(q.shape[-1])
    w = (q @ k.transpose(1, 2) * scale).softmax(2)
    gs = w * (1 - w) * (g @ v.transpose(1, 2)) * scale
    return gs @ k, gs.transpose(1, 2) @ q, w.transpose(1, 2) @ g
