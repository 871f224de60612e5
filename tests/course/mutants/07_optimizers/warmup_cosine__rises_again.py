# after the end: expected 0\.0, got
def warmup_cosine(step, warmup, total):
    """The factor of the learning rate at a step: linear warm-up, then half a cosine down to 0 at step total."""
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / (total - warmup)
    return 0.5 * (1 + math.cos(math.pi * progress))
