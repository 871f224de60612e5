# 1\.1\.weight|expected
def walk(module, prefix="", seen=None):
    seen = set()
    for name, parameter in module._parameters.items():
        if parameter is not None:
            seen.add(id(parameter))
            yield prefix + name, parameter
    for outer, child in module._modules.items():
        for name, parameter in child._parameters.items():
            if parameter is not None and id(parameter) not in seen:
                seen.add(id(parameter))
                yield f"{outer}.{name}", parameter
