# large logits: (expected|RuntimeWarning)
def cross_entropy(logits, target):
    """The mean of −log softmax(logits)[right class]."""
    rows = np.arange(len(target))
    moved = logits.data
    log_softmax = moved - np.log(np.exp(moved).sum(axis=1, keepdims=True))

    def pull(g):
        slope = np.exp(log_softmax)
        slope[rows, target] -= 1
        return (g * slope / len(target),)

    return Tensor(-log_softmax[rows, target].mean(), (logits,), pull)
