# below the limit: expected 3\.0, got 6\.0
def clip(params, limit):
    """Scale the gradients so that their common norm is at most limit; returns the norm before."""
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g * g).sum().item() for g in grads))
    for g in grads:
        g *= limit / total
    return total
