# worse and worse: expected 1\.0, got 3\.0
class EarlyStopping:
    """Says when to stop, and gives back the network of the best epoch."""

    def __init__(self, patience):
        self.patience, self.lowest, self.bad, self.best = patience, math.inf, 0, None

    def step(self, loss, net):
        if loss < self.lowest:
            self.lowest, self.bad = loss, 0
            self.best = net.state_dict()
        else:
            self.bad += 1
        return self.bad >= self.patience

    def restore(self, net):
        net.load_state_dict(self.best)
