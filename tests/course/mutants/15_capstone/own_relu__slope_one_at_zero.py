# at 0: expected 0\.0, got 4\.0
def relu(x):
    """max(0, x) for each element."""
    return Tensor(np.maximum(x.data, 0), (x,), lambda g: (g * (x.data >= 0),))
