# the job's numbers: expected
def seeded(seed, job):
    """job() with random numbers from seed; the random stream outside is not disturbed."""
    before = tg.get_rng_state()
    tg.seed()
    try:
        return job()
    finally:
        tg.set_rng_state(before)
