# is_contiguous\(\(2, 1, 3\), \(3, 77, 1\)\): expected True, got False
def is_contiguous(shape, strides):
    return list(strides) == sorted(strides, reverse=True)
