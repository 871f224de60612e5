# 95 % of the points
def ring_step(params, x, y, rate):
    """One step of a perceptron with one hidden layer. Changes params, returns the loss before."""
    w1, b1, w2, b2 = params
    z = (x @ w1 + b1) @ w2 + b2
    loss = (z.clamp(min=0) - z * y + (-z.abs()).exp().log1p()).mean()
    loss.backward()
    with tg.no_grad():
        for p in params:
            p -= rate * p.grad
            p.grad = None
    return loss.item()
