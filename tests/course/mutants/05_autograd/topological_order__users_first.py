# order_check: this must hold: the result comes last
# backward_check: expected 4\.0, got 1\.0 at
def topological_order(result):
    """All values behind result, inputs before their users, result last; no value twice, no recursion."""
    order, seen, stack = [], set(), [(result, False)]
    while stack:
        value, inputs_done = stack.pop()
        if inputs_done:
            order.insert(0, value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((v, False) for v, _ in value.inputs)
    return order
