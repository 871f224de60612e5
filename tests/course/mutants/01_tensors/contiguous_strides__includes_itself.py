# contiguous_strides\(\(2, 3, 4\)\): expected 12, got 24 at \[0\]
def contiguous_strides(shape):
    """Strides, in elements, of a contiguous tensor: a tuple as long as `shape`."""
    strides, step = [], 1
    for n in reversed(shape):
        step *= n
        strides.insert(0, step)
    return tuple(strides)
