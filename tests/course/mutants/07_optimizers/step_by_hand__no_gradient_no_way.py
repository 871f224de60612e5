# one without a gradient: .*NoneType
def step_by_hand(params, lr):
    """One step of gradient descent for all parameters, in place; forgets the gradients."""
    with tg.no_grad():
        for p in params:
            p -= lr * p.grad
            p.grad = None
