# \.shape: ValueError
def matmul(a, b):
    left, right = a.ndim == 1, b.ndim == 1
    a = a[None] if left else a
    b = b[:, None] if right else b
    out = (a[:, :, None] * b[None]).sum(axis=1)
    out = out[:, 0] if right else out
    return out[0] if left else out
