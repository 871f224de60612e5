# must be normal
def kaiming_(weight):
    with tg.no_grad():
        weight.copy_((tg.rand(weight.shape) * 2 - 1) * math.sqrt(6 / weight[0].numel()))
    return weight
