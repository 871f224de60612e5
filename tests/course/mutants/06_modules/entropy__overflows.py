# expected 500\.0, got inf
def entropy(scores, classes):
    right = scores[tg.arange(len(classes)), classes]
    return (scores.exp().sum(dim=1).log() - right).mean()
