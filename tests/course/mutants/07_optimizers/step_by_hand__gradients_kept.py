# gradient forgotten, still a parameter: expected None
def step_by_hand(params, lr):
    """One step of gradient descent for all parameters, in place; forgets the gradients."""
    with tg.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
