"""Regular numbers, rounded as torch rounds them: ``arange``, ``linspace``, ``logspace``; and ``eye``."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy

from .. import dtypes
from ..autograd.variable import Variable, wrap
from ..backend.randommath import fma64
from ._check import c_name
from ._out import check_factory
from .creation import plain_number
from .data import placed
from .registry import public
from .view import as_sizes


# ------------------------------------------------------------------------------------ regular numbers
def _numbers(*values: Any) -> list[Any]:
    return [plain_number(v) for v in values]


def _finished(values: numpy.ndarray, out: Any, device: Any, requires_grad: bool) -> Any:
    if out is None:
        return placed(values, device, requires_grad)
    out.resize_(values.shape)
    return out.copy_(wrap(values))


def _arange_bounds(start: Any, end: Any, step: Any) -> None:
    if isinstance(start, complex) or isinstance(end, complex) or isinstance(step, complex):
        raise RuntimeError("value cannot be converted to type double without overflow")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if (end - start) * (1 if step > 0 else -1) < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


_BLOCK = {"float64": 4, "float32": 8, "float16": 16, "bfloat16": 16}  # numbers that torch's kernel makes at once


def _steps(start: float, step: float, n: int, dtype: dtypes.dtype) -> numpy.ndarray:
    """``start + i · step`` rounded as torch's kernel does: blocks start from a rounded number, two blocks at a time."""
    block = _BLOCK[dtype.name]
    i = numpy.arange(n, dtype=numpy.float64)
    whole = n - n % (2 * block)
    first = i - i % block
    first[whole:] = i[whole:]
    wide = numpy.float64 if dtype.itemsize >= 4 else numpy.float32
    a, b = (numpy.float64(wide(v)) for v in (start, step))
    with numpy.errstate(over="ignore"):
        base = fma64(first, float(b), float(a))
        if dtype is not dtypes.float64:
            base[:whole] = base[:whole].astype(wide).astype(dtype.np).astype(numpy.float64)
            return (base + (i - first) * float(b)).astype(wide).astype(dtype.np)
        return numpy.concatenate([_fma_blocks(base[:whole], float(b), block), base[whole:]])


def _fma_blocks(base: numpy.ndarray, step: float, block: int) -> numpy.ndarray:
    """``base + j · step`` with one rounding, j the position within a block."""
    out = base.reshape(-1, block).copy()
    first = out[:, 0].copy()
    for j in range(1, block):
        out[:, j] = fma64(numpy.full(len(out), float(j)), step, first)
    return out.reshape(-1)


