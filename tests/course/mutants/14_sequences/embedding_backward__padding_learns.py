# the row of the padding: expected 0\.0, got 3\.0
def embedding_backward(g, numbers, rows, padding):
    grad = tg.zeros(rows, g.shape[-1], dtype=g.dtype)
    return grad.index_add_(0, numbers.flatten(), g.flatten(0, 1))
