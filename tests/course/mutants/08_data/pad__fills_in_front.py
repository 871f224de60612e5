# expected 1\.0, got 0\.0
def pad(sequences, value=0):
    """The sequences as rows of one tensor, and a mask that tells data from filling."""
    longest = max(len(s) for s in sequences)
    filled = tg.full((len(sequences), longest), value, dtype=sequences[0].dtype)
    mask = tg.zeros(len(sequences), longest, dtype=tg.bool)
    for i, s in enumerate(sequences):
        filled[i, longest - len(s) :] = s
        mask[i, : len(s)] = True
    return filled, mask
