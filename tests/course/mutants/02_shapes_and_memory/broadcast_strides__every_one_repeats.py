# broadcast_strides\(\(1, 3\), \(7, 2\), \(1, 3\)\): expected 7, got 0 at \[0\]
def broadcast_strides(shape, strides, target):
    added = len(target) - len(shape)
    if added < 0 or any(n not in (wanted, 1) for n, wanted in zip(shape, target[added:])):
        raise RuntimeError(f"{shape} cannot be expanded to {target}")
    return (0,) * added + tuple(0 if n == 1 else s for n, s in zip(shape, strides))
