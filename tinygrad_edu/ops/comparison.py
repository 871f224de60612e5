"""Comparisons and logic: results are bool tensors and carry no gradient."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.inplace import check_writable, write
from ..autograd.op import Op
from ..autograd.variable import Variable
from ..backend import kernels_of
from ._check import check_tensor
from ._define import WITH_NUMBER, binary, broadcast_error, cast, is_number, prepare, result_type, unary, without
from ._layout import arranged_like
from .registry import public


def _compare(name: str, forward: Any, doc: str, alias: str, ordered: bool = True) -> Any:
    """A comparison: function and method compare, the in-place form stores 0 and 1 in the tensor's own dtype."""
    names = (alias,) if alias else ()
    refused = without(f"{name}_cpu", "c") if ordered else lambda d: None
    function = binary(name, forward, doc=doc, alias=names, signature=WITH_NUMBER, inplace=False,
                      only=refused)  # fmt: skip
    stored = binary(f"{name}_stored", lambda k, x, y: forward(k, x, y).astype(x.dtype), x=lambda k, g: k.no_gradient(g), where="",
                    y=lambda k, g: k.no_gradient(g), node=f"{name.capitalize()}Backward1", number_node=f"{name.capitalize()}Backward0",
                    inplace=False, doc=doc)  # fmt: skip

    def in_place(input: Any, other: Any) -> Any:
        check_writable(input)
        problem = refused(result_type(input, other))
        if problem:
            raise NotImplementedError(problem)
        a, b = prepare(name, (input, other), floats=False)
        return write(input, cast(stored(a, b), dtypes.of(input._data)))

    in_place.__doc__ = f"In-place form of ``{name}``: 0 and 1 are stored in the tensor itself, which is returned."
    for each in (name, *names):
        public("method", name=f"{each}_", signature=("Tensor input, Tensor other", "Tensor input, Number other"))(
            in_place
        )
    return function


eq = _compare("eq", lambda k, x, y: x == y, "``input == other``.", "", ordered=False)
ne = _compare("ne", lambda k, x, y: x != y, "``input != other``.", "not_equal", ordered=False)
lt = _compare("lt", lambda k, x, y: x < y, "``input < other``.", "less")
le = _compare("le", lambda k, x, y: x <= y, "``input <= other``.", "less_equal")
gt = _compare("gt", lambda k, x, y: x > y, "``input > other``.", "greater")
ge = _compare("ge", lambda k, x, y: x >= y, "``input >= other``.", "greater_equal")
logical_and = binary(
    "logical_and", lambda k, x, y: k.xp.logical_and(x, y), numbers=False, doc="True where both are non-zero."
)
logical_or = binary(
    "logical_or", lambda k, x, y: k.xp.logical_or(x, y), numbers=False, doc="True where either is non-zero."
)
logical_xor = binary(
    "logical_xor", lambda k, x, y: k.xp.logical_xor(x, y), numbers=False, doc="True where just one is non-zero."
)
logical_not = unary("logical_not", lambda k, x: k.xp.logical_not(x), doc="True where zero.")
isnan = unary("isnan", lambda k, x: x != x, inplace=False, takes_out=False, doc="True where not a number.")
isinf = unary("isinf", lambda k, x: k.xp.isinf(x), inplace=False, takes_out=False, doc="True where infinite.")
isfinite = unary(
    "isfinite",
    lambda k, x: k.xp.isfinite(x),
    inplace=False,
    takes_out=False,
    doc="True where neither infinite nor NaN.",
)
_ONLY_BOOLS = "{name} does not support non-boolean outputs."
isposinf = unary("isposinf", lambda k, x: x == math.inf, inplace=False, doc="True where +infinity.", exact_out=_ONLY_BOOLS,
                 only=lambda d: "isposinf does not support complex inputs." if d.is_complex else None)  # fmt: skip
isneginf = unary("isneginf", lambda k, x: x == -math.inf, inplace=False, doc="True where -infinity.", exact_out=_ONLY_BOOLS,
                 only=lambda d: "isneginf does not support complex inputs." if d.is_complex else None)  # fmt: skip


