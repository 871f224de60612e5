# only three are wrong: expected 3 elements, got 5
def worst_mistakes(scores, labels, k):
    """Indices of the k wrong answers with the highest loss, worst first."""
    losses = F.cross_entropy(scores, labels, reduction="none")
    wrong = scores.argmax(1) != labels
    order = losses.argsort(descending=True)
    return order[:k].tolist()
