# fills the tensor that it was given
def kaiming_(weight):
    return tg.randn(weight.shape) * math.sqrt(2 / weight[0].numel())
