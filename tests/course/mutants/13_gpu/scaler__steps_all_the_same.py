# a step that is skipped: expected False
class LossScaler:
    def __init__(self, scale=1024.0, interval=3):
        self.scale, self.interval, self.good = scale, interval, 0

    def step(self, parameters, optimizer):
        grads = [p.grad for p in parameters if p.grad is not None]
        for g in grads:
            g /= self.scale
        optimizer.step()
        if not all(g.isfinite().all() for g in grads):
            self.scale, self.good = self.scale / 2, 0
            return True
        self.good += 1
        if self.good == self.interval:
            self.scale, self.good = self.scale * 2, 0
        return True
