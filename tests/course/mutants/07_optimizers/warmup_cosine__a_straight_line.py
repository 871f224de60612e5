# all steps
def warmup_cosine(step, warmup, total):
    """The factor of the learning rate at a step: linear warm-up, then half a cosine down to 0 at step total."""
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, (step - warmup) / (total - warmup))
    return 1 - progress
