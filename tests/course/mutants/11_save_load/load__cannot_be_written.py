# the arrays can be written to
def load(path):
    """The dictionary of name → array that save wrote to this file."""
    content = Path(path).read_bytes()
    if content[:4] != b"MINE":
        raise ValueError(f"{path} is not a file of arrays: it begins with {content[:4]!r} instead of b'MINE'")
    start = 12 + int.from_bytes(content[4:12], "little")
    state = {}
    for name, entry in json.loads(content[12:start]).items():
        first, last = entry["place"]
        block = content[start + first : start + last]
        state[name] = np.frombuffer(block, np.dtype(entry["dtype"])).reshape(entry["shape"])
    return state
