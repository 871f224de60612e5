# what is called, and in which order: expected 4 elements, got 3
def fit(train, measure, epochs, callbacks=()):
    """Train and measure, epoch by epoch. Returns {"train": [...], "loss": [...], "accuracy": [...]}."""
    history = {"train": [], "loss": [], "accuracy": []}
    for _ in range(epochs):
        for name, value in zip(history, (train(), *measure())):
            history[name].append(value)
        answers = (callback(history) for callback in callbacks)
        if any(answers):
            break
    return history
