# expected 21\.5, got 21\.0
def linear(x, weight, bias=None):
    return x @ weight.t()
