# pieces of 2, 2 and 1: expected
def piecewise_gradient(w, inputs, targets, size):
    """Gradient of the mean loss over all examples, computed from pieces of at most `size`. Returns a tensor; w.grad ends up None."""
    w.grad = None
    for start in range(0, len(inputs), size):
        piece = slice(start, start + size)
        loss = ((inputs[piece] @ w - targets[piece]) ** 2).mean() / -(-len(inputs) // size)
        loss.backward()
    total, w.grad = w.grad, None
    return total
