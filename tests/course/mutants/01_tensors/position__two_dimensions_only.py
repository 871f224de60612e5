# position\(\(2,\), \(4,\), offset=1\): IndexError
def position(index, strides, offset=0):
    """Place in the storage of the element at `index` (a tuple of ints)."""
    return offset + index[0] * strides[0] + index[1] * strides[1]
