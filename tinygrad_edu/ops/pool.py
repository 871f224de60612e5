"""Pooling: one number for each window – the largest, or the mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..autograd.op import Op
from ..autograd.variable import wrap
from ..backend import kernels_of
from ..backend import pooling as kernels
from ..backend.later import inside
from ..determinism import alert
from ._check import ask_for, check_tensor, not_implemented
from ._layout import by_rows, in_format_of
from .registry import public

Sizes = tuple[int, ...]
_WORDS = {1: "one", 2: "two", 3: "three"}


# ------------------------------------------------------------------------------------ primitives
for _n, _node in ((2, "MaxPool2DWithIndicesBackward0"), (3, "MaxPool3DWithIndicesBackward0")):
    Op(f"max_pool{_n}d",
       lambda k, x, sizes, kernel, stride, padding, dilation:
           kernels.max_pool(k.xp, x, sizes, kernel, stride, padding, dilation),
       x=lambda k, g, x, out, kernel, stride, padding, dilation:
           k.max_pool_slope(g, x, out, kernel, stride, padding, dilation), node=_node)  # fmt: skip
Op("max_pool_slope", lambda k, g, x, values, kernel, stride, padding, dilation:
   kernels.max_pool_slope(k.xp, g, x, values, kernel, stride, padding, dilation),
   node="MaxPool2DWithIndicesBackwardBackward0",
   g=lambda k, gg, x, values, kernel, stride, padding, dilation:
       k.max_pool_pick(gg, k.max_pool_which(x, values, kernel, stride, padding, dilation),
                       kernel, stride, padding, dilation))  # fmt: skip
Op("max_pool_which", lambda k, x, values, kernel, stride, padding, dilation:
   kernels.max_pool_which(k.xp, x, values, kernel, stride, padding, dilation))  # fmt: skip
Op("max_pool_grad",
   lambda k, g, which, shape, kernel, stride, padding, dilation:
       kernels.max_pool_grad(k.xp, g, which, shape, kernel, stride, padding, dilation),
   g=lambda k, gg, which, kernel, stride, padding, dilation:
       k.max_pool_pick(gg, which, kernel, stride, padding, dilation))  # fmt: skip
Op("max_pool_pick",
   lambda k, x, which, kernel, stride, padding, dilation:
       kernels.max_pool_pick(k.xp, x, which, kernel, stride, padding, dilation),
   x=lambda k, g, which, x_shape, kernel, stride, padding, dilation:
       k.max_pool_grad(g, which, x_shape, kernel, stride, padding, dilation))  # fmt: skip
for _n in (2, 3):
    Op(f"avg_pool{_n}d",
       lambda k, x, sizes, kernel, stride, padding, include, divisor:
           kernels.avg_pool(k.xp, x, sizes, kernel, stride, padding, include, divisor),
       x=lambda k, g, x_shape, kernel, stride, padding, include, divisor:
           k.avg_pool_grad(g, x_shape, kernel, stride, padding, include, divisor),
       node=f"AvgPool{_n}DBackward0")  # fmt: skip
Op("avg_pool_grad",
   lambda k, g, shape, kernel, stride, padding, include, divisor:
       kernels.avg_pool_grad(k.xp, g, shape, kernel, stride, padding, include, divisor),
   g=lambda k, gg, g_shape, kernel, stride, padding, include, divisor:
       k.avg_pool2d(gg, g_shape[-len(kernel) :], kernel, stride, padding, include, divisor))  # fmt: skip


def _adaptive_avg(k: Any, x: Any, sizes: Sizes, back: bool) -> Any:
    """Average the parts that the sizes of input and output define; ``back``: the transpose of that, from out to in."""
    if x.dtype.itemsize == 2 and x.dtype.kind in "fV":
        return _adaptive_avg(k, x.astype("float32"), sizes, back).astype(x.dtype)
    for dim, n in enumerate(sizes, x.ndim - len(sizes)):
        m = x.shape[dim]
        matrix = kernels.mean_matrix(k.xp, n if back else m, m if back else n, x.dtype)
        x = kernels.along(k.xp, x, matrix.T if back else matrix, dim)
    return k.xp.ascontiguousarray(x)


for _n in (2, 3):
    Op(f"adaptive_avg_pool{_n}d", _adaptive_avg, node=f"AdaptiveAvgPool{_n}DBackward0",
       x=lambda k, g, x_shape, sizes, back: k.adaptive_avg_pool2d(g, x_shape[-len(sizes) :], not back))  # fmt: skip
    Op(f"adaptive_max_pool{_n}d", lambda k, x, sizes: kernels.adaptive_max(k.xp, x, sizes),
       outputs=("out", "indices"), differentiable=(True, False), node=f"AdaptiveMaxPool{_n}DBackward0",
       x=lambda k, g, indices, x_shape, sizes: k.scatter_planes(g, indices, x_shape, len(sizes)))  # fmt: skip
Op("scatter_planes", lambda k, g, indices, shape, rank: kernels.scatter_planes(k.xp, g, indices, shape, rank),
   g=lambda k, gg, indices, rank: k.gather_planes(gg, indices, rank))  # fmt: skip
Op("gather_planes", lambda k, x, indices, rank: kernels.gather_planes(k.xp, x, indices, rank),
   x=lambda k, g, indices, x_shape, rank: k.scatter_planes(g, indices, x_shape, rank))  # fmt: skip


# ------------------------------------------------------------------------------------ arguments
def _ints(name: str, label: str, value: Any, n: int) -> Sizes:
    if isinstance(value, int):
        return (value,) * n
    values = tuple(int(v) for v in value)
    if len(values) == 1:
        return values * n
    if len(values) != n:
        if n == 1 and name.startswith("avg"):
            raise RuntimeError(f"{name}() argument '{label}' should contain one int (got {len(values)})")
        if n == 1:
            raise RuntimeError(
                f"{name}() {label} must be an int, list of ints or tuple of ints of size 1 but got size {len(values)}"
            )
        either = "either be a single int" if name != "avg_pool3d" else "be a single int"
        raise RuntimeError(f"{name}: {label} must {either}, or a tuple of {_WORDS[n]} ints")
    return values


def _windows(
    name: str, n: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> tuple[Sizes, Sizes, Sizes, Sizes]:
    kernel = _ints(name, "kernel_size", kernel_size, n)
    empty = stride is None or (isinstance(stride, (tuple, list)) and not stride)
    step = kernel if empty else _ints(name, "stride", stride, n)
    return kernel, step, _ints(name, "padding", padding, n), _ints(name, "dilation", dilation, n)


def _check_windows(kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> None:
    if 0 in stride:
        raise RuntimeError("stride should not be zero")
    if min(stride) < 0:
        text = " ".join(f"d{a}: {v}" for a, v in zip("HW" if len(kernel) == 2 else "THW", stride))
        raise RuntimeError(f"stride should be greater than zero, but got {text}")
    if min(kernel) <= 0:
        axes = "HW" if len(kernel) == 2 else "THW"
        text = " ".join(f"k{a}: {v}" for a, v in zip(axes, kernel))
        raise RuntimeError(f"kernel size should be greater than zero, but got {text}")
    if min(dilation) <= 0:
        axes = "HW" if len(kernel) == 2 else "THW"
        text = " ".join(f"dilation{a}: {v}" for a, v in zip(axes, dilation))
        raise RuntimeError(f"dilation should be greater than zero, but got {text}")
    if min(padding) < 0:
        raise RuntimeError(f"pad must be non-negative, but got pad: {min(padding)}")
    for k, p, d in zip(kernel, padding, dilation):
        if 2 * p > d * (k - 1) + 1:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and dilation={d}"
            )


def _out_sizes(x: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil: bool) -> Sizes:
    n = len(kernel)
    out = tuple(kernels.out_size(*args, ceil) for args in zip(x[-n:], kernel, stride, padding, dilation))
    if min(out) < 1:
        have = "x".join(map(str, x[-n - 1 :]))
        made = "x".join(map(str, (x[-n - 1], *out)))
        raise RuntimeError(f"Given input size: ({have}). Calculated output size: ({made}). Output size is too small")
    return out


def _check_shape(name: str, n: int, shape: Sizes, average: bool) -> None:
    if len(shape) not in (n + 1, n + 2):
        if average and n == 2 and len(shape) < 3:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{len(shape)}, {len(shape) - 1}], but got -3)"
            )
        if average and n == 2:
            raise RuntimeError(
                f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(shape)}"
            )
        raise RuntimeError(f"non-empty {n + 1}D or {n + 2}D (batch mode) tensor expected for input")
    inner = shape[-n - 1 :]
    if 0 in inner:
        if n == 2:
            raise RuntimeError(
                f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(shape)}"
            )
        kernel = "avg_pool3d" if average else "max_pool3d_with_indices_out_cpu_template"
        raise RuntimeError(
            f"{kernel}(): Expected input's non-batch dimensions to have positive length, but input has a shape of "
            f"{list(shape)} and non-batch dimension 0 has length zero!"
        )


# ------------------------------------------------------------------------------------ largest
@lru_cache(maxsize=256)  # a network asks for the same few again and again
def _pooled_sizes(
    name: str, n: int, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil: bool
) -> Sizes:
    _check_windows(kernel, stride, padding, dilation)
    _check_shape(name, n, shape, False)
    if any(p > k // 2 for p, k in zip(padding, kernel)):  # whatever the dilation
        (*kt, kh, kw), (*pt, ph, pw) = kernel, padding
        text = f"padW = {pw}, padH = {ph}, kW = {kw}, kH = {kh}"
        if kt:
            text = f"kT: {kt[0]} kW: {kw} kH: {kh} padT: {pt[0]} padW: {pw} padH: {ph}"
        raise RuntimeError(f"pad should be smaller than or equal to half of kernel size, but got {text}")
    return _out_sizes(shape, kernel, stride, padding, dilation, ceil)


def _max_pool(
    name: str, n: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Any, Callable[[], Any]]:
    """The pooled tensor, and a function that makes the indices."""
    check_tensor(name, "input", 1, input)
    kernel, step, pad, apart = _windows(name, n, kernel_size, stride, padding, dilation)
    sizes = _pooled_sizes(name, n, input._data.shape, kernel, step, pad, apart, ceil_mode)
    if input._data.dtype.kind in "bc":
        raise not_implemented(name, input)
    out = in_format_of(Op.table[f"max_pool{n}d"](input, sizes, kernel, step, pad, apart), input)

    return out, lambda: _max_indices(input, out, kernel, step, pad, apart)


def _max_indices(input: Any, out: Any, kernel: Any, step: Any, pad: Any, apart: Any) -> Any:
    """Where in its image each maximum was found."""
    k = kernels_of(input._data)
    which = k.max_pool_which(input._data, out._data, kernel, step, pad, apart)
    made = wrap(kernels.flat_indices(k.xp, which, input._data.shape[-len(kernel) :], kernel, step, pad, apart))
    return in_format_of(made, input)


def _max_pool1d(
    input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Any, Callable[[], Any]]:
    check_tensor("max_pool1d", "input", 1, input)
    shape = input._data.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but "
            f"got:{list(shape)}"
        )
    (k,), (s,), (p,), (d,) = _windows("max_pool1d", 1, kernel_size, stride, padding, dilation)
    for label, value in (("kernel_size", k), ("stride", s)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {label} must be greater than zero, but got {value}")
    if p < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {p}")
    if 2 * p > d * (k - 1) + 1 or p > k // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={p} and kernel_size={k}"
        )
    if d <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {d}")
    out = kernels.out_size(shape[-1], k, s, p, d, ceil_mode)
    if out < 1:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {out}")
    if input._data.dtype.kind in "iub" or (input._data.dtype.kind == "c" and not input.requires_grad):
        raise not_implemented("max_pool1d_impl", input)
    pooled, indices = _max_pool("max_pool2d", 2, input.unsqueeze(-2), (1, k), (1, s), (0, p), (1, d), ceil_mode)
    return pooled.squeeze(-2), lambda: indices().squeeze(-2)


@public("function functional", name="max_pool1d")
def max_pool1d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window of (N, C, L) or (C, L)."""
    if return_indices:  # for these torch runs its pooling of planes, and its checks
        return _max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return _max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)[0]


