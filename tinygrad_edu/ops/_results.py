"""The named tuples that operations with several results return: ``torch.return_types.max`` and its like."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from .. import dtypes

classes: dict[str, type] = {}


class _NamedType(type):
    """Prints a class of results under the package's name: ``<class 'torch.return_types.sort'>``."""

    def __repr__(cls) -> str:
        return f"<class '{dtypes.module_name}.return_types.{cls.__name__}'>"


class Named(tuple[Any, ...], metaclass=_NamedType):
    """A tuple whose items have names too, and that prints as torch's do."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()
    n_fields = n_sequence_fields = n_unnamed_fields = 0

    def __new__(cls, sequence: Any, dict: Any = None) -> Any:
        if not hasattr(sequence, "__iter__"):
            raise TypeError("constructor requires a sequence")
        made = super().__new__(cls, sequence)
        if len(made) != cls.n_fields:
            full = f"{dtypes.module_name}.return_types.{cls.__name__}"
            raise TypeError(f"{full}() takes a {cls.n_fields}-sequence ({len(made)}-sequence given)")
        return made

    def __getattr__(self, name: str) -> Any:
        full = f"{dtypes.module_name}.return_types.{type(self).__name__}"
        raise AttributeError(f"'{full}' object has no attribute '{name}'", name=name, obj=self)

    def __repr__(self) -> str:
        lines = ",\n".join(f"{field}={value!r}" for field, value in zip(self.__match_args__, self))
        return f"{dtypes.module_name}.return_types.{type(self).__name__}(\n{lines})"

    def __reduce__(self) -> Any:
        return _rebuild, (type(self).__name__, tuple(self))


def _read_only(*_: Any) -> None:
    raise AttributeError("readonly attribute")


def named(name: str, *fields: str) -> type:
    """The class of results called ``name``.

    >>> named("pair", "first", "second")((1, 2)).second
    2
    """
    found = classes.get(name)
    if found is None:
        members = {field: property(itemgetter(i), _read_only, _read_only) for i, field in enumerate(fields)}
        counts = {"n_fields": len(fields), "n_sequence_fields": len(fields)}
        found = classes[name] = _NamedType(
            name, (Named,), {"__slots__": (), "__match_args__": fields, **counts, **members}
        )
        found.__module__ = "tinygrad_edu.return_types"
    return found


def _rebuild(name: str, items: tuple[Any, ...]) -> Any:
    return classes[name](items)
