# row 2, used three times: expected 3\.0, got 1\.0
def embedding_backward(g, numbers, rows, padding):
    grad = tg.zeros(rows, g.shape[-1], dtype=g.dtype)
    grad[numbers.flatten()] = g.flatten(0, 1)
    grad[padding] = 0
    return grad
