# x \* x, 3\.0\): expected 6\.0, got 6\.000
def slope(f, x, h=1e-4):
    """How much f changes per unit of x, measured from x - h to x + h."""
    return (f(x + 2 * h) - f(x)) / (2 * h)
