# chunk_sizes\(10, 4\): expected 3, got 2 at \[0\]
def chunk_sizes(n, chunks):
    size = n // chunks
    return [size] * (chunks - 1) + [n - size * (chunks - 1)]
