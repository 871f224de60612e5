# filled with -1: expected -1, got 0
def pad_rows(rows, fill=0):
    padded = nn.utils.rnn.pad_sequence([tg.tensor(row) for row in rows], batch_first=True)
    lengths = tg.tensor([len(row) for row in rows])
    return padded, tg.arange(padded.shape[1]) >= lengths.unsqueeze(1)
