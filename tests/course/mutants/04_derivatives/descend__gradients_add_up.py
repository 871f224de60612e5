# begin, 0\.25, 3\): expected 0\.375, got
def descend(f, start, lr, steps):
    """The place after `steps` steps of x ← x − lr · gradient of f, from the tensor start."""
    x = start.detach().clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        with tg.no_grad():
            x -= lr * x.grad
    return x.detach()
