# expected 21\.0, got 1\.0 at \[0\]\[0\]
def linear(x, weight, bias=None):
    y = x @ weight
    return y if bias is None else y + bias
