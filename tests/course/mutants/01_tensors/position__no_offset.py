# position\(\(2,\), \(4,\), offset=1\): expected 9, got 8
def position(index, strides, offset=0):
    """Place in the storage of the element at `index` (a tuple of ints)."""
    return sum(i * s for i, s in zip(index, strides))
