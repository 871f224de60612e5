# RuntimeError|expected 6\.0, got 0\.0
def hessian(f, x):
    """The (n, n) tensor of second derivatives of f at the 1-d tensor x."""
    x = x.detach().clone().requires_grad_()
    (slopes,) = tg.autograd.grad(f(x), x, retain_graph=True)
    rows = []
    for slope in slopes:
        row = None
        if slope.requires_grad:
            (row,) = tg.autograd.grad(slope, x, retain_graph=True, allow_unused=True)
        rows.append(tg.zeros_like(x) if row is None else row)
    return tg.stack(rows)
