# start, afterwards: expected 3\.0
def descend(f, start, lr, steps):
    """The place after `steps` steps of x ← x − lr · gradient of f, from the tensor start."""
    x = start.detach().requires_grad_()
    for _ in range(steps):
        x.grad = None
        f(x).backward()
        with tg.no_grad():
            x -= lr * x.grad
    return x.detach().clone()
