# leaf Variable that requires grad
def descend(f, start, lr, steps):
    """The place after `steps` steps of x ← x − lr · gradient of f, from the tensor start."""
    x = start.detach().clone().requires_grad_()
    for _ in range(steps):
        x.grad = None
        f(x).backward()
        x -= lr * x.grad
    return x.detach()
