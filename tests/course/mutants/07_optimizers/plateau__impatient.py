# always the same: expected 1\.0, got 0\.5 at \[1\]
class Plateau:
    """Makes the rates smaller when the loss has not improved for more than `patience` epochs."""

    def __init__(self, optimizer, factor=0.1, patience=2):
        self.optimizer, self.factor, self.patience = optimizer, factor, patience
        self.lowest, self.bad = math.inf, 0

    def step(self, loss):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            return
        self.bad += 1
        if self.bad >= self.patience:
            self.bad = 0
            for group in self.optimizer.param_groups:
                group["lr"] *= self.factor
