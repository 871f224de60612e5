"""Comparing results in tests: `assert_close`, and `make_tensor` for random inputs."""

from __future__ import annotations

import cmath
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import dtypes
from .ops import registry
from .tensor import Tensor
from .typeinfo import finfo, iinfo

# dtype → (rtol, atol) where the caller gives none; everything else must be equal
_TOLERANCE = {
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}  # fmt: skip


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None, atol: float | None = None,
    equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True, check_layout: bool = True,
    check_stride: bool = False, msg: str | Callable[[str], str] | None = None,
) -> None:  # fmt: skip
    """AssertionError unless ``|actual - expected| <= atol + rtol * |expected|`` everywhere.

    Tensors, NumPy arrays, numbers, and sequences and mappings of these. Without tolerances those of the dtype are taken (float32:
    1.3e-6 and 1e-5); integers must be equal. ``msg`` replaces the text of the error, or is called with it.

    >>> import tinygrad_edu as tg
    >>> assert_close(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0 + 1e-7]))
    >>> assert_close(tg.tensor([1, 2]), tg.tensor([1, 3]))
    Traceback (most recent call last):
    AssertionError: Tensor-likes are not equal!
    <BLANKLINE>
    Mismatched elements: 1 / 2 (50.0%)
    Greatest absolute difference: 1 at index (1,)
    Greatest relative difference: 0.3333333432674408 at index (1,)
    """
    flags = {"allow_subclasses": allow_subclasses, "equal_nan": equal_nan, "check_device": check_device,
             "check_dtype": check_dtype, "check_layout": check_layout, "check_stride": check_stride}  # fmt: skip
    problem = _difference(actual, expected, (rtol, atol), flags, ())
    if problem is not None:
        raise AssertionError(problem if msg is None else msg(problem) if callable(msg) else msg)


def _difference(actual: Any, expected: Any, given: Any, flags: Mapping[str, bool], at: tuple[Any, ...]) -> str | None:
    """What is wrong, in words; None when nothing is."""
    pair = (actual, expected)
    if all(isinstance(v, Mapping) for v in pair):
        return _mappings(actual, expected, given, flags, at)
    if all(isinstance(v, Sequence) and not isinstance(v, str) for v in pair):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}" + _place(at))
        for i, (a, e) in enumerate(zip(actual, expected)):
            problem = _difference(a, e, given, flags, (*at, i))
            if problem is not None:
                return problem
        return None
    problem = ""
    if actual is None or expected is None:
        problem = "" if actual is expected else f"None mismatch: {actual} is not {expected}"
    elif all(_is_bool(v) for v in pair):
        problem = "" if bool(actual) is bool(expected) else f"Booleans mismatch: {actual} is not {expected}"
    elif all(_is_number(v) for v in pair):
        a, e = (v.item() if _is_scalar(v) else v for v in pair)
        problem = _numbers(a, e, _both(given, at), flags)
    elif _related(actual, expected, flags["allow_subclasses"]):
        problem = _tensors(_tensor(actual), _tensor(expected), _both(given, at), flags)
    else:
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")
    return problem + _place(at) if problem else None


def _both(given: tuple[float | None, float | None], at: tuple[Any, ...]) -> tuple[float, float] | None:
    rtol, atol = given
    if rtol is not None and atol is not None:
        return rtol, atol
    if rtol is None and atol is None:
        return None
    lacking = "rtol" if rtol is None else "atol"
    text = f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {lacking}."
    raise ValueError(text + _place(at))


def _mappings(actual: Any, expected: Any, given: Any, flags: Mapping[str, bool], at: tuple[Any, ...]) -> str | None:
    missing, more = set(expected) - set(actual), set(actual) - set(expected)
    if missing or more:
        raise AssertionError(  # structures that do not match are no matter of closeness: ``msg`` has no say
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: {sorted(missing)}\n"
            f"Additional keys in the actual mapping: {sorted(more)}" + _place(at)
        )
    keys = list(actual)
    try:
        keys = sorted(keys)
    except TypeError:  # keys of several kinds have no order
        keys = list(actual)
    for key in keys:
        problem = _difference(actual[key], expected[key], given, flags, (*at, key))
        if problem is not None:
            return problem
    return None


def _place(at: tuple[Any, ...]) -> str:
    return "\n\nThe failure occurred for item " + "".join(f"[{key!r}]" for key in at) if at else ""


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or (_is_scalar(value) and value.dtype.kind == "b")


def _is_number(value: Any) -> bool:
    return (isinstance(value, (int, float, complex)) and not isinstance(value, bool)) or (
        _is_scalar(value) and value.dtype.kind in "iufc"
    )


def _is_scalar(value: Any) -> bool:
    """NumPy's own numbers, such as ``np.float32(1)``."""
    return (
        type(value).__module__ == "numpy" and getattr(value, "shape", None) == () and not hasattr(value, "fill_value")
    )


