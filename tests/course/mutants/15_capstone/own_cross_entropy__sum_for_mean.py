# two rows: expected 0\.25, got 0\.5
def cross_entropy(logits, target):
    """The mean of −log softmax(logits)[right class]."""
    rows = np.arange(len(target))
    moved = logits.data - logits.data.max(axis=1, keepdims=True)
    log_softmax = moved - np.log(np.exp(moved).sum(axis=1, keepdims=True))

    def pull(g):
        slope = np.exp(log_softmax)
        slope[rows, target] -= 1
        return (g * slope,)

    return Tensor(-log_softmax[rows, target].mean(), (logits,), pull)
