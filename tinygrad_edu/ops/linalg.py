"""Products of matrices and vectors. Everything else in linear algebra is in ``decomposition.py`` and ``einsum.py``."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.second import as_one
from ..autograd.variable import Variable, needs_grad
from ..backend import compiled
from ._check import c_name, check_tensor, expand_error, not_for
from ._define import noded, result_type
from .creation import fill_value_for
from .registry import methods, out_error, public, store
from .view import view_strides


# ------------------------------------------------------------------------------------ primitives
def _product(k: Any, x: Any, y: Any) -> Any:
    if (
        x.dtype.itemsize == 2 and x.dtype.kind in "fV"
    ):  # half precision: no BLAS for it; add up in float32 as torch does
        return (x.astype("float32") @ y.astype("float32")).astype(x.dtype)
    return compiled.product(x, y)


def _right_slope(k: Any, g: Any, x: Any, y_columns: bool) -> Any:
    """Gradient of the right factor, laid out in memory as the factor is."""
    return k.t(k.mm(k.t(g), x)) if y_columns else k.mm(k.t(x), g)


Op("mm", _product, holomorphic=True, x=lambda k, g, y: k.mm(g, k.t(y)), y=_right_slope)
Op("mv", _product, holomorphic=True, x=lambda k, g, y: k.outer_product(g, y), y=lambda k, g, x: k.mv(k.t(x), g))
Op("outer_product", lambda k, x, y: x[:, None] * y, node="MulBackward0", holomorphic=True,
   x=lambda k, g, y: k.mv(g, y), y=lambda k, g, x: k.mv(k.t(g), x))  # fmt: skip
Op("dot", _product, holomorphic=True, x=lambda k, g, y: g * y, y=lambda k, g, x: g * x)
Op("vdot", lambda k, x, y: _product(k, k.conj(x), y), x=lambda k, g, y: k.conj(g) * y, y=lambda k, g, x: g * x)
Op("bmm", _product, holomorphic=True,
   x=lambda k, g, y: k.bmm(g, k.transpose(y, 1, 2)), y=lambda k, g, x: k.bmm(k.transpose(x, 1, 2), g))  # fmt: skip


def _times(g: Any, factor: Any) -> Any:
    return g if factor == 1 else g * factor


def _add_product(k: Any, bias: Any, x: Any, y: Any, beta: Any, alpha: Any) -> Any:
    """``beta * bias + alpha * (x @ y)`` for matrices, batches, and matrix times vector."""
    if x.dtype.itemsize == 2 and x.dtype.kind in "fV":  # rounded once
        wide_bias, wide_x, wide_y = (t.astype("float32") for t in (bias, x, y))
        return _add_product(k, wide_bias, wide_x, wide_y, beta, alpha).astype(x.dtype)
    out = _product(k, x, y)
    if alpha != 1:
        out *= alpha
    if beta == 1:
        out += bias
    elif beta != 0:  # torch ignores the bias, NaNs too, when beta is 0
        out += beta * bias
    return out


Op("addmm", _add_product, holomorphic=True,
   bias=lambda k, g, beta: _times(g, beta),
   x=lambda k, g, y, alpha: _times(k.mm(g, k.t(y)), alpha),
   y=lambda k, g, x, y_columns, alpha: _times(_right_slope(k, g, x, y_columns), alpha))  # fmt: skip
Op("addmv", _add_product, holomorphic=True,
   bias=lambda k, g, beta: _times(g, beta),
   x=lambda k, g, y, alpha: _times(k.outer_product(g, y), alpha),
   y=lambda k, g, x, alpha: _times(k.mv(k.t(x), g), alpha))  # fmt: skip
Op("baddbmm", _add_product, holomorphic=True,
   bias=lambda k, g, beta: _times(g, beta),
   x=lambda k, g, y, alpha: _times(k.bmm(g, k.transpose(y, 1, 2)), alpha),
   y=lambda k, g, x, alpha: _times(k.bmm(k.transpose(x, 1, 2), g), alpha))  # fmt: skip
Op("addbmm", lambda k, bias, x, y, beta, alpha:
   _add_product(k, bias, k.xp.concatenate(list(x), axis=1), y.reshape(-1, y.shape[2]), beta, alpha) if len(x)
   else _times(bias, beta) + k.xp.zeros((x.shape[1], y.shape[2]), x.dtype), holomorphic=True,
   bias=lambda k, g, beta: _times(g, beta),
   x=lambda k, g, x_shape, y, alpha: _times(k.bmm(_each(k, g, x_shape[0]), k.transpose(y, 1, 2)), alpha),
   y=lambda k, g, x, alpha: _times(k.bmm(k.transpose(x, 1, 2), _each(k, g, x.shape[0])), alpha))  # fmt: skip


def _add_outer(k: Any, bias: Any, x: Any, y: Any, beta: Any, alpha: Any) -> Any:
    if x.dtype.itemsize == 2:  # in half precision torch rounds after each step
        alpha, beta = (k.xp.asarray(v).astype(x.dtype) for v in (alpha, beta))
    product = _times(x, alpha)[:, None] * y
    return product + (_times(bias, beta) if beta != 0 else bias.dtype.type(0))


Op("addr", _add_outer,
   holomorphic=True,
   bias=lambda k, g, beta: _times(g, beta),
   x=lambda k, g, y, alpha: _times(k.mv(g, y), alpha),
   y=lambda k, g, x, alpha: _times(k.mv(k.t(g), x), alpha))  # fmt: skip


def _each(k: Any, g: Any, n: int) -> Any:
    return k.broadcast(g, (n, *g.shape))


# ------------------------------------------------------------------------------------ arguments that do not fit
def _wrong_out(text: str) -> Any:
    """torch's error for an ``out=`` of another dtype (``have``: the result's)."""

    def error(have: Any, want: Any) -> Exception | None:
        names = {"have": have.short, "want": want.short, "c_have": c_name(have), "c_want": c_name(want)}
        return None if have is want else RuntimeError(text.format(**names))

    return out_error(error)


_mm_out = _wrong_out("Expected out tensor to have dtype {c_have}, but got {c_want} instead")
_dot_out = _wrong_out("result dtype {want} does not match input dtype {have}")


def _in_place(name: str) -> None:
    """torch's words where the product is larger than the tensor that it should be stored in."""
    plain = methods[f"{name}_"]

    def form(input: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return plain(input, *args, **kwargs)
        except RuntimeError as error:
            _, found, shape = str(error).partition(" doesn't match the broadcast shape ")
            if not found:
                raise
            raise RuntimeError(
                f"Bad in-place call: input tensor size {list(input.shape)} and output tensor size {shape} should match"
            ) from None

    form.__name__ = form.__qualname__ = f"{name}_"
    form.__doc__ = plain.__doc__
    methods[f"{name}_"] = form


# ------------------------------------------------------------------------------------ two matrices, two vectors
def _check_same_dtype(a: Any, b: Any) -> None:
    if a._data.dtype != b._data.dtype:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{c_name(dtypes.of(a._data))} != {c_name(dtypes.of(b._data))}"
        )


