# broadcast_shapes_check: broadcast_shapes\(\(3, 1\), \(4,\)\): RuntimeError: The size of tensor a \(3\) must match the size of tensor b \(4\) at
# broadcast_error_check: text_for\(\(2, 3\), \(2,\)\): expected 'The size of tensor a \(3\) must match the size of tensor b \(2\) at non\-singleto
def broadcast_shapes(a, b):
    length = max(len(a), len(b))
    a, b = tuple(a) + (1,) * (length - len(a)), tuple(b) + (1,) * (length - len(b))
    for i in reversed(range(length)):
        if a[i] != b[i] and 1 not in (a[i], b[i]):
            raise RuntimeError(
                f"The size of tensor a ({a[i]}) must match the size of tensor b ({b[i]}) at non-singleton dimension {i}"
            )
    return tuple(n if m == 1 else m for m, n in zip(a, b))
