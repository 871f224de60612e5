# the same gradient again and again: expected -0\.2, got
class Adam:
    """Adam (Kingma & Ba): running means of the gradient and of its square, corrected for their start at 0."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [tg.zeros_like(p) for p in self.params]
        self.v = [tg.zeros_like(p) for p in self.params]
        self.t = [0] * len(self.params)

    def step(self):
        beta1, beta2 = self.betas
        with tg.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is None:
                    continue
                self.t[i] += 1
                self.m[i] = beta1 * self.m[i] + (1 - beta1) * p.grad
                self.v[i] = beta2 * self.v[i] + (1 - beta2) * p.grad**2
                m = self.m[i] = self.m[i] / (1 - beta1 ** self.t[i])
                v = self.v[i] = self.v[i] / (1 - beta2 ** self.t[i])
                p -= self.lr * m / (v.sqrt() + self.eps)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
