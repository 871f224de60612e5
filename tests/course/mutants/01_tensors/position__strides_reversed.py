# position\(\(1, 2\), \(3, 1\)\): expected 5, got 7
def position(index, strides, offset=0):
    """Place in the storage of the element at `index` (a tuple of ints)."""
    return offset + sum(i * s for i, s in zip(index, reversed(strides)))
