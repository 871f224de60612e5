# size of tensor a \(3\) must match the size of tensor b \(2\)
class SGD:
    """Gradient descent with momentum and weight decay."""

    def __init__(self, params, lr, momentum=0.0, weight_decay=0.0):
        self.params = list(params)
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocity = [None]

    def step(self):
        with tg.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is None:
                    continue
                g = p.grad
                if self.weight_decay:
                    g = g + self.weight_decay * p
                if self.momentum:
                    b = self.velocity[0]
                    g = self.velocity[0] = g.clone() if b is None else self.momentum * b + g
                p -= self.lr * g

    def zero_grad(self):
        for p in self.params:
            p.grad = None
