# expected 52, got 5|expected 51, got 50|expected 54, got
def undo(images, mean, std):
    """Bytes (N, H, W, C) that can be shown."""
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (mean, std))
    values = (images.numpy() * std + mean) * 255
    return values.clip(0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
