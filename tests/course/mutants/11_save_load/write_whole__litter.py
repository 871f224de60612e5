# a failure: the folder: expected 1 elements, got 2
def write_whole(path, chunks):
    """Write chunks of bytes to a file that is always either the old one or the new one."""
    other = Path(f"{path}.part")
    try:
        with open(other, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        os.replace(other, path)
    except BaseException:
        raise
