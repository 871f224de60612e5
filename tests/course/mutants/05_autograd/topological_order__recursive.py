# order_check: RecursionError
def topological_order(result):
    order, seen = [], set()

    def visit(value):
        if value not in seen:
            seen.add(value)
            for v, _ in value.inputs:
                visit(v)
            order.append(value)

    visit(result)
    return order
