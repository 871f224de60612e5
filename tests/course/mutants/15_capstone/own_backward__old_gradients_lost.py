# backward of two losses: expected 46\.0, got 23\.0
def backward(loss):
    """Add the gradients of loss to .grad of the leaves that it was computed from."""
    if loss.data.size != 1:
        raise ValueError(f"backward starts from a single number, got a tensor of shape {loss.shape}")
    order, seen = [], set()

    def visit(t):
        if id(t) not in seen:
            seen.add(id(t))
            for parent in t.parents:
                visit(parent)
            order.append(t)

    visit(loss)
    arrived = {id(loss): np.ones_like(loss.data)}
    for t in reversed(order):
        g = arrived.pop(id(t))
        if t.pull is None:
            t.grad = g
            continue
        for parent, part in zip(t.parents, t.pull(g)):
            arrived[id(parent)] = arrived.get(id(parent), 0) + part
