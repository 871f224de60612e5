# how many pulls that takes: expected 13, got 8191|expected 13, got
def backward(loss):
    """Add the gradients of loss to .grad of the leaves that it was computed from."""
    if loss.data.size != 1:
        raise ValueError("one number is needed")

    def send(t, g):
        if t.pull is None:
            t.grad = g if t.grad is None else t.grad + g
            return
        for parent, part in zip(t.parents, t.pull(g)):
            send(parent, part)

    send(loss, np.ones_like(loss.data))
