# same_storage\(x, x\[1:, 2\]\): expected True, got False
def same_storage(a, b):
    """Whether two tensors look into the same storage. Neither is changed."""
    return a.data_ptr() == b.data_ptr()
