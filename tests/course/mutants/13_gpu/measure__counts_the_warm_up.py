# one warm-up, one measurement: expected 11, got 511
def measure(f, synchronize, clock, warmup=2, repeats=5):
    for _ in range(warmup):
        f()
    times = []
    for _ in range(repeats):
        start = clock()
        f()
        synchronize()
        times.append(clock() - start)
    return min(times)
