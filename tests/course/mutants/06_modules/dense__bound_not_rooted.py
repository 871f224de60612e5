# near 1/√100
class Dense(nn.Module):
    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        bound = 1 / inputs
        self.weight = nn.Parameter((tg.rand(outputs, inputs) * 2 - 1) * bound)
        self.bias = nn.Parameter((tg.rand(outputs) * 2 - 1) * bound) if bias else None

    def forward(self, x):
        y = x @ self.weight.t()
        return y if self.bias is None else y + self.bias