def _size_mismatch(a: Any, b: Any) -> RuntimeError:
    return RuntimeError(
        f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
    )


@public("function method", out=True)
@_mm_out
def mm(input: Any, mat2: Any) -> Any:
    """The matrix product of an (n, m) and an (m, p) matrix: (n, p). RuntimeError for other shapes or mixed dtypes.

    >>> import tinygrad_edu as tg
    >>> tg.mm(tg.tensor([[1., 2.]]), tg.tensor([[3.], [4.]]))
    tensor([[11.]])
    """
    check_tensor("mm", "input", 1, input)
    check_tensor("mm", "mat2", 2, mat2)
    a, b = input._data, mat2._data
    if a.ndim != 2 or b.ndim != 2:
        raise RuntimeError(f"{'self' if a.ndim != 2 else 'mat2'} must be a matrix")
    if a.dtype != b.dtype:
        _check_same_dtype(input, mat2)
    if a.shape[1] != b.shape[0]:
        raise _size_mismatch(a, b)
    not_for("addmm_impl_cpu_", input, "b")
    return Op.table["mm"](input, mat2)


@public("function method", out=True)
@_wrong_out("addmv input tensors must have the same dtype, but got {want}, {have}, and {have}")
def mv(input: Any, vec: Any) -> Any:
    """The product of an (n, m) matrix and a vector of m: a vector of n."""
    check_tensor("mv", "input", 1, input)
    check_tensor("mv", "vec", 2, vec)
    _check_mv(input, vec, input._data.shape[:1])
    not_for("addmv_impl_cpu", input, "b")
    return Op.table["mv"](input, vec)


