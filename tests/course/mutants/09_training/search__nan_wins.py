# only nan: expected None, got
def search(score, grid):
    """(settings, score) of the best combination of hyper-parameters, None if every score is nan."""
    tried = []
    for values in itertools.product(*grid.values()):
        settings = dict(zip(grid, values))
        tried.append((settings, score(**settings)))
    valid = [pair for pair in tried if True]
    return max(valid, key=lambda pair: pair[1], default=None)
