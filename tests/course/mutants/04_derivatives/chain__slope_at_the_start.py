# expected 42\.0, got 12\.0 at \[1\]
def chain(links, x):
    """(y, slope) of the chain of functions, applied from the first to the last; links is a list of (f, df)."""
    value, slope = x, 1.0
    for f, df in links:
        slope = slope * df(x)
        value = f(value)
    return value, slope
