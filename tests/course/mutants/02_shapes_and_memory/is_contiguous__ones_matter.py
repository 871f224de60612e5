# is_contiguous\(\(2, 1, 3\), \(3, 77, 1\)\): expected True, got False
def is_contiguous(shape, strides):
    if 0 in shape:
        return True
    step = 1
    for n, stride in zip(reversed(shape), reversed(strides)):
        if stride != step:
            return False
        step *= n
    return True
