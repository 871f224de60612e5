# a good step: expected 0\.0, got -7
class LossScaler:
    def __init__(self, scale=1024.0, interval=3):
        self.scale, self.interval, self.good = scale, interval, 0

    def step(self, parameters, optimizer):
        if not all(p.grad.isfinite().all() for p in parameters if p.grad is not None):
            self.scale, self.good = self.scale / 2, 0
            return False
        optimizer.step()
        self.good += 1
        if self.good == self.interval:
            self.scale, self.good = self.scale * 2, 0
        return True
