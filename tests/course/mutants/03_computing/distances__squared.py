# distances\(corners, corners\): expected 3\.0, got 9\.0 at \[0\]\[1\]
def distances(a, b):
    return ((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.t()).clamp(min=0)
