# broadcast_strides\(\(3, 1\), \(1, 1\), \(3, 4\)\): expected 0, got 1 at \[1\]
def broadcast_strides(shape, strides, target):
    added = len(target) - len(shape)
    if added < 0 or any(n not in (wanted, 1) for n, wanted in zip(shape, target[added:])):
        raise RuntimeError(f"{shape} cannot be expanded to {target}")
    return (0,) * added + tuple(strides)
