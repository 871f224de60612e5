# expected tensor\(\[\[21\.5
def linear(x, weight, bias=None):
    return x @ weight.t()
