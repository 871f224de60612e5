# size of tensor a \(2\) must match the size of tensor b \(3\)
def accuracy(scores, labels):
    """The share of rows whose largest score is at the label: a float."""
    right = (scores.argmax(0) == labels).sum().item()
    return right / max(1, len(labels))
