"""Comparing and describing values of any kind: numbers, nested lists, dicts, arrays, tensors (by duck type).

Two uses: a visible check compares a student's value with the expected one (`difference`), and the grader compares two
*printed* values as text, numbers with tolerance (`align`), without ever rebuilding a student's object.
"""

import math
import re
from collections.abc import Mapping
from numbers import Number
from typing import Any

RTOL = 1e-5
ATOL = 1e-6

# A student's process prints what this is matched against: no two of its parts may match the same digits, or a long row
# of them would be split in every way.
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MAX_PRINTED = 10_000  # elements of an array that are printed in full
_SAMPLE = 1_000  # of a longer one: how many sums of neighbours, and how many elements


def is_array(value: Any) -> bool:
    """Whether `value` is an array or tensor of at least 0 dimensions – a NumPy scalar is not."""
    if not (hasattr(value, "tolist") and hasattr(value, "shape") and hasattr(value, "dtype")):
        return False
    return not _is_numpy_scalar(value)


def _is_numpy_scalar(value: Any) -> bool:
    return any(base.__module__ == "numpy" and base.__name__ == "generic" for base in type(value).__mro__)


def _computed_of_0d(expected: Any, got: Any) -> bool:
    """Whether `got` is what NumPy's arithmetic makes of 0-d arrays: a scalar, where a 0-d array is expected."""
    return type(expected).__module__ == "numpy" and expected.shape == () and _is_numpy_scalar(got)


def plain(value: Any) -> Any:
    """`value` with arrays, tensors and NumPy scalars as Python lists and numbers."""
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return value.tolist()
    return value


def dtype_name(value: Any) -> str:
    """``float32`` for ``torch.float32``, ``dtype('float32')`` and the like."""
    return str(value.dtype).rpartition(".")[2]


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Shape of an array or of a regular nested list; None when the list is ragged or `value` is neither."""
    if is_array(value):
        return tuple(int(n) for n in value.shape)
    if isinstance(value, list | tuple):
        shapes = {shape_of(v) for v in value}
        if not shapes:
            return (0,)
        inner = shapes.pop()
        return None if shapes or inner is None else (len(value), *inner)
    return ()


def close(expected: Any, got: Any, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether two numbers agree: integers and bools exactly, others if ``|got - expected| <= atol + rtol·|expected|``.

    nan equals nan.
    """
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int) and isinstance(got, int):
        return expected == got
    if isinstance(expected, complex) or isinstance(got, complex):
        return abs(got - expected) <= atol + rtol * abs(expected)
    try:
        expected, got = float(expected), float(got)
    except OverflowError:  # an int too large for a float
        return bool(expected == got)
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    if math.isinf(expected) or math.isinf(got):
        return expected == got
    return abs(got - expected) <= atol + rtol * abs(expected)


def difference(expected: Any, got: Any, rtol: float = RTOL, atol: float = ATOL) -> str | None:
    """What sets `got` apart from `expected`, as a phrase for a student; None when they agree.

    An array or tensor as `expected` also asks for an array or tensor of its shape and dtype; a nested list or a number
    accepts any container with those values.
    """
    if is_array(expected) and not is_array(got) and not _computed_of_0d(expected, got):
        return f"expected {kind(expected)}, got {kind(got)}"
    if is_array(expected) and dtype_name(expected) != dtype_name(got):
        return f"expected dtype {dtype_name(expected)}, got {dtype_name(got)}"
    if is_array(got) and (is_array(expected) or isinstance(expected, list | tuple | Number)):
        wanted = shape_of(expected)
        if wanted is not None and wanted != shape_of(got):
            return f"expected shape {wanted}, got {shape_of(got)}"
    at = _first_difference(plain(expected), plain(got), rtol, atol, ())
    return None if at is None else at[1]


def first_difference(expected: Any, got: Any, rtol: float = RTOL, atol: float = ATOL) -> tuple[int | str, ...] | None:
    """Index path of the first element in which two values differ, None where they agree."""
    at = _first_difference(plain(expected), plain(got), rtol, atol, ())
    return None if at is None else at[0]


