# weight
class Dense(nn.Module):
    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(inputs)
        self.weight = ((tg.rand(outputs, inputs) * 2 - 1) * bound).requires_grad_()
        self.bias = ((tg.rand(outputs) * 2 - 1) * bound).requires_grad_() if bias else None

    def forward(self, x):
        y = x @ self.weight.t()
        return y if self.bias is None else y + self.bias
