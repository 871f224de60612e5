# expected 0\.1, got|expected
def search(score, grid):
    """(settings, score) of the best combination of hyper-parameters, None if every score is nan."""
    tried = []
    for values in itertools.product(*grid.values()):
        settings = dict(zip(grid, values))
        tried.append((settings, score(**settings)))
    valid = [pair for pair in tried if not math.isnan(pair[1])]
    return min(valid, key=lambda pair: pair[1], default=None)
