# another name: expected 2 elements, got 0
def blocks_of(path):
    """The blocks of memory in a .pt file: name → bytes."""
    blocks = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts = name.split("/")
            if name.startswith("any/data/"):
                blocks[parts[2]] = archive.read(name)
    return blocks
