# expected 1\.0, got 255
def prepare(pixels, mean, std):
    """(C, H, W), float32, around zero."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    values = pixels.transpose(2, 0, 1).astype(np.float32)
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (mean, std))
    return tg.tensor((values - mean) / std)
