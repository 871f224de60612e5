# 3 and 4, limit 1: expected 5\.0, got 1\.0
def clip(params, limit):
    """Scale the gradients so that their common norm is at most limit; returns the norm before."""
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g * g).sum().item() for g in grads))
    if total > limit:
        for g in grads:
            g *= limit / total
    return min(total, limit)