@public("function")
def arange(
    *args: Any, start: Any = None, end: Any = None, step: Any = None, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``arange(end)``, ``arange(start, end)``, ``arange(start, end, step)``: numbers from ``start`` (0) up to but not including
    ``end``; int64 where all are integers.

    >>> import tinygrad_edu as tg
    >>> tg.arange(1, 7, 2)
    tensor([1, 3, 5])
    """
    given = list(args)
    if len(given) > 3:
        raise TypeError("arange() takes at most three numbers")
    if len(given) == 1 and start is None and end is None:
        given = [0, *given]
    if start is not None:
        given = [start, *given]
    if end is not None:
        given = given or [0]
        given.append(end)
    if step is not None:
        given.append(step)
    if len(given) < 2:
        raise TypeError('arange() missing 1 required positional arguments: "end"')
    check_factory(dtype, out, device)
    start, end, step = _numbers(*given, *([1] if len(given) == 2 else []))
    whole = all(isinstance(v, int) for v in (start, end, step))
    if out is not None:
        wanted = out.dtype
    else:
        wanted = (dtypes.int64 if whole else dtypes.get_default_dtype()) if dtype is None else dtypes.resolve(dtype)
    if wanted.np.kind in "bc":
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{wanted.short}'")
    if wanted is dtypes.int64:
        _arange_bounds(start, end, step)
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
    _arange_bounds(start, end, step)
    if wanted is dtypes.int64:
        n = -(-(end - start) // step)
    else:
        n = math.ceil((float(end) - float(start)) / float(step))
    if wanted.np.kind in "iu":
        values = (int(start) + numpy.arange(n, dtype=numpy.int64) * int(step)).astype(wanted.np)
    else:
        values = _steps(float(start), float(step), n, wanted)
    if out is not None and out._data.size not in (0, n):
        warnings.warn(
            f"The number of elements in the out tensor of shape {list(out.shape)} is {out._data.size} which does not match the "
            f"computed number of elements {n}. Note that this may occur as a result of rounding error. The out tensor will be "
            f"resized to a tensor of shape ({n},).",
            UserWarning,
            stacklevel=3,
        )
    return _finished(values, out, device, requires_grad)


@public("function", name="range")
def range_(
    start: Any = 0, end: Any = None, step: Any = 1, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """Numbers from ``start`` up to and including ``end`` (deprecated: use `arange`)."""
    if end is None:
        raise TypeError('range() missing 1 required positional arguments: "end"')
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's "
        "range builtin. Instead, use torch.arange, which produces values in [start, end).",
        UserWarning,
        stacklevel=3,
    )
    check_factory(dtype, out, device)
    start, end, step = _numbers(start, end, step)
    _arange_bounds(start, end, step)
    wanted = (
        dtypes.resolve(dtype) if dtype is not None else out.dtype if out is not None else dtypes.get_default_dtype()
    )
    n = int((end - start) / step) + 1
    if wanted.np.kind in "iu":
        values = (int(start) + numpy.arange(n) * int(step)).astype(wanted.np)
    else:
        values = (float(start) + numpy.arange(n) * float(step)).astype(wanted.np)
    return _finished(values, out, device, requires_grad)


def _ends(name: str, start: Any, end: Any) -> tuple[Any, Any]:
    tensors = [(which, t._data.ndim) for which, t in (("start", start), ("end", end)) if isinstance(t, Variable)]
    if any(n for _, n in tensors):
        got = " and ".join(f"{which} with {n} dimension(s)" for which, n in tensors)
        raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {got}.")
    a, b = _numbers(start, end)
    return a, b


def linear(start: Any, end: Any, n: int, np_type: Any) -> numpy.ndarray:
    """``n`` numbers from start to end: the first half counted from the start, the second from the end, one rounding each."""
    if n == 1:
        return numpy.array([start], np_type)
    kind = np_type.kind
    real = np_type if kind in "fV" else numpy.dtype("float64")
    if kind == "c":
        part = numpy.dtype("float32" if np_type.itemsize == 8 else "float64")
        made = numpy.empty(n, np_type)
        made.real, made.imag = linear(start.real, end.real, n, part), linear(start.imag, end.imag, n, part)
        return made
    if kind in "iu":
        start, end = int(start), int(end)
    one = real.type
    a, b = one(start), one(end)
    step = float(one(one(b - a) / one(n - 1)))
    i = numpy.arange(n, dtype=numpy.float64)
    half = n // 2
    values = numpy.concatenate([fma64(i[:half], step, float(a)), fma64(i[half:] - (n - 1), step, float(b))])
    return values.astype(np_type)


@public("function")
def linspace(
    start: Any, end: Any, steps: int, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``steps`` numbers from ``start`` to ``end``, both included, equally far apart.

    >>> import tinygrad_edu as tg
    >>> tg.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    n, (a, b) = _steps_number(steps), _ends("linspace", start, end)
    wanted = _range_dtype(a, b, dtype, out, device, "linspace_cpu")
    values = linear(a, b, n, wanted.np) if n else numpy.empty(0, wanted.np)
    return _finished(values, out, device, requires_grad)


def _steps_number(steps: Any) -> int:
    if isinstance(steps, float):
        raise TypeError("steps must be int, not float")
    n = int(steps)
    if n < 0:
        raise RuntimeError("number of steps must be non-negative")
    return n


def _range_dtype(a: Any, b: Any, dtype: Any, out: Any, device: Any, kernel: str) -> dtypes.dtype:
    check_factory(dtype, out, device)
    if out is not None:
        return out.dtype  # type: ignore[no-any-return]
    default = dtypes.get_default_dtype()
    if isinstance(a, complex) or isinstance(b, complex):
        default = dtypes.complex_of(default)
    wanted = default if dtype is None else dtypes.resolve(dtype)
    if default.is_complex and not wanted.is_complex:
        name, kind = kernel.removesuffix("_cpu"), c_name(default)
        raise RuntimeError(f"torch.{name}(): inferred dtype {kind} can't be safely cast to passed dtype {wanted.short}")
    if wanted is dtypes.bool_:
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")
    return wanted


@public("function")
def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """``base`` to the powers that `linspace` gives.

    >>> import tinygrad_edu as tg
    >>> tg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    n, (a, b) = _steps_number(steps), _ends("logspace", start, end)
    wanted = _range_dtype(a, b, dtype, out, device, "logspace_cpu")
    inner = wanted.np if wanted.np.kind in "fVc" else numpy.dtype("float32")
    if wanted.np.kind in "iu":
        a, b = int(a), int(b)
    powers = linear(a, b, n, inner) if n else numpy.empty(0, inner)
    wide = "complex128" if wanted.is_complex else "float64"
    with numpy.errstate(all="ignore"):
        values = numpy.power(numpy.asarray(base, wide), powers.astype(wide))
    if wanted.np.kind in "iu":
        values = values.astype(numpy.float32)
    return _finished(values.astype(wanted.np), out, device, requires_grad)


@public("function")
def eye(
    n: int, m: int | None = None, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Any:  # fmt: skip
    """The identity matrix (n, n), or (n, m) with ones on its diagonal.

    >>> import tinygrad_edu as tg
    >>> tg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = as_sizes((n, n if m is None else m), "eye")
    if rows < 0:
        raise RuntimeError(f"n must be greater or equal to 0, got {rows}")
    if columns < 0:
        raise RuntimeError(f"m must be greater or equal to 0, got {columns}")
    check_factory(dtype, out, device)
    wanted = out.dtype if out is not None else dtypes.get_default_dtype() if dtype is None else dtypes.resolve(dtype)
    return _finished(numpy.eye(rows, columns, dtype=wanted.np), out, device, requires_grad)
