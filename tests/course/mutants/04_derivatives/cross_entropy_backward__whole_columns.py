# expected 0\.125, got -0\.375
def cross_entropy_backward(logits, target):
    """The gradient of the mean cross-entropy for logits (N, C), with the right classes target (N,)."""
    z = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = z / z.sum(axis=1, keepdims=True)
    p[:, target] -= 1
    return p / len(target)
