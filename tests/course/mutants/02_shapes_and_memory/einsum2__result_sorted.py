# einsum2\("i,j\->ji", v, v\[:2\]\): expected shape \(2, 3\), got \(3, 2\)
def einsum2(equation, a, b):
    inputs, result = equation.split("->")
    left, right = inputs.split(",")
    letters = "".join(sorted(set(left + right)))

    def spread(x, names):
        x = x.transpose([names.index(c) for c in letters if c in names])
        sizes = iter(x.shape)
        return x.reshape([next(sizes) if c in names else 1 for c in letters])

    gone = tuple(i for i, c in enumerate(letters) if c not in result)
    return (spread(a, left) * spread(b, right)).sum(axis=gone)
