# expected 0\.1, got
def kaiming_(weight):
    with tg.no_grad():
        weight.copy_(tg.randn(weight.shape) * math.sqrt(2 / weight.shape[1]))
    return weight
