# the thermometer: expected 33597\.0, got 2940
def limits(x):
    """(largest learning rate, condition number) for fitting a line to inputs x."""
    curvatures = sorted([2 * (x * x).mean(), 2.0])
    return float(2 / curvatures[1]), float(curvatures[1] / curvatures[0])
