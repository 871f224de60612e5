# clamp\(five\(\), 2, 1\)\.tolist\(\): expected 1\.0, got 2\.0 at \[0\]
def clamp(x, low=None, high=None):
    if high is not None:
        x = np.where(x > high, high, x)
    if low is not None:
        x = np.where(x < low, low, x)
    return x
