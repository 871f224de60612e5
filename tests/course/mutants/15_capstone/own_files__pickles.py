# expected a ValueError, got the value|raises
def save(state, path):
    """Write a dictionary of arrays to the file path."""
    with open(path, "wb") as file:
        pickle.dump(state, file)


def load(path):
    """The dictionary of arrays that save has written."""
    with open(path, "rb") as file:
        return pickle.load(file)
