# matmul\(a, v\): expected shape \(3,\), got \(3, 1\)
def matmul(a, b):
    a = a[None] if a.ndim == 1 else a
    b = b[:, None] if b.ndim == 1 else b
    return (a[..., :, :, None] * b[..., None, :, :]).sum(axis=-2)
