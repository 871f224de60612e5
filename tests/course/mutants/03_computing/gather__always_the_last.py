# gather_check: gather\(square, 0, anti\.T\): expected 12, got 3 at \[0\]\[0\]
def gather(x, dim, index):
    dim %= x.ndim
    wrong = index[(index < 0) | (index >= x.shape[dim])]
    if wrong.size:
        raise RuntimeError(f"index {wrong[0]} is out of bounds for dimension {dim} with size {x.shape[dim]}")
    places = list(np.indices(index.shape))
    places[-1] = index
    return x[tuple(places)]
