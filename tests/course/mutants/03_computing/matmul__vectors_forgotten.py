# matmul\(a, v\): IndexError
def matmul(a, b):
    return (a[..., :, :, None] * b[..., None, :, :]).sum(axis=-2)
