# lengths\(11.*expected|lengths\(7
def lengths(n, shares):
    """The sizes of the parts; their sum is n."""
    if not math.isclose(sum(shares), 1):
        raise ValueError(f"the shares add up to {sum(shares)}, not to 1")
    sizes = [round(n * share) for share in shares]
    for i in range(n - sum(sizes)):
        sizes[i] += 1
    return sizes
