# only one place|all places come
def random_crop(image, size, padding=0, generator=None):
    """A random square of an image, (C, size, size)."""
    image = F.pad(image, (padding, padding, padding, padding))
    _, height, width = image.shape
    if size > min(height, width):
        raise ValueError(f"a square of {size} does not fit into {height} x {width}")
    top = tg.randint(0, max(1, height - size), (1,), generator=generator).item()
    left = tg.randint(0, max(1, width - size), (1,), generator=generator).item()
    return image[:, top : top + size, left : left + size]
