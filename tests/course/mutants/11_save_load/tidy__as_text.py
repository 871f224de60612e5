# 8, 9, 10: expected 'epoch8\.pt', got 'epoch10\.pt'
def tidy(place, keep):
    """Delete the old checkpoints of a folder. Returns the deleted names, oldest first."""
    found = {}
    for path in Path(place).glob("epoch*.pt"):
        number = path.name[len("epoch") : -len(".pt")]
        if number.isdecimal():
            found[number] = path
    old = [found[number] for number in sorted(found)][: max(0, len(found) - keep)]
    for path in old:
        path.unlink()
    return [path.name for path in old]
