# expected (\[0\.0, )?4\.0
class Drop(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * (tg.rand_like(x) >= self.p).to(x.dtype)
