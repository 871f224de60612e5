# the array, afterwards: expected \-3\.0, got \-1\.0 at \[0\]
def clamp(x, low=None, high=None):
    if low is not None:
        x[x < low] = low
    if high is not None:
        x[x > high] = high
    return x
