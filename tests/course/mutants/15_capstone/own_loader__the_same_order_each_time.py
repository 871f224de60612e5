# three rounds: expected
class Loader:
    """Inputs and targets in batches."""

    def __init__(self, inputs, targets, batch_size, rng=None):
        self.inputs, self.targets, self.batch_size = inputs, targets, batch_size
        self.order = np.arange(len(inputs)) if rng is None else rng.permutation(len(inputs))

    def __len__(self):
        return -(-len(self.inputs) // self.batch_size)

    def __iter__(self):
        n = len(self.inputs)
        order = self.order
        for start in range(0, n, self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield Tensor(self.inputs[chosen]), self.targets[chosen]
