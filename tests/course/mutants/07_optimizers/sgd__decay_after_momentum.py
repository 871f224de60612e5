# both: expected -0\.3475
class SGD:
    """Gradient descent with momentum and weight decay."""

    def __init__(self, params, lr, momentum=0.0, weight_decay=0.0):
        self.params = list(params)
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocity = [None] * len(self.params)

    def step(self):
        with tg.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is None:
                    continue
                g = p.grad
                if self.momentum:
                    b = self.velocity[i]
                    g = self.velocity[i] = g.clone() if b is None else self.momentum * b + g
                p -= self.lr * (g + self.weight_decay * p)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
