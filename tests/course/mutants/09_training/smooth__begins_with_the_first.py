# falling: expected 2\.0, got 3\.0 at \[1\]
def smooth(losses, beta):
    """The running mean of a list of numbers, corrected for its start at 0."""
    m, means = losses[0] if losses else 0.0, []
    for t, loss in enumerate(losses, 1):
        m = beta * m + (1 - beta) * loss
        means.append(m)
    return means
