# x \* y, 2\.0, 3\.0\): expected 3\.0, got 0\.0
def run_backward(result):
    """Set .grad of all values behind result: how much result changes per unit of each."""
    order = topological_order(result)[:-1]
    for value in order:
        value.grad = 0.0
    for value in order:
        for v, slope in value.inputs:
            v.grad += value.grad * slope
