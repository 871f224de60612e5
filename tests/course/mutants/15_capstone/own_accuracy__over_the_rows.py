# expected 1\.0, got|ValueError|AttributeError|operands
def accuracy(model, inputs, targets):
    """The share of right answers, from 0 to 1."""
    return float((model(Tensor(inputs)).data.argmax(axis=0) == targets).mean())
