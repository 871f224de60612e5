# expected '0\.weight', got '0weight'|expected \['0\.weight'
def walk(module, prefix="", seen=None):
    seen = set() if seen is None else seen
    for name, parameter in module._parameters.items():
        if parameter is not None and id(parameter) not in seen:
            seen.add(id(parameter))
            yield prefix + name, parameter
    for name, child in module._modules.items():
        yield from walk(child, prefix + name, seen)
