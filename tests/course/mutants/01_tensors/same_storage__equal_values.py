# same_storage\(x, x\.t\(\)\): expected True, got False|same_storage\(x, x\.clone\(\)\): expected False, got True
def same_storage(a, b):
    """Whether two tensors look into the same storage. Neither is changed."""
    return a.reshape(-1).tolist() == b.reshape(-1).tolist()
