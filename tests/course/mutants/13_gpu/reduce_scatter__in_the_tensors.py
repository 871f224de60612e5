# the tensors that were given: expected 1\.0, got 2
def reduce_scatter(chunks):
    n = len(chunks)
    for s in range(n - 1):
        letters = [chunks[w][(w - s) % n].clone() for w in range(n)]
        for w, letter in enumerate(letters):
            chunks[(w + 1) % n][(w - s) % n] += letter
