# half of the weights are negative
class Dense(nn.Module):
    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(inputs)
        self.weight = nn.Parameter(tg.rand(outputs, inputs) * bound)
        self.bias = nn.Parameter(tg.rand(outputs) * bound) if bias else None

    def forward(self, x):
        y = x @ self.weight.t()
        return y if self.bias is None else y + self.bias
