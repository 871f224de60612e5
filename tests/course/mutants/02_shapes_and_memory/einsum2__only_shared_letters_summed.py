# einsum2\("ij,k\->jk", a, v\)\[2\]: expected shape \(3,\), got \(3, 2\)
def einsum2(equation, a, b):
    inputs, result = equation.split("->")
    left, right = inputs.split(",")
    letters = result + "".join(sorted(set(left + right) - set(result)))

    def spread(x, names):
        x = x.transpose([names.index(c) for c in letters if c in names])
        sizes = iter(x.shape)
        return x.reshape([next(sizes) if c in names else 1 for c in letters])

    shared = tuple(i for i, c in enumerate(letters) if c not in result and c in left and c in right)
    return (spread(a, left) * spread(b, right)).sum(axis=shared)
