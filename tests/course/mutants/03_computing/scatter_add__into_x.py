# x, afterwards: expected 1\.0, got 4\.0 at \[0\]\[0\]
def scatter_add(x, dim, index, src):
    places = list(np.indices(index.shape))
    places[dim] = index
    np.add.at(x, tuple(places), src[tuple(slice(n) for n in index.shape)])
    return x
