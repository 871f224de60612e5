# loss|expected|inf|nan
def entropy(scores, classes):
    shifted = scores - scores.max()
    right = shifted[tg.arange(len(classes)), classes]
    return (shifted.exp().sum(dim=1).log() - right).mean()
