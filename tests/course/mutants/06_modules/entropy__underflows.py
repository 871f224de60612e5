# expected tensor\(|expected
def entropy(scores, classes):
    shifted = scores - scores.max(dim=1, keepdim=True).values
    shares = shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)
    return -shares[tg.arange(len(classes)), classes].log().mean()
