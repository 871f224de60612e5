"""How pointwise operations are declared: forward and derivatives in, public function out.

`unary` and `binary` make the primitive, the checked public function with ``out=``, the Tensor method and its in-place form.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..overrides import answer_operator
from ._layout import arranged, laid_out
from ._signature import checked, type_name
from .registry import functional, functions, methods, special, store
from .registry import make_inplace as inplace_form

NUMBERS = (bool, int, float, complex)
OPERANDS = (Variable, *NUMBERS)
_PLAIN = (int, float)
_FLOAT32, _FLOAT64 = dtypes.float32.np, dtypes.float64.np


def operand(value: Any) -> Any:
    """A NumPy array or scalar beside a tensor, as a tensor."""
    k = kernels_of(value)
    return wrap(k.xp.asarray(value))


def is_number(value: Any) -> bool:
    return isinstance(value, NUMBERS) or (
        hasattr(value, "dtype") and hasattr(value, "item") and not hasattr(value, "__setitem__")  # a NumPy scalar
    )


def cast(t: Any, to: dtypes.dtype) -> Any:
    """``t`` in another dtype, differentiably; itself when it has that dtype already."""
    return t if t._data.dtype == to.np else Op.table["to_copy"](t, to)


def result_type(*operands: Any) -> dtypes.dtype:
    """The dtype of arithmetic between tensors and Python numbers.

    Tensors with dimensions decide; 0-d tensors and then numbers matter only when they are of a higher kind.
    """
    with_dims = zero_dim = number = None
    for a in operands:
        if isinstance(a, Variable):
            d = dtypes.of(a._data)
            if a._data.ndim:
                with_dims = d if with_dims is None else dtypes.promote_types(with_dims, d)
            else:
                zero_dim = d if zero_dim is None else dtypes.promote_types(zero_dim, d)
        else:
            d = dtypes.of_scalar(a)
            number = d if number is None else dtypes.promote_types(number, d)
    found = dtypes.combine(with_dims, dtypes.combine(zero_dim, number))
    assert found is not None
    return found


def check_same_device(*operands: Any) -> None:
    """RuntimeError when tensors live on different devices (a 0-d CPU tensor may join: it is a number)."""
    from ..devices import of

    seen: list[Any] = []
    for a in operands:
        if isinstance(a, Variable):
            d = of(a._data)
            if d not in seen and not (a._data.ndim == 0 and d.type == "cpu"):
                seen.append(d)
    if len(seen) > 1 and any(d.type == "meta" for d in seen):
        raise RuntimeError(f"Tensor on device {seen[1]} is not on the expected device {seen[0]}!")
    if len(seen) > 1:
        names = ", ".join(str(d) for d in sorted(seen, key=str, reverse=True))
        names = " and ".join(names.rsplit(", ", 1)) + "!"
        raise RuntimeError(f"Expected all tensors to be on the same device, but found at least two devices, {names}")


def prepare(name: str, operands: tuple[Any, ...], floats: bool, keep: bool = False) -> list[Any]:
    """Bring the operands of an elementwise operation to one dtype and device.

    Numbers stay Python numbers where NumPy's arithmetic with them already gives torch's dtype.
    """
    arrays = [a._data for a in operands if isinstance(a, Variable)]
    if len({type(a) for a in arrays}) > 1:
        check_same_device(*operands)
        where = next(a for a in arrays if kernels_of(a).device_type != "cpu")
        operands = tuple(_moved(a, where) for a in operands)
    common = result_type(*operands)
    if floats and not (common.is_floating_point or common.is_complex):
        common = dtypes.get_default_dtype()
    ready = []
    for a in operands:
        if isinstance(a, Variable):
            ready.append(cast(a, common))
        elif common.is_floating_point:
            ready.append(float(a))
        elif common.is_complex:
            ready.append(complex(a))
        else:
            like = next(t._data for t in operands if isinstance(t, Variable))
            ready.append(wrap(_integer(a, common, like)))
    return ready


def _integer(value: Any, common: dtypes.dtype, like: Any) -> Any:
    """A Python integer as a 0-d array: it wraps around like torch's, where NumPy would raise."""
    import numpy

    bits = 8 * common.itemsize
    if common is dtypes.bool_:
        number = numpy.asarray(bool(value))
    else:
        wrapped = int(value) & ((1 << bits) - 1)
        number = numpy.asarray(wrapped, dtype=f"u{common.itemsize}").view(common.np)
    k = kernels_of(like)
    return number if k.device_type == "cpu" else k.xp.full((), number.item(), number.dtype)


