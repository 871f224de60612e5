# view_strides\(\(2, 1, 3\), \(3, 50, 1\), \(6,\)\): expected \(1,\), got None
def view_strides(shape, strides, new_shape):
    runs = []
    for n, stride in zip(shape, strides):
        if runs and runs[-1][1] == n * stride:
            runs[-1] = [runs[-1][0] * n, stride]
        else:
            runs.append([n, stride])
    found, left, step = [], 1, 1
    for n in reversed(new_shape):
        while left == 1 and n != 1:
            left, step = runs.pop()
        if left % n:
            return None
        found.insert(0, step)
        left, step = left // n, step * n
    return tuple(found)