def _max_pool1d_with_indices(
    input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Any, Any]:
    check_tensor("max_pool1d", "input", 1, input)
    ndim = input._data.ndim
    if ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {ndim}-dimensional tensor for argument #1 'self' (while checking arguments "
            "for max_pool1d)"
        )
    for label, value in (("kernel_size", kernel_size), ("padding", padding), ("dilation", dilation)):
        if not isinstance(value, int) and len(value) != 1:
            raise RuntimeError(f"max_pool1d() argument '{label}' should contain one int (got {len(value)})")
    (k,), (s,), (p,), (d,) = _windows("max_pool1d", 1, kernel_size, stride, padding, dilation)
    out, indices = _max_pool("max_pool2d", 2, input.unsqueeze(-2), (1, k), (1, s), (0, p), (1, d), ceil_mode)
    return out.squeeze(-2), indices().squeeze(-2)


@public("function functional")
def max_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window of (N, C, H, W) or (C, H, W); ``stride`` is the kernel's size unless given.

    ``return_indices``: also where in its plane (H · W numbers) each maximum stands.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.max_pool2d(tg.arange(16.).view(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    out, indices = _max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode)
    return (out, indices()) if return_indices else out


@public("function functional")
def max_pool3d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number of each window of (N, C, D, H, W) or (C, D, H, W)."""
    out, indices = _max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode)
    return (out, indices()) if return_indices else out


def _with_indices(name: str, pool: Callable[..., Any]) -> None:
    def function(*args: Any, **kwargs: Any) -> Any:
        return pool(*args, **{**kwargs, "return_indices": True})

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"``{pool.__name__}`` with ``return_indices=True``."
    public("functional" if name != "max_pool1d_with_indices" else "function functional")(function)


for _pool in (max_pool1d, max_pool2d, max_pool3d):
    _with_indices(f"{_pool.__name__}_with_indices", _pool)


# ------------------------------------------------------------------------------------ mean
def _avg_pool(
    name: str, n: int, input: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, include: bool,
    divisor: int | None,
) -> Any:  # fmt: skip
    check_tensor(name, "input", 1, input)
    kernel, step, pad, once = _windows(name, n, kernel_size, stride, padding)
    if divisor == 0:
        raise RuntimeError("divisor must be not zero")
    _check_windows(kernel, step, pad, once)
    _check_shape(name, n, input._data.shape, True)
    sizes = input._data.shape[-n:]
    if n == 3 and any(s < k for s, k in zip(sizes, kernel)):
        have = " ".join(f"{a}: {s}" for a, s in zip("THW", sizes))
        want = " ".join(f"k{a}: {s}" for a, s in zip("THW", kernel))
        raise RuntimeError(f"input image ({have}) smaller than kernel size ({want})")
    out = _out_sizes(input._data.shape, kernel, step, pad, once, ceil_mode)
    if input._data.dtype.kind in "iubc" and input._data.dtype != "int64":
        raise not_implemented(f"avg_pool{n}d_out_frame" if n == 3 else "avg_pool2d", input)
    pooled = Op.table[f"avg_pool{n}d"](input, out, kernel, step, pad, include, divisor)
    return in_format_of(pooled, input) if n == 2 else by_rows(pooled)


@public("function functional")
def avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of each window of (N, C, L) or (C, L)."""
    check_tensor("avg_pool1d", "input", 1, input)
    (k,), (s,), (p,), _ = _windows("avg_pool1d", 1, kernel_size, stride, padding)
    n = input._data.ndim
    if n not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {n}-dimensional tensor for argument #1 'self' (while checking arguments for "
            "avg_pool1d)"
        )
    lifted = input.unsqueeze(-2)
    return _avg_pool("avg_pool2d", 2, lifted, (1, k), (1, s), (0, p), ceil_mode, count_include_pad, None).squeeze(-2)


