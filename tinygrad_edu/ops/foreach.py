"""``torch._foreach_…``: one operation for each tensor of a list. Optimizers and moving averages of others are written with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.variable import Variable
from .registry import functions, linalg

_NAMES = set(
    """abs acos add addcdiv addcmul asin atan ceil clamp_max clamp_min clone copy cos cosh div erf erfc exp expm1 floor frac lerp lgamma
    log log10 log1p log2 max maximum minimum mm mul neg norm pow powsum reciprocal round rsqrt sigmoid sign sin sinh sqrt sub tan tanh
    trunc zero""".split()  # noqa: SIM905
)
_OUT_OF_PLACE_ONLY, _IN_PLACE_ONLY = {"clone", "max", "mm", "norm", "powsum"}, {"copy", "zero"}
_OPTIONS = ("alpha", "dtype", "non_blocking")  # one for all tensors; other arguments may be a list
_BOUND = {"maximum": "min", "minimum": "max"}  # how clamp calls the number


def _norm(x: Any, ord: Any = 2, dtype: Any = None) -> Any:
    return linalg["vector_norm"](x, ord, dtype=dtype)


def _powsum(x: Any, ord: Any = 2, dtype: Any = None) -> Any:
    return (x if dtype is None else x.to(dtype)).abs().pow(ord).sum()


def _scaled(name: str) -> Callable[..., Any]:
    """addcmul and addcdiv, whose factor may stand third here."""
    return lambda x, a, b, value=1: getattr(x, name)(a, b, value=value)


def _bounded(name: str, inplace: bool) -> Callable[..., Any]:
    """maximum and minimum, which also take a number here, and which tensors have no in-place form of."""

    def limit(x: Any, other: Any) -> Any:
        limited = getattr(x, name)(other) if isinstance(other, Variable) else x.clamp(**{_BOUND[name]: other})
        return x.copy_(limited) if inplace else limited

    return limit


_SPECIAL: dict[str, Callable[..., Any]] = {"norm": _norm, "powsum": _powsum}
_SPECIAL |= {name: _scaled(name) for name in ("addcmul", "addcmul_", "addcdiv", "addcdiv_")}
_SPECIAL |= {name + "_" * place: _bounded(name, place) for name in _BOUND for place in (False, True)}


def _spread(argument: Any, count: int, rows: bool) -> list[Any]:
    """The argument for each of ``count`` tensors: from a list of as many, or one for all. ``rows``: a vector is a list too."""
    if rows and isinstance(argument, Variable):
        argument = argument.tolist()  # type: ignore[attr-defined]
    if not isinstance(argument, (list, tuple)):
        return [argument] * count
    if len(argument) != count:
        if argument and isinstance(argument[0], Variable):
            raise RuntimeError(f"Tensor lists must have the same number of tensors, got {count} and {len(argument)}")
        raise RuntimeError("Tensor list must have same number of elements as scalar list.")
    return list(argument)


def named(full: str) -> Callable[..., Any] | None:
    """The function ``_foreach_<name>`` or ``_foreach_<name>_``; None where torch has none."""
    method = full.removeprefix("_foreach_")
    name, inplace = method.removesuffix("_"), method.endswith("_")
    if name not in _NAMES or name in (_OUT_OF_PLACE_ONLY if inplace else _IN_PLACE_ONLY):
        return None
    operation = _SPECIAL.get(method) or (lambda x, *args, **options: getattr(x, method)(*args, **options))
    rows = name in ("addcmul", "addcdiv")

    def foreach(self: Any, *args: Any, **kwargs: Any) -> Any:
        if name == "pow" and not isinstance(self, (list, tuple)):
            return tuple(functions["pow"](self, exponent) for exponent in args[0])
        if not isinstance(self, (list, tuple)):
            given = type(self).__name__
            raise TypeError(f"{full}(): argument 'self' (position 1) must be tuple of Tensors, not {given}")
        if not self:
            raise RuntimeError("Tensor list must have at least one tensor.")
        options = {key: kwargs.pop(key) for key in _OPTIONS if key in kwargs}
        lists = [_spread(a, len(self), rows) for a in (*args, *kwargs.values())]
        results = tuple(operation(*each, **options) for each in zip(self, *lists))
        return self if inplace else results

    foreach.__name__ = full
    return foreach
