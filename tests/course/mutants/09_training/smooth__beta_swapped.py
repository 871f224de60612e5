# falling: expected|always the same: expected 4\.0, got|noise
def smooth(losses, beta):
    """The running mean of a list of numbers, corrected for its start at 0."""
    m, means = 0.0, []
    for t, loss in enumerate(losses, 1):
        m = (1 - beta) * m + beta * loss
        means.append(m / (1 - beta**t))
    return means