def _check_mv(mat: Any, vec: Any, bias: tuple[int, ...]) -> None:
    a, v = mat._data, vec._data
    if a.ndim != 2 or v.ndim != 1 or len(bias) > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {len(bias) or 1}, {a.ndim}, {v.ndim}")
    if a.dtype != v.dtype:
        short, other = vec.dtype.short, mat.dtype.short
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {short}, {other}, and {short}")
    if a.shape[1] != v.shape[0] or bias not in ((), (1,), a.shape[:1]):
        raise RuntimeError(
            f"size mismatch, got input ({bias[0] if bias else a.shape[0]}), mat ({a.shape[0]}x{a.shape[1]}), vec ({v.shape[0]})"
        )


def _check_dot(name: str, x: Any, y: Any) -> None:
    check_tensor(name, "input", 1, x)
    check_tensor(name, "other" if name == "vdot" else "tensor", 2, y)
    a, b = x._data, y._data
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {x.dtype.short} and {y.dtype.short}"
        )
    if a.size != b.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the same number of elements, "
            f"but got {a.size} and {b.size} elements respectively"
        )
    not_for("dot", x, "b")


@public("function method", out=True)
@_dot_out
def dot(input: Any, tensor: Any) -> Any:
    """The sum of the products of two vectors' elements: a 0-d tensor.

    >>> import tinygrad_edu as tg
    >>> tg.dot(tg.tensor([2, 3]), tg.tensor([2, 1]))
    tensor(7)
    """
    _check_dot("dot", input, tensor)
    return Op.table["dot"](input, tensor)


@public("function method", out=True)
@_dot_out
def vdot(input: Any, other: Any) -> Any:
    """`dot` with the first vector's complex conjugate."""
    _check_dot("vdot", input, other)
    return Op.table["vdot"](input, other)


@public("function method", alias=("ger",), out=True)
def outer(input: Any, vec2: Any) -> Any:
    """Every product of an element of one vector with one of the other: (n,) and (m,) give (n, m)."""
    for name, value in (("self", input), ("vec2", vec2)):
        if value._data.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {value._data.ndim}-D")
    return input.view(-1, 1) * vec2


@public("function method", out=True)
def inner(input: Any, other: Any) -> Any:
    """Sums of products over the last dimension of both: shapes (…, m) and (…', m) give (…, …')."""
    a, b = input._data.shape, other._data.shape
    if not a or not b:
        return input * other
    if a[-1] != b[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(a)} and {list(b)}"
        )
    from .einsum import tensordot

    return tensordot(input, other, dims=([-1], [-1]))


# ------------------------------------------------------------------------------------ batches
@public("function method", out=True)
@_mm_out
def bmm(input: Any, mat2: Any) -> Any:
    """One matrix product for each entry of a batch: (b, n, m) and (b, m, p) give (b, n, p)."""
    check_tensor("bmm", "input", 1, input)
    check_tensor("bmm", "mat2", 2, mat2)
    _check_bmm(input, mat2)
    return Op.table["bmm"](input, mat2)


def _check_bmm(input: Any, mat2: Any) -> None:
    a, b = input._data, mat2._data
    for i, x in enumerate((a, b), 1):
        if x.ndim != 3:
            raise RuntimeError(f"batch{i} must be a 3D tensor")
    if (a.shape[0], a.shape[2]) != b.shape[:2]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{a.shape[0]}, {a.shape[2]}] but got: "
            f"[{b.shape[0]}, {b.shape[1]}]."
        )
    if a.dtype != b.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.short} but found {mat2.dtype.short}")
    not_for("baddbmm_kernel", input, "b")


