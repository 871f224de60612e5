# einsum2\("ij,jk\->ik", a, b\): expected 7, got 1 at \[0\]\[0\]
def einsum2(equation, a, b):
    inputs, result = equation.split("->")
    left, right = inputs.split(",")
    letters = result + "".join(sorted(set(left + right) - set(result)))

    def spread(x, names):
        x = x.transpose([names.index(c) for c in letters if c in names])
        sizes = iter(x.shape)
        return x.reshape([next(sizes) if c in names else 1 for c in letters])

    return (spread(a, left) * spread(b, right))[(..., *[0] * (len(letters) - len(result)))]
