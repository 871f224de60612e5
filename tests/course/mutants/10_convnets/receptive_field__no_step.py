# \(2, 2\), \(2, 2\)\]\): expected 4, got 3
def receptive_field(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += kernel - 1
        step *= stride
    return field, step
