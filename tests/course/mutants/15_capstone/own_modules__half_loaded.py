# a wrong shape: expected 2\.0, got 1\.0|a wrong shape: expected 1\.0|a wrong shape: expected
def named_parameters(module):
    """All parameters of a module and of the modules in it, by name."""
    found = {}
    for name, value in vars(module).items():
        if isinstance(value, Parameter):
            found[name] = value
        elif isinstance(value, Module):
            found |= {f"{name}.{inner}": p for inner, p in named_parameters(value).items()}
    return found


def state_dict(module):
    """Copies of all parameters' arrays, by name."""
    return {name: p.data.copy() for name, p in named_parameters(module).items()}


def load_state_dict(module, state):
    """Write arrays into the parameters of the same names."""
    own = named_parameters(module)
    if own.keys() != state.keys():
        raise KeyError(f"these names are on one side only: {sorted(own.keys() ^ state.keys())}")
    for name, p in own.items():
        if p.shape != state[name].shape:
            raise ValueError(f"{name} has the shape {p.shape}, the array {state[name].shape}")
        p.data[...] = state[name]
