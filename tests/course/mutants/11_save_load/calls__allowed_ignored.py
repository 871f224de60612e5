# one is allowed: expected 1 elements, got 2
def calls(program, allowed=()):
    """The sorted names of what a pickle fetches and may not: nothing of it is run."""
    names = {argument.replace(" ", ".", 1) for op, argument, _ in pickletools.genops(program) if op.name == "GLOBAL"}
    return sorted(names)