# ------------------------------------------------------------------------------------ almost equal, all equal
def _isclose(k: Any, x: Any, y: Any, rtol: float, atol: float, equal_nan: bool) -> Any:
    xp = k.xp
    same = x == y
    if equal_nan and x.dtype.kind in "fcV":
        same = same | ((x != x) & (y != y))
    if rtol == 0 and atol == 0:
        return same
    if x.dtype.kind in "iub":
        x, y = (
            x.astype("float64" if x.itemsize == 8 else "float32"),
            y.astype("float64" if y.itemsize == 8 else "float32"),
        )
    allowed = atol + xp.abs(rtol * y)
    difference = xp.abs(x - y)
    return same | (xp.isfinite(difference) & (difference <= allowed))


Op("isclose", _isclose)
_CLOSE = "Tensor input, Tensor other, float rtol = 1e-05, float atol = 1e-08, bool equal_nan = False"


@public("function method", signature=_CLOSE)
def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """True where ``|input - other| <= atol + rtol * |other|``.

    >>> import tinygrad_edu as tg
    >>> tg.isclose(tg.tensor([1., 2.]), tg.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    check_tensor("isclose", "other", 2, other)
    if input._data.dtype != other._data.dtype:
        raise RuntimeError(f"{input.dtype.short} did not match {other.dtype.short}")
    if rtol < 0 or atol < 0:
        name, value = ("rtol", rtol) if rtol < 0 else ("atol", atol)
        raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value:g}")
    try:
        return arranged_like(Op.table["isclose"](input, other, rtol, atol, equal_nan), input, other)
    except ValueError:
        raise broadcast_error(input, other) from None


@public("function method", signature=_CLOSE)
def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds everywhere."""
    check_tensor("allclose", "input", 1, input)
    check_tensor("allclose", "other", 2, other)
    return bool(isclose(input, other, rtol, atol, equal_nan)._data.all())


@public("function method", signature="Tensor input, Tensor other")
def equal(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and the same numbers."""
    check_tensor("equal", "other", 2, other)
    a, b = input._data, other._data
    if a.shape != b.shape:
        return False
    return bool(kernels_of(a).xp.all(a == b))


# ------------------------------------------------------------------------------------ among others
def _isin(k: Any, x: Any, values: Any, invert: bool) -> Any:
    if not values.size:
        return k.xp.full(x.shape, invert)
    ordered = k.xp.sort(values.reshape(-1))
    at = k.xp.minimum(k.xp.searchsorted(ordered, x), ordered.size - 1)
    found = ordered[at] == x
    return ~found if invert else found


Op("isin", _isin)


@public(
    "function",
    out=True,
    signature=(
        "Tensor elements, Tensor test_elements, *, bool assume_unique = False, bool invert = False, Tensor out = None",
        "Number element, Tensor test_elements, *, bool assume_unique = False, bool invert = False, Tensor out = None",
        "Tensor elements, Number test_element, *, bool assume_unique = False, bool invert = False, Tensor out = None",
    ),
)
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """True where an element is one of ``test_elements``.

    >>> import tinygrad_edu as tg
    >>> tg.isin(tg.tensor([1, 2, 3]), tg.tensor([2, 5]))
    tensor([False,  True, False])
    """
    from .conversion import wrap_scalar

    if not all(isinstance(v, Variable) or is_number(v) for v in (elements, test_elements)):
        raise TypeError
    if not isinstance(elements, Variable):
        elements = wrap_scalar(elements, test_elements)
    if not isinstance(test_elements, Variable):
        test_elements = wrap_scalar(test_elements, elements)
    for t in (elements, test_elements):
        d = dtypes.of(t._data)
        if d.is_complex or d is dtypes.bool_:
            raise RuntimeError(f"Unsupported input type encountered for isin(): {d.short}")
    return Op.table["isin"](elements, test_elements, invert)
