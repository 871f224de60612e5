# grid\(ones, 2, 0\): expected 2
def grid(images, columns=8, padding=2, value=0.0):
    """One picture (C, H', W') of many."""
    n, channels, h, w = images.shape
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    out = tg.full((channels, rows * (h + padding) + padding, columns * (w + padding) + padding), value)
    for i, image in enumerate(images):
        column, row = divmod(i, rows)
        top, left = padding + row * (h + padding), padding + column * (w + padding)
        out[:, top : top + h, left : left + w] = image
    return out
