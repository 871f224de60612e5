"""How tensors print: torch's text to the character.

All numbers of a tensor share one style, chosen from those that are shown: integers (``1.``), fixed point (``1.5000``)
or scientific (``1.5000e+00``), as wide as the widest. Large tensors show only the edges of every dimension.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from . import backend, dtypes
from .backend.quiet import quietly


@dataclass
class PrintOptions:
    """What `set_printoptions` sets."""

    precision: int = 4  # digits after the point
    threshold: float = 1000  # more elements than this are summarised
    edgeitems: int = 3  # elements shown at each end of a summarised dimension
    linewidth: int = 80
    sci_mode: bool | None = None  # None: decided by the numbers


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}

options = PRINT_OPTS = PrintOptions()  # one object for good, under torch's name too (``torch._tensor_str.PRINT_OPTS``)


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors print. What is None keeps its value, except ``sci_mode``, which returns to automatic.

    ``profile`` ("default", "short" or "full": nothing summarised) sets the first four at once.

    >>> import tinygrad_edu as tg
    >>> tg.set_printoptions(precision=2); tg.tensor([1.12345])
    tensor([1.12])
    >>> tg.set_printoptions(profile="default"); tg.tensor([1.12345])
    tensor([1.1235])
    """
    chosen = replace(PROFILES.get(profile or "", options))
    for name, value in (
        ("precision", precision),
        ("threshold", threshold),
        ("edgeitems", edgeitems),
        ("linewidth", linewidth),
    ):
        if value is not None:
            setattr(chosen, name, value)
    chosen.sci_mode = sci_mode
    vars(options).update(vars(chosen))


def get_printoptions() -> dict[str, Any]:
    """The options in force, as keyword arguments for `set_printoptions`."""
    return asdict(options)


@contextmanager
def printoptions(**changes: Any) -> Iterator[None]:
    """Print with other options inside a ``with`` block."""
    before = get_printoptions()
    set_printoptions(**changes)
    try:
        yield
    finally:
        set_printoptions(**before)


# ---------------------------------------------------------------------------------------------- one number
class Style:
    """How the numbers of one tensor are written: a format, and the width they are all padded to."""

    def __init__(self, values: Sequence[Any], floating: bool) -> None:
        self.width = 1
        self.spec, self.point = "", ""
        if not floating:
            self.width = max([1, *(len(str(v)) for v in values)])
            return
        # Zeros, infinities and nan adapt to the others.
        values = [v for v in values if v != 0 and math.isfinite(v)]
        whole = all(v.is_integer() for v in values)
        if not values:
            scientific = False
        elif options.sci_mode is None:
            largest, smallest = max(map(abs, values)), min(map(abs, values))
            scientific = largest / smallest > 1000 or largest > 1e8 or smallest < 1e-4
        else:
            scientific = options.sci_mode
        if scientific:
            self.spec = f".{options.precision}e"
        elif whole:
            self.spec, self.point = ".0f", "."
        else:
            self.spec = f".{options.precision}f"
        self.width = max([1, *(len(self.write(v)) for v in values)])

    def write(self, value: Any) -> str:
        if not self.spec:
            return str(value)
        return format(value, self.spec) + (self.point if math.isfinite(value) else "")

    def __call__(self, value: Any) -> str:
        return self.write(value).rjust(self.width)


class ComplexStyle:
    """Real and imaginary parts each in their own style."""

    def __init__(self, values: Sequence[complex]) -> None:
        self.real = Style([v.real for v in values], floating=True)
        self.imag = Style([v.imag for v in values], floating=True)
        self.width = self.real.width + self.imag.width + 1

    def __call__(self, value: complex) -> str:
        imag = self.imag(value.imag).lstrip()
        sign = "" if imag[0] in "+-" else "+"
        return f"{self.real(value.real)}{sign}{imag}j"


# ---------------------------------------------------------------------------------------------- the brackets
def _shown(array: Any, kind: dtypes.dtype) -> tuple[Any, list[bool]]:
    """The numbers that are shown, as (nested) lists, and which dimensions lose their middle."""
    edge = options.edgeitems
    cut = [False] * array.ndim
    if array.size > options.threshold:
        cut = [size > 2 * edge for size in array.shape]
        for dim, shortened in enumerate(cut):
            if shortened:
                array = array[(slice(None),) * dim + ([*range(edge), *range(-edge, 0)],)]
    array = backend.kernels_of(array).to_host(array)
    if kind.is_floating_point:
        with quietly():  # NumPy says of some NaNs that they are invalid
            array = array.astype("float64")  # exact; 16-bit types have no Python numbers of their own
    return array.tolist(), cut


def _flat(rows: Any, dims: int) -> list[Any]:
    for _ in range(dims - 1):
        rows = [item for row in rows for item in row]
    return rows if dims else [rows]


