# expected 'body\.weight', got 'weight'
def walk(module, prefix="", seen=None):
    seen = set() if seen is None else seen

    def below(part, path):
        for name, parameter in part._parameters.items():
            if parameter is not None and id(parameter) not in seen:
                seen.add(id(parameter))
                yield path + name, parameter
        for name, child in part._modules.items():
            yield from below(child, f"{path}{name}.")

    yield from below(module, "")
