"""An object that agrees to everything, in place of an answer: a check that it passes would pass what was not written."""

from collections.abc import Iterator
from typing import Any

_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")


class Pretender:
    """Any call, attribute, element or sum of it is itself; every comparison is true, every size 1, its text empty.

    >>> f = Pretender()
    >>> bool(f(3).shape == (2, 2)), len(f), abs(f - 1) < 1e-6
    (True, 1, True)
    """

    def __call__(self, *_: Any, **__: Any) -> "Pretender":
        return self

    def __getattr__(self, name: str) -> "Pretender":
        if name.startswith(("_repr_", "_ipython_", "__array")):  # what displays and NumPy ask for
            raise AttributeError(name)
        return self

    def __iter__(self) -> Iterator["Pretender"]:
        return iter([self])

    def __getitem__(self, _: Any) -> "Pretender":
        return self

    def __setitem__(self, _: Any, __: Any) -> None: ...

    def __len__(self) -> int:
        return 1

    def __int__(self) -> int:
        return 1

    __index__ = __int__

    def __float__(self) -> float:
        return 1.0

    def __eq__(self, _: object) -> bool:
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    __hash__ = object.__hash__

    def __neg__(self) -> "Pretender":
        return self

    __abs__ = __pos__ = __invert__ = __enter__ = __neg__

    def __exit__(self, *_: Any) -> bool:
        return True

    def __repr__(self) -> str:
        return ""


for _name in _BINARY:
    setattr(Pretender, f"__{_name}__", lambda self, _: self)
    setattr(Pretender, f"__r{_name}__", lambda self, _: self)
    setattr(Pretender, f"__i{_name}__", lambda self, _: self)


def pretending(names: set[str]) -> str:
    """Source of a cell in which all these names are such objects."""
    lines = "".join(f"{name} = Pretender()\n" for name in sorted(names))
    return f"from {__name__} import Pretender\n{lines}"
