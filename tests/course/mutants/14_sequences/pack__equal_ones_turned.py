# the order of rows 1, 4, 4 long: expected 1, got 2
def pack(x, lengths):
    order = sorted(range(len(lengths)), key=lambda row: (lengths[row], row), reverse=True)
    sizes = [sum(n > t for n in lengths) for t in range(max(lengths))]
    return tg.cat([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order
