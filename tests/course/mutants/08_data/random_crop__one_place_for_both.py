# all places come, no others: expected
def random_crop(image, size, padding=0, generator=None):
    """A random square of an image, (C, size, size)."""
    image = F.pad(image, (padding, padding, padding, padding))
    _, height, width = image.shape
    if size > min(height, width):
        raise ValueError(f"a square of {size} does not fit into {height} x {width}")
    top = tg.randint(0, height - size + 1, (1,), generator=generator).item()
    left = top
    return image[:, top : top + size, left : left + size]