def _first_difference(
    expected: Any, got: Any, rtol: float, atol: float, path: tuple[Any, ...]
) -> tuple[tuple[Any, ...], str] | None:
    expected, got = plain(expected), plain(got)
    where = "" if not path else f" at {''.join(f'[{p!r}]' for p in path)}"
    differs = (path, f"expected {brief(expected)}, got {brief(got)}{where}")
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple):
            return differs
        if len(expected) != len(got):
            return path, f"expected {len(expected)} elements, got {len(got)}{where}"
        return _first_of(expected, got, range(len(expected)), rtol, atol, path)
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping) or set(expected) != set(got):
            return differs
        return _first_of(expected, got, expected, rtol, atol, path)
    if isinstance(expected, Number):
        if not isinstance(got, Number):
            return differs
        return None if close(expected, got, rtol, atol) else differs
    return None if bool(expected == got) else differs


def _first_of(expected: Any, got: Any, keys: Any, rtol: float, atol: float, path: tuple[Any, ...]) -> Any:
    for key in keys:
        found = _first_difference(expected[key], got[key], rtol, atol, (*path, key))
        if found is not None:
            return found
    return None


def kind(value: Any) -> str:
    """A short name for what `value` is: ``a float32 tensor of shape (2, 3)``, ``None``, ``a list``."""
    if value is None:
        return "None"
    name = type(value).__name__
    if is_array(value):
        name = f"{dtype_name(value)} {'array' if name == 'ndarray' else name.lower()} of shape {shape_of(value)}"
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def brief(value: Any, limit: int = 160) -> str:
    """One line for a message: plain numbers, at most `limit` characters."""
    text = " ".join(describe(value, digits=6).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def describe(value: Any, digits: int | None = None) -> str:
    """The same text for the same value, whatever the container's own print options.

    Floats in full (or to `digits` significant digits), arrays with dtype, shape and elements – of a very large one
    sums of neighbours and an even sample – and no memory addresses.
    """
    if _is_numpy_scalar(value):
        value = value.tolist()
    if is_array(value):
        return f"{dtype_name(value)}{list(shape_of(value) or ())} {_elements(value, digits)}"
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, float):
        return repr(value) if digits is None else repr(float(f"{value:.{digits}g}"))
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, tuple):
        return "(" + ", ".join(describe(v, digits) for v in value) + (",)" if len(value) == 1 else ")")
    if isinstance(value, list):
        return "[" + ", ".join(describe(v, digits) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{describe(k, digits)}: {describe(v, digits)}" for k, v in value.items()) + "}"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(describe(v, digits) for v in value)) + "}"
    return without_addresses(repr(value))


def without_addresses(text: str) -> str:
    """`text` without the addresses of objects, which are others in every process."""
    return _ADDRESS.sub("", text)


def _elements(value: Any, digits: int | None) -> str:
    size = math.prod(shape_of(value) or ())
    if size <= _MAX_PRINTED:
        return describe(value.tolist(), digits)
    flat = value.reshape(-1)
    step = size // _SAMPLE
    blocks = flat[: size // step * step].reshape(-1, step).sum(1)
    sample = flat[:: step + 1]  # one of each block, at another place each time, and some of the rest
    return f"sums of {step} {describe(blocks.tolist(), digits)}, every {step + 1}th {describe(sample.tolist(), digits)}"


def printed(*values: Any, sep: str = " ") -> str:
    """What ``print(*values)`` would show, with `describe` in place of `str` for all but strings."""
    return sep.join(v if isinstance(v, str) else describe(v) for v in values)


def align(reference: str, text: str, rtol: float = RTOL, atol: float = ATOL) -> str:
    """`text` with every number that is close to the reference's at that place spelled as there, white space as there.

    Two texts agree within tolerance exactly if ``align(a, b) == a``. Integers must agree exactly; 0 and 0.0 agree.
    """
    theirs, ours = _pieces(text), _pieces(reference)
    if len(theirs) != len(ours):
        return text
    result = []
    for i, (new, old) in enumerate(zip(theirs, ours, strict=True)):
        same = close(_number(old), _number(new), rtol, atol) if i % 2 else new.split() == old.split()
        result.append(old if same else new)
    return "".join(result)


def _pieces(text: str) -> list[str]:
    """Text and numbers in turn: even places hold text, odd ones numbers."""
    pieces, end = [], 0
    for match in _NUMBER.finditer(text):
        pieces += [text[end : match.start()], match.group()]
        end = match.end()
    return [*pieces, text[end:]]


def _number(token: str) -> int | float:
    if len(token) > 400:  # an endless integer, which Python itself refuses to convert
        return math.nan
    try:
        return int(token)
    except ValueError:
        return float(token)
