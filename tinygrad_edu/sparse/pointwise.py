"""Element by element: functions that keep 0 at 0, sums, products with numbers, dense and sparse tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..autograd.inplace import check_writable
from ..autograd.modes import state
from ..autograd.variable import Variable, needs_grad, raw_of, wrap
from ..backend.compressed import Compressed, of_coo, zeros
from ..backend.coo import Coo, add_into
from ..ops._define import broadcast_error, result_type
from ..ops.registry import functions
from .dispatch import TABLE, is_sparse, operation, refusal
from .graph import record

# torch's functions of sparse tensors: of 0 they make 0
_NAMES = (
    "abs asin asinh atan atanh ceil deg2rad erf erfinv expm1 floor frac isinf isnan isneginf isposinf log1p nan_to_num neg "
    "rad2deg relu round sgn sign signbit sin sinh sqrt tan tanh trunc arcsin arcsinh arctan arctanh negative fix absolute square"
)
UNARY = _NAMES.split()
_ANY_ORDER = ("neg", "negative")  # they do not coalesce first
_SAME = {"arcsin": "asin", "arcsinh": "asinh", "arctan": "atan", "arctanh": "atanh", "negative": "neg", "fix": "trunc",
         "absolute": "abs", "square": "pow"}  # fmt: skip
# what torch would need for a derivative and has not for sparse tensors
_LACKING = {"sin": "cos", "sinh": "cosh", "log1p": "add", "erf": "exp"}


def _slope(name: str, raw: Any) -> Callable[[Any], Any]:
    """Backward of one of `UNARY`, where torch has it."""

    def formula(g: Any) -> Any:
        if name in ("neg", "negative"):
            return -g
        if name in ("abs", "absolute", "relu"):
            sign = raw.xp.sign(raw.values)
            return g * raw.like(sign if name != "relu" else (sign > 0).astype(raw.dtype))
        if name in ("ceil", "floor", "round", "trunc", "fix", "sign", "sgn"):
            return g * 0
        if name in ("deg2rad", "rad2deg"):
            return g * float(functions[name](wrap(raw.xp.ones(1)))._data[0])
        lacks = _LACKING.get(name, f"{name}_backward")
        raise NotImplementedError(f"Could not run 'aten::{lacks}' with arguments from the 'SparseCPU' backend.")

    return formula


def _unary(name: str) -> Callable[..., Any]:
    node = "".join(part.capitalize() for part in _SAME.get(name, name).split("_")) + "Backward0"

    def function(input: Any, inplace: bool = False, **options: Any) -> Any:
        if any(value is not None for value in options.values()):
            raise refusal("round.decimals" if name == "round" else name, (input,))
        if inplace:
            return TABLE[f"{name}_"](input)
        raw = input._raw
        if isinstance(raw, Coo) and name not in _ANY_ORDER:
            raw = raw.coalesce()
        made = raw.like(functions[name](wrap(raw.values))._data)
        return record(made, node, (input,), (_slope(name, raw),))

    return function


_FRESH = {"add", "sub", "subtract", "mul", "multiply", "copy"}  # torch takes new memory for their results


def store(input: Any, out: Any, name: str) -> Any:
    """Write a result into a sparse tensor, which takes over its history."""
    check_writable(input)
    have, want = out.dtype, input.dtype
    if not dtypes.can_cast(have, want):
        raise RuntimeError(f"result type {have.short} can't be cast to the desired output type {want.short}")
    raw, new = input._raw, out._raw
    if have is not want:
        new = new.astype(want.np)
    fresh = isinstance(raw, Coo) and name in _FRESH
    if not fresh and raw.values.shape == new.values.shape and input._edge is None and out._edge is None:
        raw.values[...] = new.values
        input._raw = new.like(raw.values) if isinstance(new, Coo) else raw
    else:
        input._raw = new
    if state.enabled:
        input._requires_grad, input._edge = out._requires_grad, out._edge
    input._counter[0] += 1
    return input


def _in_place(name: str) -> Callable[..., Any]:
    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        check_writable(input)
        if name in UNARY and name not in _ANY_ORDER and isinstance(input._raw, Coo) and not input._raw.coalesced:
            raise RuntimeError(f"{name}_ requires coalesced input")
        return store(input, TABLE[name](input, *args, **kwargs), name)

    return function


for _name in UNARY:
    TABLE[_name] = _unary(_name)
    TABLE[f"{_name}_"] = _in_place(_name)
operation("positive")(lambda input: input)
operation("conj")(lambda input: input if not input.is_complex() else _conj(input))


def _conj(input: Any) -> Any:
    raw = input._raw
    conj = raw.xp.conj
    slope = lambda g: conj(g) if hasattr(g, "strides") else g.like(conj(g.values))  # noqa: E731
    return record(raw.like(conj(raw.values)), "ConjBackward0", (input,), (slope,))


# ------------------------------------------------------------------------------------ sums
def _added(name: str, input: Any, other: Any, alpha: Any) -> Any:
    node = "AddBackward0" if name == "add" else "SubBackward0"
    slopes = (lambda g: g, lambda g: g * alpha if alpha != 1 else g)
    if is_sparse(input) and isinstance(input._raw, Coo) and not is_sparse(other):
        raise RuntimeError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.")
    if not is_sparse(input) or not is_sparse(other):  # a dense result
        first, second = (input, other) if is_sparse(other) else (other, input)
        have, want = tuple(getattr(first, "shape", ())), second._raw.shape
        if have != want:
            kind = "dense" if isinstance(second._raw, Coo) else "op2"
            raise RuntimeError(
                f"add: expected 'self' and 'other' to have same size, but self has size {list(have)} while other has size "
                f"{list(want)} (FYI: {kind}-sparse addition does not currently support broadcasting)"
            )
        common = result_type(first, wrap(second._raw.values))
        sparse = second._raw if second is input else _scaled(second._raw, alpha, common)
        base = first._data if first is input or alpha == 1 else first._data * alpha
        coo = sparse if isinstance(sparse, Coo) else sparse.to_coo()
        made = add_into(base.astype(common.np), coo.astype(common.np))
        return record(made, node, (input, other), slopes)
    a, b = input._raw, other._raw
    if a.shape != b.shape:
        raise RuntimeError(
            f"add: expected sizes of 'self' and 'other' to match, but {list(a.shape)} != {list(b.shape)}"
        )
    if isinstance(a, Coo) and isinstance(b, Coo) and a.sparse_dim != b.sparse_dim:
        raise RuntimeError(
            f"add: expected 'self' and 'other' to have same number of sparse dimensions, but {a.sparse_dim} != {b.sparse_dim}"
        )
    common = result_type(wrap(a.values), wrap(b.values))
    a, b = a.astype(common.np, copy=False), _scaled(b, alpha, common)
    if isinstance(a, Coo) != isinstance(b, Coo):
        raise refusal(f"{name}.Tensor", (other if isinstance(a, Coo) else input,))
    if isinstance(a, Coo):
        made = a + b
    else:
        made = of_coo(a.to_coo() + b.to_coo(), a.by_rows)
    return record(made, node, (input, other), slopes)


def _scaled(raw: Any, alpha: Any, common: dtypes.dtype) -> Any:
    raw = raw.astype(common.np, copy=False)
    return raw if alpha == 1 else raw.like((raw.values * alpha).astype(common.np, copy=False))


@operation("add", "plus")
def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return _added("add", input, other, alpha)


@operation("sub", "subtract")
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    if is_sparse(input) and isinstance(input._raw, Compressed):
        raise RuntimeError("unsupported tensor layout: SparseCsr")
    return _added("sub", input, other, -alpha)


@operation("rsub")
def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return _added("sub", other, input, -alpha)


# ------------------------------------------------------------------------------------ products
@operation("mul", "multiply")
def mul(input: Any, other: Any) -> Any:
    if not isinstance(other, Variable) or (not is_sparse(other) and other.ndim == 0):  # type: ignore[attr-defined]
        return _by_number("mul", input, other)
    if not isinstance(input, Variable) or (not is_sparse(input) and input.ndim == 0):  # type: ignore[attr-defined]
        return _by_number("mul", other, input)
    a, b = raw_of(input), raw_of(other)
    if is_sparse(input) and is_sparse(other):
        made = _intersection(a, b)
    else:
        sparse, dense = (a, b) if is_sparse(input) else (b, a)
        lengths = zip(sparse.shape[::-1], dense.shape[::-1])
        if isinstance(sparse, Compressed) and dense.shape != sparse.shape:
            raise RuntimeError(
                f"sparse_mask(): operands have incompatible sizes; self has size {list(dense.shape)} but mask has size "
                f"{list(sparse.shape)}"
            )
        if any(n != m and m != 1 for n, m in lengths) or dense.ndim > sparse.ndim:
            raise broadcast_error(wrap(dense), wrap(sparse.xp.broadcast_to(sparse.xp.zeros(()), sparse.shape)))
        wide = sparse.xp.broadcast_to(dense, sparse.shape)
        made = sparse.like((wrap(sparse.values) * wrap(sparse.masked(wide).values))._data)
    return record(made, "MulBackward0", (input, other), (lambda g: g * b, lambda g: g * a))


def _intersection(a: Any, b: Any) -> Any:
    """The product of two sparse arrays, at the places that both have."""
    if isinstance(a, Compressed) and isinstance(b, Compressed):
        return of_coo(_intersection(a.to_coo(), b.to_coo()), a.by_rows)
    if not (isinstance(a, Coo) and isinstance(b, Coo) and a.shape == b.shape and a.sparse_dim == b.sparse_dim):
        raise RuntimeError(
            "sparse_binary_op_intersection_cpu(): expects sparse inputs with equal dimensionality, number of sparse dimensions, "
            "and shape of sparse dimensions"
        )
    common = result_type(wrap(a.values), wrap(b.values)).np
    a, b = a.astype(common, copy=False), b.astype(common, copy=False)
    # torch keeps the places of one of the two, and brings the other in order; if both are, only what both have is kept
    whole, source = (a, b) if a.coalesced or (not b.coalesced and a.nnz >= b.nnz) else (b, a)
    if a.coalesced and b.coalesced:
        xp = a.xp
        both = xp.flatnonzero(xp.isin(a.places(), b.places()))
        source = Coo(a.indices[:, both], a.values[both], a.shape, True)
        whole = b
    return source.like(source.values * whole.at(source))


def _by_number(name: str, t: Any, number: Any, **options: Any) -> Any:
    """A sparse tensor times or divided by a number (or a dense tensor without dimensions)."""
    raw = t._raw
    made = raw.like(functions[name](wrap(raw.values), number, **options)._data)
    factor = number._data if isinstance(number, Variable) else number
    inverse = name == "div"
    slope = (lambda g: g * (1 / factor)) if inverse else (lambda g: g * factor)
    if not isinstance(number, Variable):
        return record(made, f"{name.capitalize()}Backward0", (t,), (slope,))
    summed = lambda g: (raw.xp.asarray((g.values if hasattr(g, "values") else raw.masked(g).values) * raw.values)).sum()  # noqa: E731
    return record(made, f"{name.capitalize()}Backward0", (t, number), (slope, None if inverse else summed))


def _divided(name: str) -> Callable[..., Any]:
    def function(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
        rounding_mode = "floor" if name == "floor_divide" else rounding_mode
        if is_sparse(other) or (isinstance(other, Variable) and other.ndim):  # type: ignore[attr-defined]
            raise RuntimeError(
                "Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
                f"{list(other.shape)} for divisor)"  # type: ignore[attr-defined]
            )
        if isinstance(input._raw, Compressed):
            raise RuntimeError("unsupported tensor layout: SparseCsr")
        if rounding_mode is None:
            return _by_number("div", input, other)
        ordered = TABLE["coalesce"](input)
        return _by_number("div", ordered, other, rounding_mode=rounding_mode)

    return function


for _name in ("div", "divide", "true_divide", "true_div", "floor_divide"):
    TABLE[_name] = _divided(_name)


@operation("pow")
def pow(input: Any, exponent: Any) -> Any:
    if not is_sparse(input) or isinstance(exponent, Variable):
        raise refusal("pow.Tensor_Tensor" if is_sparse(input) else "pow.Scalar", (input, exponent))
    if isinstance(input._raw, Compressed):
        raise RuntimeError("unsupported tensor layout: SparseCsr")
    if exponent == 0:
        raise RuntimeError("pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense")
    raw = input._raw.coalesce()
    n = exponent

    def slope(g: Any) -> Any:
        return g * raw.like(n * raw.values ** (n - 1))

    return record(raw.like(functions["pow"](wrap(raw.values), n)._data), "PowBackward0", (input,), (slope,))


@operation("float_power")
def float_power(input: Any, exponent: Any) -> Any:
    return pow(input.to(dtypes.float64), exponent)


# ------------------------------------------------------------------------------------ in place
def _dense_in_place(name: str) -> Callable[..., Any]:
    by = _in_place(name.rstrip("_"))

    def function(input: Any, other: Any, **options: Any) -> Any:
        if is_sparse(input):
            return by(input, other, **options)
        recorded = state.enabled and (needs_grad(input) or needs_grad(other))
        if name in ("add_", "sub_") and not recorded and input.shape == other.shape and isinstance(other._raw, Coo):
            check_writable(input)
            alpha = options.get("alpha", 1) * (1 if name == "add_" else -1)
            if other.dtype is input.dtype:
                add_into(input._data, _scaled(other._raw, alpha, input.dtype))
                input._counter[0] += 1
                return input
        out = TABLE[name.rstrip("_")](input, other, **options)
        return input.copy_(TABLE["to_dense"](out))

    return function


for _name in ("add", "sub", "mul", "div", "subtract", "multiply", "divide", "floor_divide"):
    TABLE[f"{_name}_"] = _dense_in_place(f"{_name}_")


@operation("zero_")
def zero_(input: Any) -> Any:
    check_writable(input)
    raw = input._raw
    input._raw = zeros(raw.layout, raw.xp, raw.shape, raw.dtype, raw.sparse_dim if isinstance(raw, Coo) else None)
    input._counter[0] += 1
    return input


@operation("fill_")
def fill_(input: Any, value: Any) -> Any:
    check_writable(input)
    if isinstance(input._raw, Coo):
        raise refusal("fill_", (input,))
    input._raw.values[...] = value
    input._counter[0] += 1
    return input


@operation("copy_")
def copy_(input: Any, src: Any, non_blocking: bool = False) -> Any:
    if not (is_sparse(input) and is_sparse(src)):
        kinds = [t.type() for t in (input, src)]
        raise RuntimeError(
            "copy_() between dense and sparse Tensors is not implemented! Found self type = "
            f"{kinds[0]} and src type = {kinds[1]}"
        )
    return store(input, src.to(input.dtype).clone() if src is not input else src, "copy")


@operation("clone")
def clone(input: Any, *, memory_format: Any = None) -> Any:
    return record(input._raw.copy(), "CloneBackward0", (input,), (lambda g: g,))


@operation("detach_")
def detach_(input: Any) -> Any:
    input._edge, input._requires_grad = None, False
    return input
