# expected \{'0'
def blocks_of(path):
    """The blocks of memory in a .pt file: name → bytes."""
    blocks = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts = name.split("/")
            if len(parts) == 3 and parts[1] == "data":
                blocks[name] = archive.read(name)
    return blocks
