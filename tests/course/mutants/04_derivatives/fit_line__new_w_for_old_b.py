# one step: expected 0\.6, got 0\.4
def fit_line(x, y, lr, epochs):
    """(w, b, losses) after `epochs` steps of gradient descent on mean((w * x + b - y)**2), from w = b = 0."""
    w, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        losses.append(float(((w * x + b - y) ** 2).mean()))
        w = w - lr * 2 * ((w * x + b - y) * x).mean()
        b = b - lr * 2 * (w * x + b - y).mean()
    return float(w), float(b), losses
