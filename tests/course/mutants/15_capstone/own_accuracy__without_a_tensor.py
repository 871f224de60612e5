# the model must be given a Tensor
def accuracy(model, inputs, targets):
    """The share of right answers, from 0 to 1."""
    return float((model(inputs).data.argmax(axis=1) == targets).mean())
