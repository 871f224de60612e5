# expected 0\.666\d*, got 2
def accuracy(scores, labels):
    """The share of rows whose largest score is at the label: a float."""
    right = (scores.argmax(1) == labels).sum().item()
    return right
