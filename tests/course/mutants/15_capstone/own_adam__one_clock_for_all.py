# a gradient that comes later: expected 3\.5, got
class Adam:
    """Steps that depend on how large and how steady each weight's gradients are."""

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps, self.t = list(params), lr, betas, eps, 0
        self.state = [[np.zeros_like(p.data), np.zeros_like(p.data)] for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        self.t += 1
        one, two = self.betas
        for p, state in zip(self.params, self.state):
            if p.grad is None:
                continue
            m, v = state
            m, v = one * m + (1 - one) * p.grad, two * v + (1 - two) * p.grad**2
            p.data -= self.lr * (m / (1 - one**self.t)) / (np.sqrt(v / (1 - two**self.t)) + self.eps)
            state[:] = m, v
