# run again: expected
def run_backward(result):
    """Set .grad of all values behind result: how much result changes per unit of each."""
    order = topological_order(result)
    result.grad = 1.0
    for value in reversed(order):
        for v, slope in value.inputs:
            v.grad += value.grad * slope
