# the last one is smaller: (expected|AssertionError)
class Loader:
    """Inputs and targets in batches."""

    def __init__(self, inputs, targets, batch_size, rng=None):
        self.inputs, self.targets, self.batch_size, self.rng = inputs, targets, batch_size, rng

    def __len__(self):
        return -(-len(self.inputs) // self.batch_size)

    def __iter__(self):
        n = len(self.inputs)
        order = np.arange(n) if self.rng is None else self.rng.permutation(n)
        for start in range(0, n - self.batch_size + 1, self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield Tensor(self.inputs[chosen]), self.targets[chosen]
