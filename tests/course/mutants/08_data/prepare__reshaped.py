# expected .*, got
def prepare(pixels, mean, std):
    """(C, H, W), float32, around zero."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    values = pixels.reshape(pixels.shape[2], *pixels.shape[:2]).astype(np.float32) / 255
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (mean, std))
    return tg.tensor((values - mean) / std)
