# align\(photo, \("H", "W", "C"\), \("C", "H", "W"\)\)\.shape: expected 3, got 4 at \[0\]
def align(x, names, wanted):
    if set(names) - set(wanted):
        raise ValueError("a dimension would vanish")
    there = [name for name in wanted if name in names]
    x = x.transpose([there.index(name) for name in names])
    sizes = iter(x.shape)
    return x.reshape([next(sizes) if name in names else 1 for name in wanted])
