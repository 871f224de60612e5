# right, with a higher loss: expected 1 elements, got 0
def worst_mistakes(scores, labels, k):
    """Indices of the k wrong answers with the highest loss, worst first."""
    losses = F.cross_entropy(scores, labels, reduction="none")
    wrong = scores.argmax(1) != labels
    order = losses.argsort(descending=True)
    order = order[:k]
    return order[wrong[order]].tolist()
