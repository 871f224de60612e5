# the thermometer: expected 0\.00033994, got 11\.4
def limits(x):
    """(largest learning rate, condition number) for fitting a line to inputs x."""
    hessian = 2 * np.array([[(x * x).mean(), x.mean()], [x.mean(), 1.0]])
    smallest, largest = np.linalg.eigvalsh(hessian)
    return float(2 / smallest), float(largest / smallest)
