# all the same: expected 0\.1, got 0\.3
def best_rate(train, rates):
    """The rate with the lowest last loss, or None if every training exploded."""
    last = [(train(rate)[-1], rate) for rate in rates]
    finite = [pair for pair in last if math.isfinite(pair[0])]
    return min(finite, key=lambda pair: pair[0])[1] if finite else None
