# nothing to drop: expected
def cut(order, size, drop_last=False):
    """The list `order` in pieces of `size`."""
    pieces = [order[start : start + size] for start in range(0, len(order), size)]
    if drop_last and pieces:
        pieces.pop()
    return pieces
