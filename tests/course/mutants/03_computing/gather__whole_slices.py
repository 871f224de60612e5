# gather_check: gather\(square, 1, anti\): expected shape \(4, 1\), got \(4, 4, 1\)
def gather(x, dim, index):
    wrong = index[(index < 0) | (index >= x.shape[dim])]
    if wrong.size:
        raise RuntimeError(f"index {wrong[0]} is out of bounds for dimension {dim % x.ndim} with size {x.shape[dim]}")
    return np.take(x, index, axis=dim)
