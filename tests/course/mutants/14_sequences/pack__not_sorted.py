# the order of rows 1, 4, 4 long: expected 1, got 0
def pack(x, lengths):
    sizes = [sum(n > t for n in lengths) for t in range(max(lengths))]
    data = tg.cat([tg.stack([x[row, t] for row in range(len(lengths)) if lengths[row] > t]) for t in range(len(sizes))])
    return data, sizes, list(range(len(lengths)))