def _related(actual: Any, expected: Any, subclasses: bool) -> bool:
    like = isinstance(actual, (Tensor,)) or (hasattr(actual, "__array__") and hasattr(actual, "dtype"))
    if not like:
        return False
    if not subclasses:
        return type(actual) is type(expected)
    return isinstance(actual, type(expected)) or isinstance(expected, type(actual))


def _tensor(value: Any) -> Tensor:
    return value.detach() if isinstance(value, Tensor) else registry.functions["as_tensor"](value)  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------------------------ numbers
def _numbers(actual: Any, expected: Any, given: Any, flags: Mapping[str, bool]) -> str:
    if flags["check_dtype"] and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    rtol, atol = given or max(_of_number(actual), _of_number(expected))
    if actual == expected or (flags["equal_nan"] and actual != actual and expected != expected):
        return ""
    off = abs(actual - expected)
    if cmath.isfinite(off) and off <= atol + rtol * abs(expected):
        return ""
    relative = off / abs(expected) if expected != 0 else float("inf")
    return _scalar_text(actual, expected, off, relative, rtol, atol)


def _of_number(value: Any) -> tuple[float, float]:
    return (0.0, 0.0) if isinstance(value, int) else _TOLERANCE["float64"]


def _name(kind: Any) -> str:
    return str(kind).rsplit(".", 1)[-1]


def _allowed(tolerance: float) -> str:
    return f" (up to {tolerance} allowed)"


def _scalar_text(a: Any, e: Any, off: Any, relative: Any, rtol: float, atol: float) -> str:
    equal = rtol == 0 and atol == 0
    return (
        f"Scalars are not {'equal' if equal else 'close'}!\n\nExpected {e} but got {a}.\n"
        f"Absolute difference: {off}{'' if equal else _allowed(atol)}\n"
        f"Relative difference: {relative}{'' if equal else _allowed(rtol)}"
    )


# ------------------------------------------------------------------------------------------------ tensors
def _tensors(actual: Tensor, expected: Tensor, given: Any, flags: Mapping[str, bool]) -> str:
    attributes: list[tuple[str, Any, Any, bool]] = [
        ("shape", actual.shape, expected.shape, True),
        ("device", actual.device, expected.device, flags["check_device"]),
        ("dtype", actual.dtype, expected.dtype, flags["check_dtype"]),
        ("layout", actual.layout, expected.layout, flags["check_layout"]),
    ]
    if flags["check_stride"]:
        attributes.append(("stride()", actual.stride(), expected.stride(), True))
    for name, a, e, wanted in attributes:
        if wanted and a != e:
            return f"The values for attribute '{name}' do not match: {a} != {e}."
    if actual.layout != expected.layout:
        actual, expected = actual.to_dense(), expected.to_dense()  # type: ignore[attr-defined]
    if actual.layout.name != "strided":
        return _sparse(actual, expected, given, flags)
    rtol, atol = given or tuple(
        max(pair) for pair in zip(*(_TOLERANCE.get(_name(t.dtype), (0.0, 0.0)) for t in (actual, expected)))
    )
    if actual.dtype != expected.dtype:
        common = dtypes.promote_types(actual.dtype, expected.dtype)
        actual, expected = actual.to(common), expected.to(common)
    close = actual.isclose(expected, rtol=rtol, atol=atol, equal_nan=flags["equal_nan"])
    if bool(close.all()):
        return ""
    a, e = actual, expected
    if not (a.is_floating_point() or a.is_complex()):
        a, e = a.to(dtypes.int64), e.to(dtypes.int64)
    off = (a - e).abs()
    relative = off / e.abs()
    off, relative = (t.masked_fill(close, 0) for t in (off, relative))
    if actual.ndim == 0:
        return _scalar_text(actual.item(), expected.item(), off.item(), relative.item(), rtol, atol)
    n, wrong = actual.numel(), int((~close).sum())
    equal = rtol == 0 and atol == 0
    lines = [f"Tensor-likes are not {'equal' if equal else 'close'}!\n",
             f"Mismatched elements: {wrong} / {n} ({wrong / n:.1%})"]  # fmt: skip
    for word, t, tolerance in (("absolute", off, atol), ("relative", relative, rtol)):
        flat = int(t.argmax())
        value, where = t.flatten()[flat].item(), _unravel(flat, t.shape)
        lines.append(f"Greatest {word} difference: {value} at index {where}" + ("" if equal else _allowed(tolerance)))
    return "\n".join(lines)


_PARTS = {
    "sparse_coo": ("COO", "_indices", "_values"), "sparse_csr": ("CSR", "crow_indices", "col_indices", "values"),
    "sparse_csc": ("CSC", "ccol_indices", "row_indices", "values"),
}  # fmt: skip


