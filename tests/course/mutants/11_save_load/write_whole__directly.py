# seen while it is written: expected 'old', got
def write_whole(path, chunks):
    """Write chunks of bytes to a file that is always either the old one or the new one."""
    other = path
    try:
        with open(other, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        os.replace(other, path)
    except BaseException:
        other.unlink(missing_ok=True)
        raise
