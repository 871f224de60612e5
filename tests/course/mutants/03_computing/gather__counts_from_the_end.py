# gather_error_check: outcome\(square\[:2\], 0, \[\[0, \-1, 7\]\]\): expected 'index \-1 is out of bounds for dimension 0 with size 2', got 'i
def gather(x, dim, index):
    dim %= x.ndim
    wrong = index[index >= x.shape[dim]]
    if wrong.size:
        raise RuntimeError(f"index {wrong[0]} is out of bounds for dimension {dim} with size {x.shape[dim]}")
    places = list(np.indices(index.shape))
    places[dim] = index
    return x[tuple(places)]
