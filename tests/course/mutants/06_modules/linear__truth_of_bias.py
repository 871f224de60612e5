# ambiguous
def linear(x, weight, bias=None):
    y = x @ weight.t()
    return y + bias if bias else y
