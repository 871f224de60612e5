# expected .*, got 2
def worst(analytic, numeric, tol=1e-4):
    """The index of the largest relative difference, or None if all are at most tol."""
    size = np.maximum(1.0, np.maximum(np.abs(analytic), np.abs(numeric)))
    error = np.abs(analytic - numeric) / size
    return None if error.max() <= tol else int(error.argmax())
