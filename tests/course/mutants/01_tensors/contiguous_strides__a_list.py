# this must hold: the result is a tuple
def contiguous_strides(shape):
    """Strides, in elements, of a contiguous tensor: a tuple as long as `shape`."""
    strides, step = [], 1
    for n in reversed(shape):
        strides.insert(0, step)
        step *= n
    return strides
