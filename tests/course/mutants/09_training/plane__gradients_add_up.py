# two steps: expected 0\.375, got 0\.625
def plane(X, Y, rate, epochs, size):
    """Gradient descent for Y ≈ X @ w + b in batches. Returns (list of weights, b)."""
    w, b = tg.zeros(X.shape[1], 1, requires_grad=True), tg.zeros(1, requires_grad=True)
    for _ in range(epochs):
        for start in range(0, len(X), size):
            rows = slice(start, start + size)
            loss = ((X[rows] @ w + b - Y[rows]) ** 2).mean()
            loss.backward()
            with tg.no_grad():
                w -= rate * w.grad
                b -= rate * b.grad
    return w.flatten().tolist(), b.item()
