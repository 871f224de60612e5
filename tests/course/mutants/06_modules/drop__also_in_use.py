# training=False\): expected 1\.0, got 0\.0
class Drop(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        mask = (tg.rand_like(x) >= self.p).to(x.dtype)
        return x * mask / (1 - self.p)
