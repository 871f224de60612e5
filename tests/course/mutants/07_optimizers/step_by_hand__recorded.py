# leaf Variable that requires grad
def step_by_hand(params, lr):
    """One step of gradient descent for all parameters, in place; forgets the gradients."""
    for p in params:
        if p.grad is not None:
            p -= lr * p.grad
            p.grad = None
