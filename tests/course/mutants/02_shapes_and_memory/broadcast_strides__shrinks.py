# broadcast_strides\(\(2, 3\), \(3, 1\), \(4, 3\)\): expected a RuntimeError, got the value \(0, 1\)
def broadcast_strides(shape, strides, target):
    added = len(target) - len(shape)
    if added < 0:
        raise RuntimeError(f"a tensor of shape {shape} has more dimensions than {target}")
    return (0,) * added + tuple(s if n == wanted else 0 for n, s, wanted in zip(shape, strides, target[added:]))
