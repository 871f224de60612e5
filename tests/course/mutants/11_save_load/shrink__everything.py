# dtypes: expected 'int64', got 'float16'
def shrink(state):
    """The state with float16 in place of all other floating-point dtypes."""
    return {name: t.half() for name, t in state.items()}
