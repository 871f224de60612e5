# a gray picture
def prepare(pixels, mean, std):
    """(C, H, W), float32, around zero."""
    values = pixels.transpose(2, 0, 1).astype(np.float32) / 255
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (mean, std))
    return tg.tensor((values - mean) / std)
