# keep none: expected 1 elements, got 0
def tidy(place, keep):
    """Delete the old checkpoints of a folder. Returns the deleted names, oldest first."""
    found = {}
    for path in Path(place).glob("epoch*.pt"):
        number = path.name[len("epoch") : -len(".pt")]
        if number.isdecimal():
            found[int(number)] = path
    old = [found[number] for number in sorted(found)][:-keep]
    for path in old:
        path.unlink()
    return [path.name for path in old]
