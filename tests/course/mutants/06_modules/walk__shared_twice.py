# walk\(tied\)\]: expected 3 elements, got 4
def walk(module, prefix="", seen=None):
    for name, parameter in module._parameters.items():
        if parameter is not None:
            yield prefix + name, parameter
    for name, child in module._modules.items():
        yield from walk(child, f"{prefix}{name}.")
