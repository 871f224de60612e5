# 1\.5 after set_default_dtype\(float64\): expected '.*float64', got '.*float32'
def dtype_of(data):
    """The dtype that tg.tensor(data) chooses for nested lists of Python numbers."""
    def rank(part):
        if isinstance(part, list):
            return max((rank(p) for p in part), default=2)
        return {bool: 0, int: 1, float: 2}[type(part)]

    return (tg.bool, tg.int64, tg.float32)[rank(data)]
