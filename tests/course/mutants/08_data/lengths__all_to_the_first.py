# lengths\(11, \[0\.5, 0\.25, 0\.25\]\): expected
def lengths(n, shares):
    """The sizes of the parts; their sum is n."""
    if not math.isclose(sum(shares), 1):
        raise ValueError(f"the shares add up to {sum(shares)}, not to 1")
    sizes = [math.floor(n * share) for share in shares]
    for i in range(n - sum(sizes)):
        sizes[0] += 1
    return sizes
