# expected 6\.0, got -[56]
def slope(f, x, h=1e-4):
    """How much f changes per unit of x, measured from x - h to x + h."""
    return (f(x - h) - f(x + h)) / (2 * h)
