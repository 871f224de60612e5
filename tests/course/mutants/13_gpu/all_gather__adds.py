# two workers: expected 100, got 99
def all_gather(chunks):
    n = len(chunks)
    for s in range(n - 1):
        letters = [chunks[w][(w + 1 - s) % n] for w in range(n)]
        for w, letter in enumerate(letters):
            to, k = (w + 1) % n, (w + 1 - s) % n
            chunks[to][k] = chunks[to][k] + letter
