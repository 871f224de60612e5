# the stream after a failed job: expected
def seeded(seed, job):
    """job() with random numbers from seed; the random stream outside is not disturbed."""
    before = tg.get_rng_state()
    tg.manual_seed(seed)
    result = job()
    tg.set_rng_state(before)
    return result
