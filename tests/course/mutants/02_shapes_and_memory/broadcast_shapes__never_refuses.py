# broadcast_shapes_check: broadcast_shapes\(\(2, 3\), \(2,\)\): expected a RuntimeError, got the value \(2, 3\)
# broadcast_error_check: text_for\(\(2, 3\), \(2,\)\): expected 'The size of tensor a \(3\) must match the size of tensor b \(2\) at non\-singleto
def broadcast_shapes(a, b):
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)
    return tuple(n if m == 1 else m for m, n in zip(a, b))
