# \(3,\)\]\): expected an? ValueError
def collate(examples):
    """One batch of a list of examples."""
    first = examples[0]
    if isinstance(first, tg.Tensor):
        return tg.stack(examples)
    if isinstance(first, float):
        return tg.tensor(examples, dtype=tg.float64)
    if isinstance(first, int):
        return tg.tensor(examples)
    if isinstance(first, str):
        return examples
    if isinstance(first, (tuple, list)):
        return [collate(column) for column in zip(*examples)]
    if isinstance(first, dict):
        return {key: collate([example[key] for example in examples]) for key in first}
    raise TypeError(f"cannot make a batch of {type(first).__name__}")
