# gather_check: gather\(square, \-1, np\.array\(\[\[0, 0, 3\]\]\)\): expected shape \(1, 3\), got \(4, 3\)
def gather(x, dim, index):
    wrong = index[(index < 0) | (index >= x.shape[dim])]
    if wrong.size:
        raise RuntimeError(f"index {wrong[0]} is out of bounds for dimension {dim} with size {x.shape[dim]}")
    return np.take_along_axis(x, index, dim)
