# 0\.1 of 2000 is little: expected None, got \(0, 1\)
def worst(analytic, numeric, tol=1e-4):
    """The index of the largest relative difference, or None if all are at most tol."""
    error = np.abs(analytic - numeric)
    if error.max() <= tol:
        return None
    return tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
