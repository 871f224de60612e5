# eps is added to the root: expected -0\.11
class RMSprop:
    """Gradient descent with a step size for each number, from a running mean of the squared gradients."""

    def __init__(self, params, lr=0.01, alpha=0.99, eps=1e-8):
        self.params = list(params)
        self.lr, self.alpha, self.eps = lr, alpha, eps
        self.v = [tg.zeros_like(p) for p in self.params]

    def step(self):
        with tg.no_grad():
            for p, v in zip(self.params, self.v):
                if p.grad is not None:
                    v *= self.alpha
                    v += (1 - self.alpha) * p.grad**2
                    p -= self.lr * p.grad / (v + self.eps).sqrt()

    def zero_grad(self):
        for p in self.params:
            p.grad = None
