# expected 3\.0, got 12\.0 at \[0\]
def denormalize(w, b, mean, std):
    """(W, B) so that W * x + B equals w * (x - mean) / std + b for every x."""
    return w * std, b - w * std * mean