def _moved(a: Any, where: Any) -> Any:
    """A 0-d CPU tensor beside GPU tensors."""
    if isinstance(a, Variable) and a._data.ndim == 0 and kernels_of(a._data).device_type == "cpu":
        k = kernels_of(where)
        return Op.table["to_device"](a, k, k.device_index(where), kernels_of(a._data))
    return a


def _of_number(value: Any) -> Any:
    """A Python number as a 0-d tensor of the dtype that `tensor` gives it."""
    import numpy

    return wrap(numpy.asarray(value, dtypes.of_scalar(value).np)) if isinstance(value, NUMBERS) else operand(value)


def not_a_tensor(name: str, position: str, value: Any) -> TypeError:
    return TypeError(f"{name}(): argument '{position}' (position 1) must be Tensor, not {type_name(value)}")


def broadcast_error(a: Any, b: Any) -> RuntimeError:
    """torch's words for shapes that do not broadcast."""
    sa, sb = a._data.shape, b._data.shape
    n = max(len(sa), len(sb))
    for i in range(n - 1, -1, -1):
        p = sa[i - n] if n - i <= len(sa) else 1
        q = sb[i - n] if n - i <= len(sb) else 1
        if p != q and 1 not in (p, q):
            return RuntimeError(
                f"The size of tensor a ({p}) must match the size of tensor b ({q}) at non-singleton dimension {i}"
            )
    whole = tuple(
        max(p, q) if 0 not in (p, q) else 0 for p, q in zip((1,) * (n - len(sa)) + sa, (1,) * (n - len(sb)) + sb)
    )
    return RuntimeError(f"output with shape {list(sa)} doesn't match the broadcast shape {list(whole)}")


def check_broadcast(a: Any, b: Any) -> None:
    """torch complains of shapes before it complains of dtypes."""
    if isinstance(a, Variable) and isinstance(b, Variable):
        lengths = zip(a._data.shape[::-1], b._data.shape[::-1])
        if any(n != m and 1 not in (n, m) for n, m in lengths):
            raise broadcast_error(a, b)


def _publish(
    function: Callable[..., Any], where: str, alias: tuple[str, ...], inplace: bool, signature: tuple[str, ...]
) -> None:
    from .registry import _function_inplace

    name = function.__name__
    form = inplace_form(function, name) if inplace else None
    shown = checked(function, name, signature)
    method = checked(function, name, signature, method=True)
    for each in (name, *alias):
        if "function" in where:
            functions[each] = shown
        if "method" in where:
            methods[each] = method
        if "functional" in where:
            functional[each] = function
        if "special" in where:
            special[each] = checked(function, f"special_{each}", signature)
        if form is not None:
            methods[f"{each}_"] = form
            if each in _function_inplace and "function" in where:
                functions[f"{each}_"] = form


def unary(
    name: str,
    forward: Callable[..., Any],
    *,
    doc: str,
    floats: bool = False,
    only: Callable[[dtypes.dtype], str | None] | None = None,
    where: str = "function,method",
    alias: tuple[str, ...] = (),
    inplace: bool = True,
    node: str | None = None,
    exact_out: bool | str = False,
    takes_out: bool = True,
    refusal: type[Exception] | None = None,
    **formulas: Any,
) -> Callable[..., Any]:
    """Declare a function of one tensor. ``floats``: integers are computed in the default float dtype.

    ``only`` returns the error text for a dtype that the function does not take (``refusal``: its type).
    ``exact_out``: ``out=`` must have the result's dtype; ``takes_out=False``: there is no ``out=``.
    """
    op = Op(name, forward, node=node, **formulas)
    signature = ("Tensor input, *, Tensor out = None",) if takes_out else ("Tensor input",)

    def function(input: Any, *, out: Any = None) -> Any:
        if not isinstance(input, Variable):
            raise not_a_tensor(name, "input", input)
        kind = input._data.dtype.kind
        if only is not None:
            problem = only(dtypes.of(input._data))
            if problem:
                raise _refusal(problem, refusal)
        if out is not None:
            if not takes_out:
                raise TypeError(f"{name}() got an unexpected keyword argument 'out'")
            return store(function, out, (input,), {})
        if floats and kind in "iub":
            input = cast(input, dtypes.get_default_dtype())
        result = op.call1(input)
        if result._data.ndim > 1 and not input._data.flags.c_contiguous:
            laid_out(result, input)
        return result

    function.exact_out = exact_out  # type: ignore[attr-defined]
    return _finish(function, op, name, doc, where, alias, inplace, signature)


