# requires_grad=True\)\): expected 0 elements, got 1
class Book:
    def __init__(self):
        object.__setattr__(self, "_parameters", {})
        object.__setattr__(self, "_modules", {})

    def __getattr__(self, name):
        for drawer in (self._parameters, self._modules):
            if name in drawer:
                return drawer[name]
        raise AttributeError(f"'Book' object has no attribute '{name}'")

    def __setattr__(self, name, value):
        for place in (self._parameters, self._modules, self.__dict__):
            place.pop(name, None)
        if isinstance(value, tg.Tensor):
            self._parameters[name] = value
        elif isinstance(value, Book):
            self._modules[name] = value
        else:
            object.__setattr__(self, name, value)
