# view_strides\(\(4, 3\), \(1, 4\), \(2, 2, 3\)\): expected \(2, 1, 4\), got None
def view_strides(shape, strides, new_shape):
    step = 1
    for n, stride in zip(reversed(shape), reversed(strides)):
        if n != 1 and stride != step:
            return None
        step *= n
    found, step = [], 1
    for n in reversed(new_shape):
        found.insert(0, step)
        step *= n
    return tuple(found)