def _refusal(problem: str, kind: type[Exception] | None) -> Exception:
    """The error for a dtype that a function does not take."""
    return (kind or (NotImplementedError if problem.startswith('"') else RuntimeError))(problem)


# functions whose arguments may all be numbers, which count as 0-d tensors
_NUMBERS_AS_TENSORS = {"add", "sub", "mul", "div", "div_floor", "div_trunc", "true_divide", "floor_divide"}
BINARY = ("Tensor input, Tensor other, *, Tensor out = None",)
WITH_NUMBER = (*BINARY, "Tensor input, Number other, *, Tensor out = None")
WITH_NUMBERS = (BINARY[0], "Number self, Tensor other, *, Tensor out = None", WITH_NUMBER[1])


def binary(
    name: str,
    forward: Callable[..., Any],
    *,
    doc: str,
    floats: bool = False,
    only: Callable[[dtypes.dtype], str | None] | None = None,
    where: str = "function,method",
    alias: tuple[str, ...] = (),
    inplace: bool = True,
    node: str | None = None,
    number_node: str | None = None,
    signature: tuple[str, ...] = BINARY,
    exact_numbers: bool = False,
    numbers: bool = True,
    refusal: type[Exception] | None = None,
    **formulas: Any,
) -> Callable[..., Any]:
    """Declare a broadcasting function of two tensors (or a tensor and a number).

    ``number_node``: the graph node's name where ``other`` is a number, if torch has another one for that.
    ``numbers=False``: ``other`` must be a tensor. ``exact_numbers``: half precision with a number is computed in float32, so that
    the number is not rounded first.
    """
    op = Op(name, forward, node=node, **formulas)
    as_tensors = name in _NUMBERS_AS_TENSORS
    number_first = any(text.startswith("Number ") for text in signature)
    of_first = {key: formula for key, formula in formulas.items() if key == op.arguments[0]}
    number_op = op if number_node is None else Op(f"{name}_number", forward, node=number_node, **of_first)
    half_op = number_op
    floats_pass = only is None or only(dtypes.float32) is None  # then the commonest calls need no check
    if exact_numbers:
        wide: Any = lambda k, x, y: arranged(forward(k, x.astype("float32"), y).astype(x.dtype), [x.strides])  # noqa: E731
        half_op = Op(f"{name}_half", wide, node=number_node or op.Node.__name__, **formulas)

    def function(input: Any, other: Any, *, out: Any = None) -> Any:
        if out is not None:
            return store(function, out, (input, other), {})
        run = op
        try:
            same = input._data.dtype is other._data.dtype and type(input._data) is type(other._data)
        except AttributeError:
            same = False
            run = number_op
            if not isinstance(input, Variable):
                taken = as_tensors if not isinstance(other, Variable) else as_tensors or number_first
                if not (numbers and taken and is_number(input) and (isinstance(other, Variable) or is_number(other))):
                    raise not_a_tensor(name, "input", input) from None
                if not isinstance(other, Variable):  # two numbers: torch counts both as tensors
                    input = _of_number(input)
                elif type(input) is not complex and other._data.dtype.kind in "fV" and other._data.dtype.itemsize == 2:
                    input = wrap(kernels_of(other._data).xp.asarray(input, other._data.dtype))
            elif not (numbers and is_number(other)) and not isinstance(other, Variable):
                raise TypeError(
                    f"{name}(): argument 'other' (position 2) must be Tensor, not {type_name(other)}"
                ) from None
            elif (
                floats_pass
                and type(other) in _PLAIN
                and (input._data.dtype is _FLOAT32 or input._data.dtype is _FLOAT64)
            ):
                return run.with_number(input, float(other))
        if not same or (floats and input._data.dtype.kind in "iub") or (only is not None and not (
                floats_pass and (input._data.dtype is _FLOAT32 or input._data.dtype is _FLOAT64))):  # fmt: skip
            if only is not None:
                problem = only(result_type(input, other))
                if problem:
                    if problem.startswith('"'):
                        check_broadcast(input, other)
                    raise _refusal(problem, refusal)
            input, other = prepare(name, (input, other), floats)
            if type(other) is float and input._data.dtype.itemsize == 2:
                run = half_op
                if not exact_numbers:  # ml_dtypes would take bfloat16 with a Python number to float32
                    other = wrap(kernels_of(input._data).xp.asarray(other, input._data.dtype))
        try:
            result = run.call2(input, other)
        except ValueError:
            raise broadcast_error(input, other) from None
        a = result._data
        if a.ndim > 1 and run is op and isinstance(input, Variable):
            x = input._data
            if not x.flags.c_contiguous or (x.shape != a.shape and not other._data.flags.c_contiguous):
                laid_out(result, input, other)
        return result

    def operator(self: Any, other: Any) -> Any:
        """What ``x * other`` calls: straight to the primitive in the two commonest cases."""
        kind = type(other)
        dtype = self._data.dtype
        if (kind is float or kind is int) and (dtype is _FLOAT32 or dtype is _FLOAT64):
            return number_op.with_number(self, float(other))
        if isinstance(other, OPERANDS):
            return function(self, other)
        if hasattr(other, "__torch_function__"):
            return answer_operator(function, self, other)
        return function(self, operand(other)) if is_number(other) else NotImplemented  # NumPy computes with arrays

    if floats_pass:
        function.operator = operator  # type: ignore[attr-defined]
    return _finish(function, op, name, doc, where, alias, inplace, signature)


