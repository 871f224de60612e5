# order_check: each value stands once, after everything|in the wrong order
# backward_check: a diamond: expected
def topological_order(result):
    order, seen, queue = [], {result}, [result]
    while queue:
        value = queue.pop(0)
        order.insert(0, value)
        for v, _ in value.inputs:
            if v not in seen:
                seen.add(v)
                queue.append(v)
    return order
