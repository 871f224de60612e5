# 500 for 0: the larger is the size: expected None, got \(0,\)
def worst(analytic, numeric, tol=1e-4):
    error = np.abs(analytic - numeric) / np.maximum(1.0, np.abs(analytic))
    if error.max() <= tol:
        return None
    return tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
