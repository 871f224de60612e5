# expected 0\.2, got
def kaiming_(weight):
    with tg.no_grad():
        weight.copy_(tg.randn(weight.shape) * math.sqrt(2 / (weight.numel() // weight.shape[1])))
    return weight