@public("functional", out=True)
def avg_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of each window of (N, C, H, W) or (C, H, W); padding counts as zeros unless ``count_include_pad=False``.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.avg_pool2d(tg.arange(16.).view(1, 1, 4, 4), 2)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@public("functional", out=True)
def avg_pool3d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W)."""
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@public("functional")
def lp_pool1d(input: Any, norm_type: float, kernel_size: int, stride: Any = None, ceil_mode: bool = False) -> Any:
    """``(Σ xᵖ) ** (1 / p)`` over each window of (N, C, L)."""
    powers = avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _root(powers, norm_type, kernel_size)


@public("functional")
def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """``(Σ xᵖ) ** (1 / p)`` over each window of (N, C, H, W)."""
    kh, kw = _ints("lp_pool2d", "kernel_size", kernel_size, 2)
    return _root(avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kh * kw)


@public("functional")
def lp_pool3d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """``(Σ xᵖ) ** (1 / p)`` over each window of (N, C, D, H, W)."""
    kd, kh, kw = _ints("lp_pool3d", "kernel_size", kernel_size, 3)
    return _root(avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kd * kh * kw)


def _root(means: Any, p: float, count: int) -> Any:
    return (means.sign() * means.abs().relu()).mul(count).pow(1.0 / p)


# ------------------------------------------------------------------------------------ adaptive
def _check_adaptive1d(name: str, input: Any, output_size: Any) -> int:
    n = input._data.ndim
    if n not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {n}-dimensional tensor for argument #1 'self' (while checking arguments for "
            f"{name})"
        )
    if isinstance(output_size, int):
        return output_size
    if len(output_size) != 1:
        raise RuntimeError(f"{name}() argument 'output_size' should contain one int (got {len(output_size)})")
    if output_size[0] is None:
        raise TypeError(
            f"{name}(): argument 'output_size' (position 2) must be tuple of ints, but found element of type NoneType at pos 0"
        )
    return int(output_size[0])


def _adaptive_sizes(n: int, input: Any, output_size: Any, problem: str) -> Sizes:
    shape = input._data.shape
    wanted = (output_size,) * n if isinstance(output_size, int) or output_size is None else tuple(output_size)
    if len(wanted) > len(shape):
        raise ValueError(f"Input dimension should be at least {len(wanted) + 1}")
    if len(wanted) != n:
        raise RuntimeError(problem)
    return tuple(m if w is None else int(w) for w, m in zip(wanted, shape[-n:]))


def _check_not_empty(name: str, last: int, shape: Sizes) -> None:
    empty = next((d for d in range(len(shape) - last, len(shape)) if shape[d] == 0), None)
    if empty is not None:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {list(shape)} with "
            f"dimension {empty} being empty"
        )


def _check_room(input: Any, output_size: Any) -> None:
    if isinstance(output_size, (tuple, list)) and input._data.ndim <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")


def _adaptive_avg_pool(n: int, input: Any, output_size: Any) -> Any:
    name = f"adaptive_avg_pool{n}d"
    check_tensor(name, "input", 1, input) if n == 1 else ask_for("size", input)
    shape = input._data.shape
    _check_room(input, output_size)
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(f"{name}(): Expected {n + 1}D or {n + 2}D tensor, but got {list(shape)}")
    sizes = _adaptive_sizes(n, input, output_size, f"{name}: output_size must be {n}")
    if min(sizes) < 0:
        text = ", ".join(map(str, sizes)) if n == 2 else f"{sizes[0]}, {sizes[1]},{sizes[2]}"
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received {{{text}}}"
        )
    if input._data.dtype.kind in "iub" or (input._data.dtype.kind == "c" and set(sizes) != {1}):
        raise not_implemented(name if n == 2 else f"{name}_cpu", input)
    if set(sizes) == {1}:
        return in_format_of(input.mean(tuple(range(-n, 0)), keepdim=True), input)
    _check_not_empty(name, n, shape)
    pooled = Op.table[name](input, sizes, False)
    return in_format_of(pooled, input) if n == 2 else by_rows(pooled)


@public("function functional")
def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The means of ``output_size`` parts of (N, C, L) as even as can be."""
    size = _check_adaptive1d("adaptive_avg_pool1d", input, output_size)
    return _adaptive_avg_pool(2, input.unsqueeze(-2), (1, size)).squeeze(-2)


