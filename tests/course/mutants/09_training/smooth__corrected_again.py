# always the same: expected 4\.0, got .* at \[1\]
def smooth(losses, beta):
    """The running mean of a list of numbers, corrected for its start at 0."""
    m, means = 0.0, []
    for t, loss in enumerate(losses, 1):
        m = beta * m + (1 - beta) * loss
        m = m / (1 - beta**t)
        means.append(m)
    return means
