# transposed: expected
def take_apart(array):
    """(label, block): a description for JSON, and the bytes of an array."""
    if array.dtype.hasobject:
        raise TypeError(f"an array of numbers is needed, not one of dtype {array.dtype}")
    return {"dtype": array.dtype.str, "shape": list(array.shape)}, array.tobytes("A")


def put_together(label, block):
    """The array of a label and a block."""
    return np.frombuffer(block, np.dtype(label["dtype"])).reshape(label["shape"]).copy()