def _layout(rows: list[Any], cut: Sequence[bool], indent: int, style: Callable[[Any], str], width: int) -> str:
    """Rows of numbers in brackets, broken into lines that start at column ``indent``."""
    start = " " * (indent + 1)
    edge = options.edgeitems
    if len(cut) > 1:
        parts = [_layout(row, cut[1:], indent + 1, style, width) for row in rows]
        if cut[0]:
            parts.insert(edge, "...")
        return "[" + ("," + "\n" * (len(cut) - 1) + start).join(parts) + "]"
    items = [style(v) for v in rows]
    if cut[0]:
        items.insert(edge, " ..." if edge else "...")
    a_line = max(1, math.floor((options.linewidth - indent) / (width + 2)))
    lines = [", ".join(items[i : i + a_line]) for i in range(0, len(items), a_line)]
    return "[" + (",\n" + start).join(lines) + "]"


def format_array(array: Any, kind: dtypes.dtype, indent: int) -> str:
    """The numbers of a raw array in brackets; lines after the first start at column ``indent`` or further right."""
    if array.size == 0:
        return "[]"
    rows, cut = _shown(array, kind)
    values = _flat(rows, array.ndim)
    style: Any = ComplexStyle(values) if kind.is_complex else Style(values, kind.is_floating_point)
    if array.ndim == 0:
        return str(style(rows))
    return _layout(rows, cut, indent, style, style.width)


# ---------------------------------------------------------------------------------------------- the whole tensor
def dtype_is_said(kind: dtypes.dtype, empty: bool) -> bool:
    default = dtypes.get_default_dtype()
    if kind is default:
        return False
    return empty or kind not in (dtypes.int64, dtypes.bool_, dtypes.complex_of(default))


def _grad_fn_name(tensor: Any) -> str | None:
    try:
        node = tensor.grad_fn
    except RuntimeError:  # a view made and modified in no_grad mode: asking for its history is an error
        return "Invalid"
    return None if node is None else str(node.name()).removeprefix("torch::autograd::")


def _suffixes(tensor: Any, kind: dtypes.dtype, shape: tuple[int, ...]) -> Iterator[str]:
    place = tensor.device
    empty = 0 in shape or place.type == "meta"
    if place.type != "cpu":
        yield f"device='{place}'"
    if (empty and (len(shape) != 1 or place.type == "meta")) or (not empty and not options.edgeitems):
        yield f"size={shape}"
    if dtype_is_said(kind, empty):
        yield f"dtype=torch.{kind.name}"
    history = _grad_fn_name(tensor)
    if history is not None:
        yield f"grad_fn=<{history}>"
    elif tensor.requires_grad:
        yield "requires_grad=True"
    tangent = getattr(tensor, "_forward", None)
    if tangent is not None:
        yield f"tangent={tangent}"
    if any(name is not None for name in tensor.names):
        yield f"names={tuple(tensor.names)}"


def _tensor_str(tensor: Any, indent: int) -> str:
    """The numbers alone: ``torch._tensor_str._tensor_str``, for classes that print tensors of their own kind."""
    return format_array(tensor._data, tensor.dtype, indent)


def _add_suffixes(tensor_str: str, suffixes: Iterable[str], indent: int, force_newline: bool) -> str:
    """`add_suffixes` and the last bracket, under torch's name."""
    return add_suffixes(tensor_str, suffixes, indent, force_newline) + ")"


def add_suffixes(text: str, suffixes: Iterable[str], indent: int, new_line: bool = False) -> str:
    """``text`` with what is said after the numbers; a new line is begun where the next word would be too long."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if new_line or column + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * indent
            column = indent + len(suffix)
            new_line = False
        else:
            text += ", "
            column += len(suffix) + 2
        # Lines break where torch's would: our own name is put in only now.
        text += suffix.replace("dtype=torch.", f"dtype={dtypes.module_name}.", 1)
    return text


def format_tensor(tensor: Any) -> str:
    """A tensor as torch prints it.

    >>> import tinygrad_edu as tg
    >>> print(format_tensor(tg.tensor([[1, 2.5], [float("nan"), -3]], requires_grad=True)))
    tensor([[ 1.0000,  2.5000],
            [    nan, -3.0000]], requires_grad=True)
    """
    bases = [cls.__name__ for cls in type(tensor).__mro__]
    plain = bases[0] in ("Tensor", "Parameter")
    prefix = "tensor(" if plain else f"{bases[0]}("
    indent = len(prefix)
    kind, shape = tensor.dtype, tuple(tensor.shape)
    text = prefix + ("..." if tensor.device.type == "meta" else format_array(tensor._data, kind, indent))
    text = add_suffixes(text, _suffixes(tensor, kind, shape), indent)
    text += ")"
    return text if plain or not ("Parameter" in bases or hasattr(tensor, "_is_param")) else f"Parameter({text})"


def format_size(shape: Sequence[int]) -> str:
    """A shape as torch prints it.

    >>> format_size((2, 3))
    'tinygrad_edu.Size([2, 3])'
    """
    return f"{dtypes.module_name}.Size([{', '.join(map(str, shape))}])"


def format_return_type(name: str, fields: Sequence[tuple[str, Any]]) -> str:
    """The named results of an operation such as ``max``, one a line.

    >>> print(format_return_type("max", [("values", 3), ("indices", 0)]))
    tinygrad_edu.return_types.max(
    values=3,
    indices=0)
    """
    lines = ",\n".join(f"{field}={value!r}" for field, value in fields)
    return f"{dtypes.module_name}.return_types.{name}(\n{lines})"
