# three workers: expected
def reduce_scatter(chunks):
    n = len(chunks)
    for _ in range(n - 1):
        letters = [chunks[w][w] for w in range(n)]
        for w, letter in enumerate(letters):
            chunks[(w + 1) % n][w] = chunks[(w + 1) % n][w] + letter