def _finish(
    function: Callable[..., Any], op: Op, name: str, doc: str, where: str, alias: tuple[str, ...], inplace: bool,
    signature: tuple[str, ...],
) -> Callable[..., Any]:  # fmt: skip
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.op = op  # type: ignore[attr-defined]
    _publish(function, where, alias, inplace, signature)
    return function


def without(kernel: str, kinds: str) -> Callable[[dtypes.dtype], str | None]:
    """An ``only=`` for a kernel that does not know all dtypes.

    ``kinds`` names those it lacks: bools (b), integers (i), floats (f), among them halves (h), complex numbers (c).
    """

    def only(d: dtypes.dtype) -> str | None:
        kind = "b" if d is dtypes.bool_ else "c" if d.is_complex else "f" if d.is_floating_point else "i"
        lacks = kind in kinds or ("h" in kinds and kind == "f" and d.itemsize == 2)
        return f"\"{kernel}\" not implemented for '{d.short}'" if lacks else None

    return only


def rounded_once(forward: Callable[..., Any]) -> Callable[..., Any]:
    """A forward that takes half precision to float32 and rounds at the end, as torch's kernels do."""

    @wraps(forward)
    def form(k: Any, x: Any, *rest: Any) -> Any:
        if x.dtype.itemsize != 2 or x.dtype.kind not in "fV":
            return forward(k, x, *rest)
        wide = (r.astype("float32") if getattr(r, "dtype", None) == x.dtype else r for r in rest)
        return forward(k, x.astype("float32"), *wide).astype(x.dtype)

    return form


def no_derivative(name: str) -> Callable[..., Any]:
    """The formula of an operation that has none: torch complains only when backward comes by."""

    def formula(k: Any, g: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return formula


@cache
def _node_named(node: Any, name: str) -> Any:
    return type(name, (node,), {"__slots__": ()})


def noded(t: Any, name: str) -> Any:
    """A fresh result whose graph node goes by another name: torch's forms of one operation have different ones."""
    if t._edge is not None:
        node = t._edge[0]
        kind: Any = type(node)
        node.__class__ = _node_named(kind, name)
    return t


def number_minus(number: float, t: Any) -> Any:
    """``number - t`` as torch's own code has it: two edges, the first one to nothing."""
    return Op.table["sub"](wrap(kernels_of(t._data).xp.asarray(number, t._data.dtype)), t)


def _beside(operate: Callable[[Any, Any], Any], x: Any, n: Any) -> Any:
    """``operate(x, n)``: whole numbers beside a fraction become floats; half precision stays what it is."""
    if type(n) is float and x.dtype.kind in "iub":
        x = x.astype(dtypes.get_default_dtype().np)
    if x.dtype.itemsize == 2 and x.dtype.kind in "fV":
        return operate(x.astype("float32"), n).astype(x.dtype)
    return operate(x, n)


# a number beside a tensor, where torch's own code (not a user's) puts it: such nodes have one edge
Op("add_number", lambda k, x, n: _beside(operator.add, x, n), node="AddBackward1", x=lambda k, g: g)
Op("sub_number", lambda k, x, n: _beside(operator.sub, x, n), node="SubBackward1", x=lambda k, g: g)
Op("mul_number", lambda k, x, n: _beside(operator.mul, x, n), node="MulBackward1", x=lambda k, g, n: g * n)
Op("div_number", lambda k, x, n: _beside(operator.truediv, x, n), node="DivBackward1", x=lambda k, g, n: g / n)
