# expected 0\.25, got 0\.2
def weights(labels):
    """1 / (number of examples of its class), for each example."""
    counts = Counter(labels)
    return tg.tensor([1.0 / len(labels) for label in labels])
