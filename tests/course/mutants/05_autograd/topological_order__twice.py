# order_check: four values, p is used twice: expected 4, got 5
# backward_check: x \* y \+ x, 2\.0, 3\.0\): expected 4\.0, got|expected
def topological_order(result):
    order, stack = [], [result]
    while stack:
        value = stack.pop()
        order.insert(0, value)
        stack.extend(v for v, _ in value.inputs)
    return order
