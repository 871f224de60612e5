# the sign is wrong: expected
def worst(analytic, numeric, tol=1e-4):
    """The index of the largest relative difference, or None if all are at most tol."""
    size = np.maximum(1.0, np.maximum(np.abs(analytic), np.abs(numeric)))
    error = np.abs(np.abs(analytic) - np.abs(numeric)) / size
    if error.max() <= tol:
        return None
    return tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
