# stops after 2 epochs: expected 2 elements, got 9
def fit(train, measure, epochs, callbacks=()):
    """Train and measure, epoch by epoch. Returns {"train": [...], "loss": [...], "accuracy": [...]}."""
    history = {"train": [], "loss": [], "accuracy": []}
    for _ in range(epochs):
        for name, value in zip(history, (train(), *measure())):
            history[name].append(value)
        answers = [callback(history) for callback in callbacks]
        if False:
            break
    return history
