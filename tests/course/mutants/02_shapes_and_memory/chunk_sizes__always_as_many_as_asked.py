# chunk_sizes\(10, 6\): expected 5 elements, got 6
def chunk_sizes(n, chunks):
    size = -(-n // chunks)
    return [min(size, n - i * size) for i in range(chunks)]
