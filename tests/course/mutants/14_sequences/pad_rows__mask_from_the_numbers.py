# the mask, a 0 in a row: expected 0, got 1
def pad_rows(rows, fill=0):
    longest = max(len(row) for row in rows)
    padded = tg.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])
    return padded, padded == fill
