# int64: expected 'int64', got 'float32'
def save(state, path):
    """Write a dictionary of name → array to a file."""
    label, blocks, place = {}, [], 0
    for name, array in state.items():
        array = array if array.dtype.hasobject else array.real.astype(np.float32)
        if array.dtype.hasobject:
            raise TypeError(f"{name}: only arrays of numbers can be saved, not of dtype {array.dtype}")
        block = array.tobytes()
        label[name] = {"dtype": array.dtype.str, "shape": array.shape, "place": [place, place + len(block)]}
        blocks.append(block)
        place += len(block)
    text = json.dumps(label).encode()
    Path(path).write_bytes(b"MINE" + len(text).to_bytes(8, "little") + text + b"".join(blocks))
