# expected -0\.375, got -0\.75
def cross_entropy_backward(logits, target):
    """The gradient of the mean cross-entropy for logits (N, C), with the right classes target (N,)."""
    z = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = z / z.sum(axis=1, keepdims=True)
    p[np.arange(len(target)), target] -= 1
    return p
