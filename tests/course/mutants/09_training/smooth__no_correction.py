# always the same: expected 4\.0, got 0\.4
def smooth(losses, beta):
    """The running mean of a list of numbers, corrected for its start at 0."""
    m, means = 0.0, []
    for t, loss in enumerate(losses, 1):
        m = beta * m + (1 - beta) * loss
        means.append(m)
    return means