@public("functional")
def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The means of ``output_size`` parts of (N, C, H, W) as even as can be; None keeps a dimension's size.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.adaptive_avg_pool2d(tg.arange(9.).view(1, 1, 3, 3), 1)
    tensor([[[[4.]]]])
    """
    return _adaptive_avg_pool(2, input, output_size)


@public("functional")
def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """The means of ``output_size`` parts of (N, C, D, H, W) as even as can be."""
    return _adaptive_avg_pool(3, input, output_size)


def _adaptive_max_pool(n: int, input: Any, output_size: Any) -> tuple[Any, Any]:
    name = f"adaptive_max_pool{n}d"
    check_tensor(name, "input", 1, input) if n == 1 else ask_for("size", input)
    shape = input._data.shape
    _check_room(input, output_size)
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(f"{name}(): Expected {n + 1}D or {n + 2}D tensor, but got: {list(shape)}")
    sizes = _adaptive_sizes(n, input, output_size, f"{name}(): internal error: output_size.size() must be {n}")
    if min(sizes) < 0:
        full = [*shape[:-n], *sizes]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {full}")
    if input._data.dtype.kind in "iubc":
        raise not_implemented(name if n == 2 else f"{name}_cpu", input)
    _check_not_empty(name, n + 1, shape)
    if 0 in shape:  # no images
        none = input.reshape(*shape[:-n], *sizes)
        return none, none.detach().long()
    out, indices = Op.table[name](input, sizes)
    return (in_format_of(out, input), in_format_of(indices, input)) if n == 2 else (out, indices)


@public("function functional")
def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest numbers of ``output_size`` parts of (N, C, L) as even as can be."""
    size = _check_adaptive1d("adaptive_max_pool1d", input, output_size)
    if size < 0:
        shape = input._data.shape
        raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {[*shape[:-1], 1, size]}")
    out, indices = _adaptive_max_pool(2, input.unsqueeze(-2), (1, size))
    return (out.squeeze(-2), indices.squeeze(-2)) if return_indices else out.squeeze(-2)


