# clamp\(five\(\), low=0\): expected 0\.0, got \-3\.0 at \[0\]
def clamp(x, low=None, high=None):
    if low:
        x = np.where(x < low, low, x)
    if high:
        x = np.where(x > high, high, x)
    return x
