# a round bowl: expected 1\.0, got 0\.5
def limits(x):
    """(largest learning rate, condition number) for fitting a line to inputs x."""
    hessian = 2 * np.array([[(x * x).mean(), x.mean()], [x.mean(), 1.0]])
    smallest, largest = np.linalg.eigvalsh(hessian)
    return float(1 / largest), float(largest / smallest)
