# lengths\(10, \[0\.5, 0\.75\]\): expected an? ValueError
def lengths(n, shares):
    """The sizes of the parts; their sum is n."""
    if sum(shares) < 0.99:
        raise ValueError(f"the shares add up to {sum(shares)}, not to 1")
    sizes = [math.floor(n * share) for share in shares]
    for i in range(n - sum(sizes)):
        sizes[i] += 1
    return sizes
