# broadcast_shapes_check: broadcast_shapes\(\(1,\), \(0,\)\): expected 0, got 1 at \[0\]
def broadcast_shapes(a, b):
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)
    for i in reversed(range(length)):
        if a[i] != b[i] and 1 not in (a[i], b[i]):
            raise RuntimeError(
                f"The size of tensor a ({a[i]}) must match the size of tensor b ({b[i]}) at non-singleton dimension {i}"
            )
    return tuple(max(m, n) for m, n in zip(a, b))
