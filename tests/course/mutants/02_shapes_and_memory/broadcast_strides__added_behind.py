# broadcast_strides\(\(3,\), \(1,\), \(4, 3\)\): expected 0, got 1 at \[0\]
def broadcast_strides(shape, strides, target):
    added = len(target) - len(shape)
    if added < 0 or any(n not in (wanted, 1) for n, wanted in zip(shape, target[added:])):
        raise RuntimeError(f"{shape} cannot be expanded to {target}")
    kept = tuple(s if n == wanted else 0 for n, s, wanted in zip(shape, strides, target[added:]))
    return kept + (0,) * added
