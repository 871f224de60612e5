# the point, afterwards: expected 1\.0, got
def numeric_gradient(f, x, delta=1e-4):
    """The gradient of f at x by central differences: a tensor like x. x is left as it was."""
    grad, probe = tg.zeros_like(x), x
    flat, out = probe.view(-1), grad.view(-1)
    for i in range(x.numel()):
        middle = flat[i].item()
        flat[i] = middle + delta
        above = f(probe).item()
        flat[i] = middle - delta
        below = f(probe).item()
        out[i] = (above - below) / (2 * delta)
    return grad
