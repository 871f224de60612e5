# expected 1, got 0
def worst(scores, labels, k):
    """Indices of the k wrong answers with the highest loss, worst first."""
    losses = F.cross_entropy(scores, labels, reduction="none")
    wrong = scores.argmax(1) != labels
    order = losses.argsort(descending=False)
    return order[wrong[order]][:k].tolist()