@public("functional")
def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest numbers of ``output_size`` parts of (N, C, H, W) as even as can be."""
    out, indices = _adaptive_max_pool(2, input, output_size)
    return (out, indices) if return_indices else out


@public("functional")
def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest numbers of ``output_size`` parts of (N, C, D, H, W) as even as can be."""
    out, indices = _adaptive_max_pool(3, input, output_size)
    return (out, indices) if return_indices else out


for _adaptive in (adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d):
    _with_indices(f"{_adaptive.__name__}_with_indices", _adaptive)


# ------------------------------------------------------------------------------------ back to the full size
def _unpool(k: Any, x: Any, indices: Any, shape: Sizes, rank: int) -> Any:
    lead, size = shape[:-rank], _numel(shape[-rank:])
    out = k.xp.zeros((*lead, size), x.dtype)
    n = _numel(x.shape[-rank:])
    k.xp.put_along_axis(out, indices.reshape(*lead, n), x.reshape(*lead, n), axis=-1)
    return out.reshape(shape)


def _numel(sizes: Sizes) -> int:
    total = 1
    for n in sizes:
        total *= n
    return total


for _n in (2, 3):
    Op(f"max_unpool{_n}d", _unpool, node=f"MaxUnpool{_n}DBackward0",
       x=lambda k, g, indices, rank: k.gather_planes(g, indices, rank))  # fmt: skip


