# expected tensor\(2\.3|expected 2\.3|2\.302
def entropy(scores, classes):
    shifted = scores - scores.max(dim=1, keepdim=True).values
    right = shifted[tg.arange(len(classes)), classes]
    return (shifted.exp().sum(dim=1).log() - right).sum()
