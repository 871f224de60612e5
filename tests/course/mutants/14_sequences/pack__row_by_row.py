# data, longest first: expected 4, got 1
def pack(x, lengths):
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    sizes = [sum(n > t for n in lengths) for t in range(max(lengths))]
    return tg.cat([x[row, : lengths[row]] for row in order]), sizes, order
