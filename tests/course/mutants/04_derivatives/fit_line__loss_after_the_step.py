# one step: expected 13\.0, got 2\.96
def fit_line(x, y, lr, epochs):
    """(w, b, losses) after `epochs` steps of gradient descent on mean((w * x + b - y)**2), from w = b = 0."""
    w, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        error = w * x + b - y
        dw, db = 2 * (error * x).mean(), 2 * error.mean()
        w, b = w - lr * dw, b - lr * db
        losses.append(float(((w * x + b - y) ** 2).mean()))
    return float(w), float(b), losses
