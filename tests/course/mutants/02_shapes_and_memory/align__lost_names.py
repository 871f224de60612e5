# align\(photo, \("H", "W", "C"\), \("H", "W"\)\): expected a ValueError, got the value int64\[2, 4\] \[\[0, 3, 6, 9\], \[12
def align(x, names, wanted):
    for name in set(names) - set(wanted):
        x, names = x.take(0, names.index(name)), tuple(n for n in names if n != name)
    x = x.transpose([names.index(name) for name in wanted if name in names])
    sizes = iter(x.shape)
    return x.reshape([next(sizes) if name in names else 1 for name in wanted])
