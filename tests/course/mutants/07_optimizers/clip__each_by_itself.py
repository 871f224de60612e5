# 3 and 4, limit 1: expected
def clip(params, limit):
    """Scale the gradients so that their common norm is at most limit; returns the norm before."""
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g * g).sum().item() for g in grads))
    for g in grads:
        norm = math.sqrt((g * g).sum().item())
        if norm > limit:
            g *= limit / norm
    return total
