# FileNotFoundError
def save(state, path):
    """Write a dictionary of name → array to a file."""
    np.savez(path, **state)
