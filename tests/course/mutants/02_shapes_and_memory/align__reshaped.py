# align\(photo, \("H", "W", "C"\), \("C", "H", "W"\)\)\[1, 1\]: expected 13, got 12 at \[0\]
def align(x, names, wanted):
    if set(names) - set(wanted):
        raise ValueError("a dimension would vanish")
    return x.reshape([x.shape[names.index(name)] if name in names else 1 for name in wanted])
