# counting: expected 3\.0, got 2\.0 at \[0\]\[0\]
def scatter_add(x, dim, index, src):
    out = x.copy()
    places = list(np.indices(index.shape))
    places[dim] = index
    out[tuple(places)] += src[tuple(slice(n) for n in index.shape)]
    return out