def _sparse(actual: Any, expected: Any, given: Any, flags: Mapping[str, bool]) -> str:
    """Sparse tensors are compared part by part; indices must be equal."""
    kind, *parts = _PARTS[actual.layout.name]
    if kind == "COO" and actual.is_coalesced() is not expected.is_coalesced():
        actual, expected = actual.coalesce(), expected.coalesce()
    if actual._nnz() != expected._nnz():
        return f"The number of specified values in sparse {kind} tensors does not match: {actual._nnz()} != {expected._nnz()}"
    for part in parts:
        exact = part.endswith("indices")
        a, e = (getattr(t, part)().detach() for t in (actual, expected))
        problem = _tensors(a, e, (0.0, 0.0) if exact else given, {**flags, "check_stride": False})
        if problem:
            return problem.replace("Tensor-likes", f"Sparse {kind} {part.lstrip('_')}", 1)
    return ""


def _unravel(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    where: list[int] = []
    for n in reversed(shape):
        flat, i = divmod(flat, n)
        where.insert(0, i)
    return tuple(where)


_OLD_TOLERANCE = {"float16": (1e-3, 1e-3), "float32": (1e-4, 1e-5), "float64": (1e-5, 1e-8)}


def assert_allclose(
    actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = True, msg: str = ""
) -> None:  # fmt: skip
    """`assert_close` of older programs: wider tolerances, whatever the dtypes, and NaN equals NaN (deprecated)."""
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please use "
        "`torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
        "https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    make = registry.functions["tensor"]
    actual = actual if isinstance(actual, Tensor) else make(actual)
    expected = expected if isinstance(expected, Tensor) else make(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        pairs = [_OLD_TOLERANCE.get(_name(t.dtype), (0.0, 0.0)) for t in (actual, expected)]
        rtol, atol = (max(pair) for pair in zip(*pairs))
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


# ------------------------------------------------------------------------------------------------ inputs
def _bounds(dtype: Any, low: float | None, high: float | None) -> tuple[float, float]:
    """``low`` and ``high``, or what stands for them, cut to what the dtype can hold."""
    real = dtype.is_floating_point or dtype.is_complex
    if dtype is dtypes.bool_:
        least, most, start, stop = 0.0, 2.0, 0, 2
    else:
        limits: Any = finfo(dtype) if real else iinfo(dtype)
        least, most = limits.min, limits.max + (not real and dtype is not dtypes.int64)
        start, stop = -9, 9 if real else 10
    first, last = start if low is None else low, stop if high is None else high
    if any(math.isnan(v) for v in (first, last)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={first!r} and high={last!r}")
    if first == last and real:
        warnings.warn(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 and will be "
            "removed in 2.3. Use `torch.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif first >= last:
        raise ValueError(f"`low` must be less than `high`, but got {first} >= {last}")
    elif last < least or first >= most:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{first}, {last}), but {dtype} only supports [{least}, {most})"
        )
    return min(max(first, least), most), min(max(last, least), most)


def make_tensor(
    *shape: Any, dtype: Any, device: Any = "cpu", low: float | None = None, high: float | None = None,
    requires_grad: bool = False, noncontiguous: bool = False, exclude_zero: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    """A tensor of random numbers from ``[low, high)``: by default -9 to 9, for uint8 0 to 9, for bool both.

    ``exclude_zero`` puts the smallest positive number where a zero was drawn; ``noncontiguous`` leaves gaps in memory.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> make_tensor(2, 3, dtype=tg.int64, low=0, high=5)
    tensor([[4, 4, 3],
            [0, 3, 4]])
    """
    functions = registry.functions
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else tuple(shape)
    if noncontiguous and memory_format is not None:
        raise ValueError(
            f"The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got noncontiguous={noncontiguous!r} "
            f"and memory_format={memory_format!r}"
        )
    real = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not real:
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype}"
        )
    first, last = _bounds(dtype, low, high)
    gaps = noncontiguous and math.prod(sizes) > 1
    drawn = (*sizes[:-1], 2 * sizes[-1]) if gaps else sizes
    if real:
        made = functions["empty"](drawn, dtype=dtype, device=device)
        parts = functions["view_as_real"](made) if dtype.is_complex else made
        wide = last - first >= finfo(parts.dtype).max  # as far as `uniform_` goes
        parts.uniform_(first / 2, last / 2).mul_(2) if wide else parts.uniform_(first, last)
    else:
        made = functions["randint"](math.ceil(first), math.ceil(last), drawn, dtype=dtype, device=device)
    if gaps:
        made = made[..., 1::2]
    elif memory_format is not None:
        made = made.clone(memory_format=memory_format)
    if exclude_zero:
        smallest = finfo(dtype).tiny if real else 1
        made[made == 0] = smallest
    return made.requires_grad_(requires_grad)  # type: ignore[no-any-return]
