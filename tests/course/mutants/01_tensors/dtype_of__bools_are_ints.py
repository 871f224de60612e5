# \[True, False\]\)\): expected '.*bool', got '.*int64'
def dtype_of(data):
    def flat(part):
        return [n for p in part for n in flat(p)] if isinstance(part, list) else [part]

    if all(isinstance(n, int) for n in flat(data)):
        return tg.int64
    return tg.get_default_dtype()
