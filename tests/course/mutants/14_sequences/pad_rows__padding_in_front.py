# padded: expected 8, got 0
def pad_rows(rows, fill=0):
    longest = max(len(row) for row in rows)
    padded = tg.tensor([[*[fill] * (longest - len(row)), *row] for row in rows])
    lengths = tg.tensor([len(row) for row in rows])
    return padded, tg.arange(longest) >= lengths.unsqueeze(1)
