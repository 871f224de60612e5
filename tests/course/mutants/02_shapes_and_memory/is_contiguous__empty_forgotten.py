# is_contiguous\(\(0, 3\), \(1, 1\)\): expected True, got False
def is_contiguous(shape, strides):
    step = 1
    for n, stride in zip(reversed(shape), reversed(strides)):
        if n != 1 and stride != step:
            return False
        step *= n
    return True
