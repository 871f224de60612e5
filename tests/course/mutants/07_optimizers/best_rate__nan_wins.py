# some exploded: expected 0\.1, got 10\.0
def best_rate(train, rates):
    """The rate with the lowest last loss, or None if every training exploded."""
    best, lowest = None, None
    for rate in rates:
        last = train(rate)[-1]
        if last == math.inf:
            continue
        if lowest is None or last < lowest or (last == lowest and rate < best):
            best, lowest = rate, last
    return best
