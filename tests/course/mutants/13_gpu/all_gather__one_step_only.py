# four workers: expected 10\d, got -1
def all_gather(chunks):
    n = len(chunks)
    letters = [chunks[w][(w + 1) % n] for w in range(n)]
    for w, letter in enumerate(letters):
        chunks[(w + 1) % n][(w + 1) % n] = letter.clone()
