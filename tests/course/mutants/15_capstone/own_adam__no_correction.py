# the first step: expected 3\.5, got
class Adam:
    """Steps that depend on how large and how steady each weight's gradients are."""

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps = list(params), lr, betas, eps
        self.state = [[0, np.zeros_like(p.data), np.zeros_like(p.data)] for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        one, two = self.betas
        for p, state in zip(self.params, self.state):
            if p.grad is None:
                continue
            t, m, v = state
            t, m, v = t + 1, one * m + (1 - one) * p.grad, two * v + (1 - two) * p.grad**2
            p.data -= self.lr * m / (np.sqrt(v) + self.eps)
            state[:] = t, m, v
