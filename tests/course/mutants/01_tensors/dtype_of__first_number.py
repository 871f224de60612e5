# expected '.*float32', got '.*int64'
def dtype_of(data):
    """The dtype that tg.tensor(data) chooses for nested lists of Python numbers."""
    def rank(part):
        if isinstance(part, list):
            return rank(part[0])
        return {bool: 0, int: 1, float: 2}[type(part)]

    return (tg.bool, tg.int64, tg.get_default_dtype())[rank(data)]
