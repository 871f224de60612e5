# the work and the order: expected 11, got 15
def measure(f, synchronize, clock, warmup=2, repeats=5):
    for _ in range(warmup):
        f()
    times = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        f()
        synchronize()
        times.append(clock() - start)
    return sum(times) / len(times)
