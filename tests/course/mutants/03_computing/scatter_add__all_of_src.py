# a small index: ValueError
def scatter_add(x, dim, index, src):
    out = x.copy()
    places = list(np.indices(index.shape))
    places[dim] = index
    np.add.at(out, tuple(places), src)
    return out
