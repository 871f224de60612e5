# expected a TypeError, got the value
def take_apart(array):
    """(label, block): a description for JSON, and the bytes of an array."""
    return {"dtype": array.dtype.str, "shape": list(array.shape)}, array.tobytes()


def put_together(label, block):
    """The array of a label and a block."""
    return np.frombuffer(block, np.dtype(label["dtype"])).reshape(label["shape"]).copy()
