# expected 0\.25, got 4
def weights(labels):
    """1 / (number of examples of its class), for each example."""
    counts = Counter(labels)
    return tg.tensor([float(counts[label]) for label in labels])
