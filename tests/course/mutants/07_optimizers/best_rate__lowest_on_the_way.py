# some exploded: expected 0\.1, got 1\.0
def best_rate(train, rates):
    """The rate with the lowest last loss, or None if every training exploded."""
    last = [(min(train(rate)), rate) for rate in rates]
    finite = [pair for pair in last if math.isfinite(pair[0])]
    return min(finite)[1] if finite else None
