# a failure: the error: expected 'the disk is full', got None
def write_whole(path, chunks):
    """Write chunks of bytes to a file that is always either the old one or the new one."""
    other = Path(f"{path}.part")
    try:
        with open(other, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        os.replace(other, path)
    except BaseException:
        other.unlink(missing_ok=True)
        return