@public("function method linalg", out=True)
def matmul(input: Any, other: Any) -> Any:
    """The product of vectors, matrices or batches of matrices: what ``@`` calls.

    Two vectors give their dot product; a matrix and a vector a vector; with more dimensions the last two are matrices
    and the others are batch dimensions, which broadcast.

    >>> import tinygrad_edu as tg
    >>> (tg.ones(5, 1, 2, 3) @ tg.ones(4, 3, 2)).shape
    tinygrad_edu.Size([5, 4, 2, 2])
    """
    check_tensor("matmul", "input", 1, input)
    check_tensor("matmul", "other", 2, other)
    n, m = input._data.ndim, other._data.ndim
    if n == 2 and m == 2:
        return mm(input, other)
    if n == 0 or m == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {n}D and {m}D")
    if n == 1 and m == 1:
        return dot(input, other)
    if n == 2 and m == 1:
        return mv(input, other)
    if n == 1 and m == 2:
        return noded(mm(input.unsqueeze(0), other).squeeze(0), "SqueezeBackward4")
    if n >= 3 and m == 3 and other._data.shape[0] == 1:
        other, m = other.squeeze(0), 2
    if _should_fold(input, other):
        return _folded(input, other)
    return _batched(input, other)


def _should_fold(a: Any, b: Any) -> bool:
    """Whether a big batch times one matrix is best run as a single product of matrices."""
    big, small = (a, b) if a._data.ndim >= b._data.ndim else (b.mT, a)
    if big._data.ndim < 3 or small._data.ndim > 2:
        return False
    if needs_grad(small):  # else backward would make a gradient for every entry of the batch, and add them up
        return True
    x = big._data
    return a._data.ndim != 2 and view_strides(x, (-1 if not x.size else x.size // x.shape[-1], x.shape[-1])) is not None


def _folded(a: Any, b: Any) -> Any:
    swapped = a._data.ndim < b._data.ndim  # (a @ b).mT = b.mT @ a.mT
    big, small = (b.mT, a.t() if a._data.ndim == 2 else a) if swapped else (a, b)
    *batch, length = big._data.shape
    flat = big.reshape(math.prod(batch), length)
    shape = tuple(batch)
    if small._data.ndim == 1:
        return Op.table["reshaped"](mv(flat, small), shape)
    out = Op.table["reshaped"](mm(flat, small), (*shape, small._data.shape[1]))
    return out.mT.contiguous() if swapped else out


def _batched(a: Any, b: Any) -> Any:
    x, y = a._data.shape, b._data.shape
    row, column = len(x) == 1, len(y) == 1
    if row:
        a, x = a.unsqueeze(0), (1, *x)
    if column:
        b, y = b.unsqueeze(1), (*y, 1)
    batch = _broadcast_shapes(x[:-2], y[:-2])
    count = 1
    for size in batch:
        count *= size
    a = a.expand(*batch, *x[-2:]).reshape(count, *x[-2:])
    b = b.expand(*batch, *y[-2:]).reshape(count, *y[-2:])
    shape = (*batch, *(() if row else x[-2:-1]), *(() if column else y[-1:]))
    return Op.table["reshaped"](bmm(a, b), shape)


def _broadcast_shapes(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    n = max(len(a), len(b))
    p, q = (1,) * (n - len(a)) + a, (1,) * (n - len(b)) + b
    for i in range(n - 1, -1, -1):
        if p[i] != q[i] and 1 not in (p[i], q[i]):
            raise RuntimeError(
                f"The size of tensor a ({p[i]}) must match the size of tensor b ({q[i]}) at non-singleton dimension {i}"
            )
    return tuple(v if u == 1 else u for u, v in zip(p, q))


# ------------------------------------------------------------------------------------ add a product to something
def _check_expands(bias: Any, target: tuple[int, ...]) -> None:
    shape = bias._data.shape
    lead = len(target) - len(shape)
    if lead < 0:
        raise expand_error(bias, target)
    for i in range(len(shape) - 1, -1, -1):
        if shape[i] not in (1, target[lead + i]):
            raise RuntimeError(
                f"The expanded size of the tensor ({target[lead + i]}) must match the existing size ({shape[i]}) at "
                f"non-singleton dimension {lead + i}.  Target sizes: {list(target)}.  Tensor sizes: {list(shape)}"
            )


@public("function method", inplace=True, out=True)
@_mm_out
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """``beta * input + alpha * (mat1 @ mat2)``, the input broadcast.

    >>> import tinygrad_edu as tg
    >>> tg.addmm(tg.tensor([10., 20.]), tg.ones(1, 3), tg.ones(3, 2))
    tensor([[13., 23.]])
    """
    a, b = mat1._data, mat2._data
    if a.ndim != 2:
        raise RuntimeError(f"mat1 must be a matrix, got {a.ndim}-D tensor")
    if b.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {b.ndim}-D tensor")
    if a.dtype != b.dtype:
        raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {mat1.dtype.short} and {mat2.dtype.short}")
    if a.shape[1] != b.shape[0]:
        raise _size_mismatch(a, b)
    if input._data.shape != b.shape[1:]:
        _check_expands(input, (a.shape[0], b.shape[1]))
    if input._data.dtype != a.dtype:
        raise RuntimeError(
            f"self and mat2 must have the same dtype, but got {input.dtype.short} and {mat2.dtype.short}"
        )
    not_for("addmm_impl_cpu_", mat1, "b")
    return Op.table["addmm"](input, mat1, mat2, *_factors(mat1, beta, alpha))


@public("function method", inplace=True, out=True)
@_mm_out
def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """``beta * input + alpha * (mat @ vec)``."""
    _check_mv(mat, vec, input._data.shape)
    not_for("addmv_impl_cpu", mat, "b")
    return Op.table["addmv"](input, mat, vec, *_factors(mat, beta, alpha))


def _factors(like: Any, *values: Any) -> list[Any]:
    """Factors as numbers of a product's dtype: 0.6 of an integer product is 0, in torch too."""
    return _factors_of(dtypes.of(like._data), *values)


def _factors_of(dtype: dtypes.dtype, *values: Any) -> list[Any]:
    plain = dtype.is_floating_point or dtype.is_complex
    return [v if plain and type(v) in (int, float) else fill_value_for(v, dtype) for v in values]


@public("function method", inplace=True, out=True)
def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """``beta * input + alpha * outer(vec1, vec2)``."""
    for i, v in enumerate((vec1, vec2), 1):
        if v._data.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument vec{i}, but got {v._data.ndim}-D")
    common = result_type(input, vec1, vec2)
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, (float, complex)) and not (common.is_floating_point or common.is_complex):
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
        if isinstance(factor, bool) and common is not dtypes.bool_:
            raise RuntimeError(f"Boolean {name} only supported for Boolean results.")
    beta, alpha = _factors_of(common, beta, alpha)
    return Op.table["addr"](input, vec1, vec2, beta, alpha)


@public("function method", inplace=True, out=True)
@_mm_out
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """``beta * input + alpha * bmm(batch1, batch2)``."""
    if not input._data.dtype == batch1._data.dtype == batch2._data.dtype:
        names = [c_name(t.dtype) for t in (input, batch1, batch2)]
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {names[0]}, batch1: {names[1]}, batch2: {names[2]}"
        )
    _check_bmm(batch1, batch2)
    _check_expands(input, (*batch1._data.shape[:2], batch2._data.shape[2]))
    return Op.table["baddbmm"](input, batch1, batch2, *_factors(batch1, beta, alpha))


@public("function method", inplace=True, out=True)
@_wrong_out("self and mat2 must have the same dtype, but got {want} and {have}")
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """``beta * input + alpha * (sum over the batch of batch1[i] @ batch2[i])``."""
    _check_bmm(batch1, batch2)
    _check_expands(input, (batch1._data.shape[1], batch2._data.shape[2]))
    return Op.table["addbmm"](input, batch1, batch2, *_factors(batch1, beta, alpha))


def _addbmm_(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """In-place form of `addbmm`; a smaller tensor grows to the result's shape."""
    shape = (batch1._data.shape[1], batch2._data.shape[2]) if batch1._data.ndim == batch2._data.ndim == 3 else ()
    if shape and input._data.shape != shape and not needs_grad(input):
        made = addbmm(input, batch1, batch2, beta=beta, alpha=alpha)
        return input.resize_(shape).copy_(made)
    return _plain_addbmm_(input, batch1, batch2, beta=beta, alpha=alpha)


def _addr_(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """In-place form of `addr`."""
    if input._data.ndim != 2:
        raise RuntimeError(f"2D tensor expected, got {input._data.ndim}D tensor for input")
    return _plain_addr_(input, vec1, vec2, beta=beta, alpha=alpha)


_plain_addbmm_, _plain_addr_ = methods["addbmm_"], methods["addr_"]
methods["addbmm_"], methods["addr_"] = _addbmm_, _addr_
for _name in ("addmm", "addmv", "baddbmm"):
    _in_place(_name)


# ------------------------------------------------------------------------------------ a layer's affine map
@public("functional")
def linear(input: Any, weight: Any, bias: Any = None, *, out: Any = None) -> Any:
    """``input @ weight.T + bias`` for inputs of any leading shape: (…, in), (out, in), (out) give (…, out).

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.linear(tg.ones(2, 3), tg.ones(4, 3), tg.zeros(4)).shape
    tinygrad_edu.Size([2, 4])
    """
    if out is not None:
        return store(linear, out, (input, weight, bias), {})
    check_tensor("linear", "input", 1, input)
    check_tensor("linear", "weight", 2, weight)
    x, w = input._data, weight._data
    n = x.ndim
    if n == 0 or w.ndim == 0:
        raise RuntimeError(f"both arguments to linear need to be at least 1D, but they are {n}D and {w.ndim}D")
    if bias is None:
        return matmul(input, weight.t())
    if n == 2:
        fits = w.ndim == 2 and x.shape[1] == w.shape[1] and x.dtype == w.dtype and x.dtype.kind != "b"
        if fits and isinstance(bias, Variable) and bias._data.shape == w.shape[:1] and bias._data.dtype == x.dtype:
            return Op.table["addmm"](bias, input, Op.table["t"].view1(weight), 1, 1)  # the usual case, checked already
        return addmm(bias, input, weight.t())
    if input._data.flags.c_contiguous and n:
        *batch, length = input._data.shape
        out = addmm(bias, input.view(-1 if input._data.size else 0, length), weight.t())
        return out.view(*batch, weight._data.shape[0])
    return matmul(input, weight.t()) + bias


def _trilinear(x: Any, weight: Any, y: Any) -> Any:
    w = weight.shape
    left = mm(x, weight.permute(1, 0, 2).reshape(w[1], w[0] * w[2])).view(-1, w[0], w[2])
    return bmm(left, y.unsqueeze(2)).squeeze(2)


@public("functional")
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """``y[o] = x1 · weight[o] · x2 + bias[o]``: (…, i), (…, j), (o, i, j) give (…, o)."""
    a, b, w = input1._data.shape, input2._data.shape, weight._data.shape
    if a[:-1] != b[:-1]:
        for i, (p, q) in enumerate(zip(a[:-1], b[:-1])):
            if p != q:
                raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {i}: got {p} and {q}")
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {len(a)} and {len(b)}")
    if a[-1] != w[1] or b[-1] != w[2]:
        which, have, want = (1, a[-1], w[1]) if a[-1] != w[1] else (2, b[-1], w[2])
        raise RuntimeError(f"bilinear(): input{which} size does not match weight size: got {have} but expected {want}")
    x, y = input1.reshape(-1, a[-1]), input2.reshape(-1, b[-1])
    out = as_one("TrilinearBackward0", _trilinear, x, weight, y).view(*a[:-1], w[0])
    return out if bias is None else out + bias
