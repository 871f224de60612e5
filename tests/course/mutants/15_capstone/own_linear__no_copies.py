# after a change of the arrays outside: expected 1\.0, got 6\.0
class Linear(Module):
    """x Wᵀ + b."""

    def __init__(self, weight, bias):
        self.weight = Parameter(np.asarray(weight))
        self.bias = Parameter(np.asarray(bias))

    def forward(self, x):
        return x @ self.weight.T + self.bias
