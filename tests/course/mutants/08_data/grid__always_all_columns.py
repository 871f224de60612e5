# fewer pictures than columns: expected
def grid(images, columns=8, padding=2, value=0.0):
    """One picture (C, H', W') of many."""
    n, channels, h, w = images.shape
    rows = math.ceil(n / columns)
    out = tg.full((channels, rows * (h + padding) + padding, columns * (w + padding) + padding), value)
    for i, image in enumerate(images):
        row, column = divmod(i, columns)
        top, left = padding + row * (h + padding), padding + column * (w + padding)
        out[:, top : top + h, left : left + w] = image
    return out
