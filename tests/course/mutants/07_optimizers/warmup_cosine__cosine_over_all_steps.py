# cosine: expected 1\.0, got 0\.75
def warmup_cosine(step, warmup, total):
    """The factor of the learning rate at a step: linear warm-up, then half a cosine down to 0 at step total."""
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, step / total)
    return 0.5 * (1 + math.cos(math.pi * progress))
