# chain\(\[square\], 5\.0\): expected 10\.0, got 50\.0 at \[1\]
def chain(links, x):
    """(y, slope) of the chain of functions, applied from the first to the last; links is a list of (f, df)."""
    value, slope = x, 1.0
    for f, df in links:
        value = f(value)
        slope = slope * df(value)
    return value, slope
