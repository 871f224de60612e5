# one step: expected 1\.0, got -1\.0
def fit_line(x, y, lr, epochs):
    """(w, b, losses) after `epochs` steps of gradient descent on mean((w * x + b - y)**2), from w = b = 0."""
    w, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        error = w * x + b - y
        losses.append(float((error**2).mean()))
        dw, db = 2 * (error * x).mean(), 2 * error.mean()
        w, b = w + lr * dw, b + lr * db
    return float(w), float(b), losses
