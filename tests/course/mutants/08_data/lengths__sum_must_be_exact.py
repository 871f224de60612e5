# 0\.7 \+ 0\.2 \+ 0\.1.*ValueError|are refused
def lengths(n, shares):
    if sum(shares) != 1:
        raise ValueError(f"the shares add up to {sum(shares)}, not to 1")
    sizes = [math.floor(n * share) for share in shares]
    for i in range(n - sum(sizes)):
        sizes[i] += 1
    return sizes