def _max_unpool(
    name: str, n: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Any:
    kernel, step, pad, _ = _windows(name, n, kernel_size, stride, padding)
    shape = input._data.shape
    default = [(m - 1) * s + k - 2 * p for m, s, k, p in zip(shape[-n:], step, kernel, pad)]
    sizes = default
    if output_size is not None:
        sizes = list(output_size)
        if len(sizes) == n + 2:
            sizes = sizes[2:]
        if len(sizes) != n:
            raise ValueError(
                f"output_size should be a sequence containing {n} or {n + 2} elements, but it has a length of '{len(sizes)}'"
            )
        for d in range(n):
            low, high = default[d] - step[d], default[d] + step[d]
            if not low < sizes[d] < high:
                raise ValueError(f'invalid output_size "{tuple(sizes)}" (dim {d} must be between {low} and {high})')
    alert(f"max_unpooling{max(n, 2)}d_forward_out")
    if indices._data.dtype.name != "int64":
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype.short}")
    if indices._data.shape != shape:
        more = [1] * (n == 1)  # which is run as a plane one column wide
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({[*shape, *more]}) but got indices tensor with "
            f"shape: {[*indices._data.shape, *more]}"
        )
    count = _numel(tuple(sizes))
    if not inside(indices._data, 0, count, "max_unpool: an index is out of range"):
        where = int(indices._data[(indices._data < 0) | (indices._data >= count)][0])
        raise RuntimeError(
            f"Found an invalid max index: {where} (output volumes are of size {'x'.join(map(str, sizes))})"
        )
    if n == 1:
        full = (*shape[:-1], 1, *sizes)
        return Op.table["max_unpool2d"](input.unsqueeze(-2), indices.unsqueeze(-2), full, 2).squeeze(-2)
    return in_format_of(Op.table[f"max_unpool{n}d"](input, indices, (*shape[:-n], *sizes), n), input)


@public("functional")
def max_unpool1d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Put the maxima back where `max_pool1d` found them, zeros elsewhere."""
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


@public("functional")
def max_unpool2d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Put the maxima back where `max_pool2d` found them, zeros elsewhere."""
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


@public("functional")
def max_unpool3d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Put the maxima back where `max_pool3d` found them, zeros elsewhere."""
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)
