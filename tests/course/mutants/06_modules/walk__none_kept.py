# walk\(deep\)\]: expected 3 elements, got 4
def walk(module, prefix="", seen=None):
    seen = set() if seen is None else seen
    for name, parameter in module._parameters.items():
        if id(parameter) not in seen:
            seen.add(id(parameter))
            yield prefix + name, parameter
    for name, child in module._modules.items():
        yield from walk(child, f"{prefix}{name}.", seen)
