# its own chance
class Drop(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = (tg.rand(x.shape[-1]) >= self.p).to(x.dtype)
        return x * mask / (1 - self.p)
