# FileNotFoundError|the file's name: expected 'net', got 'net\.npz'
def save(state, path):
    """Write a dictionary of arrays to the file path."""
    np.savez(path, **state)


def load(path):
    """The dictionary of arrays that save has written."""
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
