# chunk_sizes\(10, 4\): expected 3, got 2 at \[2\]
def chunk_sizes(n, chunks):
    size, more = divmod(n, chunks)
    return [size + (i < more) for i in range(chunks)]
