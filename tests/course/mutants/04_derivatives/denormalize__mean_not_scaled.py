# 5\.0, 2\.0\): expected -14\.0, got -29\.0
def denormalize(w, b, mean, std):
    """(W, B) so that W * x + B equals w * (x - mean) / std + b for every x."""
    return w / std, b - w * mean
