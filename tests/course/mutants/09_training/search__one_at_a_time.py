# expected 0\.1, got 1\.0
def search(score, grid):
    """(settings, score) of the best combination of hyper-parameters, None if every score is nan."""
    tried = []
    first = {name: values[0] for name, values in grid.items()}
    for name, values in grid.items():
        for value in values:
            settings = first | {name: value}
            tried.append((settings, score(**settings)))
    valid = [pair for pair in tried if not math.isnan(pair[1])]
    return max(valid, key=lambda pair: pair[1], default=None)
