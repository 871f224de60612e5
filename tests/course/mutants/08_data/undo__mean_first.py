# expected 255|expected 51|expected
def undo(images, mean, std):
    """Bytes (N, H, W, C) that can be shown."""
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (mean, std))
    values = ((images.numpy() + mean) * std) * 255
    return values.round().clip(0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
