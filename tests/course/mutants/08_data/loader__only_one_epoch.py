# two epochs: expected
class DataLoader:
    """Iterates over the batches of a dataset."""

    def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, collate_fn=None, generator=None):
        if batch_size < 1:
            raise ValueError(f"batch_size must be 1 or more, not {batch_size}")
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.drop_last, self.generator = drop_last, generator
        self.collate_fn = data.default_collate if collate_fn is None else collate_fn
        self.started = self.batches()

    def __iter__(self):
        return self.started

    def batches(self):
        n = len(self.dataset)
        order = tg.randperm(n, generator=self.generator).tolist() if self.shuffle else range(n)
        for number in range(len(self)):
            indices = order[number * self.batch_size : (number + 1) * self.batch_size]
            yield self.collate_fn([self.dataset[i] for i in indices])

    def __len__(self):
        n, size = len(self.dataset), self.batch_size
        return n // size if self.drop_last else -(-n // size)
