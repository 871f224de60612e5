"""Element types: ``float32``, ``int64``, ``bool`` … and the rules by which two of them promote to a third.

A `dtype` is torch's object; its ``np`` attribute is the NumPy dtype of the array that really holds the numbers.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy

module_name = "tinygrad_edu"  # the prefix in printed names; ``install_as_torch`` makes it "torch"


class PublicName(type):
    """The class of the classes that print under the package's name: ``<class 'tinygrad_edu.Tensor'>``, wherever they are written."""

    def __repr__(cls) -> str:
        own = type(cls) is PublicName and cls.__module__.partition(".")[0] == __name__.partition(".")[0]
        return f"<class '{module_name}.{cls.__qualname__}'>" if own else super().__repr__()


def formatted(value: Any, spec: str) -> str:
    """``format`` of torch's plain objects: they know no widths (``f"{x.shape:>20}"`` is an error, ``f"{x.shape!s:>20}"`` is not)."""
    if spec:
        raise TypeError(f"unsupported format string passed to {module_name}.{type(value).__name__}.__format__")
    return str(value)


def no_attribute(value: Any, name: str) -> Any:
    """The ``__getattr__`` of torch's plain objects: their AttributeError has the full name of their type."""
    raise AttributeError(
        f"'{module_name}.{type(value).__name__}' object has no attribute '{name}'", name=name, obj=value
    )


class dtype(metaclass=PublicName):
    """The type of a tensor's elements.

    >>> float32, float32.itemsize, float32.is_floating_point
    (tinygrad_edu.float32, 4, True)
    """

    __slots__ = ("is_complex", "is_floating_point", "is_signed", "itemsize", "name", "np", "short")

    def __init__(self, name: str, np_type: Any, short: str) -> None:
        self.name, self.np, self.short = name, numpy.dtype(np_type), short
        self.itemsize = self.np.itemsize
        self.is_floating_point = "float" in name
        self.is_complex = "complex" in name
        self.is_signed = not (name.startswith("uint") or name == "bool")

    __format__ = formatted

    def __new__(cls, *described: Any) -> Any:
        if not described:
            raise TypeError(f"cannot create '{module_name}.dtype' instances")
        return super().__new__(cls)

    __getattr__ = no_attribute

    def __repr__(self) -> str:
        return f"{module_name}.{self.name}"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return named, (self.name,)

    def to_real(self) -> dtype:
        return {"complex64": float32, "complex128": float64, "complex32": float16}.get(self.name, self)

    def to_complex(self) -> dtype:
        if self.is_complex:
            return self
        if not self.is_floating_point:
            raise RuntimeError(f"Unknown Complex ScalarType for {self.short}")
        return complex32 if self.name == "float16" else complex_of(self)


class NameOnly(dtype):
    """A dtype that programs name, compare with and ask for its limits; no tensor has it here."""

    __slots__ = ()
    __qualname__ = "dtype"

    def __init__(self, name: str, short: str, itemsize: int) -> None:
        self.name, self.short, self.itemsize = name, short, itemsize
        self.is_floating_point, self.is_complex = "float" in name, "complex" in name
        self.is_signed = name != "float8_e8m0fnu"  # exponents alone

    @property
    def np(self) -> Any:  # type: ignore[override]
        raise NotImplementedError(f"there are no tensors of {self!r} here")


uint8 = dtype("uint8", numpy.uint8, "Byte")
int8 = dtype("int8", numpy.int8, "Char")
int16 = dtype("int16", numpy.int16, "Short")
int32 = dtype("int32", numpy.int32, "Int")
int64 = dtype("int64", numpy.int64, "Long")
uint16 = dtype("uint16", numpy.uint16, "UInt16")
uint32 = dtype("uint32", numpy.uint32, "UInt32")
uint64 = dtype("uint64", numpy.uint64, "UInt64")
float16 = dtype("float16", numpy.float16, "Half")
bfloat16 = dtype("bfloat16", ml_dtypes.bfloat16, "BFloat16")
float32 = dtype("float32", numpy.float32, "Float")
float64 = dtype("float64", numpy.float64, "Double")
complex64 = dtype("complex64", numpy.complex64, "ComplexFloat")
complex128 = dtype("complex128", numpy.complex128, "ComplexDouble")
bool_ = dtype("bool", numpy.bool_, "Bool")
complex32 = NameOnly("complex32", "ComplexHalf", 4)
float8s = tuple(
    NameOnly(f"float8_{kind}", f"Float8_{kind}", 1) for kind in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")
)

all_dtypes = (
    uint8, int8, int16, int32, int64, uint16, uint32, uint64,
    float16, bfloat16, float32, float64, complex64, complex128, bool_,
)  # fmt: skip
# torch's other names for the same objects
aliases = {
    "float": float32, "double": float64, "half": float16, "short": int16, "int": int32, "long": int64,
    "cfloat": complex64, "cdouble": complex128, "bool": bool_, "complex32": complex32, "chalf": complex32,
    **{d.name: d for d in float8s},
}  # fmt: skip

_by_name = {d.name: d for d in (*all_dtypes, complex32, *float8s)}
_by_np = {d.np: d for d in all_dtypes}


def named(name: str) -> dtype:
    return _by_name[name]


def from_np(np_type: Any) -> dtype:
    """The dtype that holds a NumPy dtype's numbers (TypeError, torch's words, where there is none)."""
    try:
        return _by_np[np_type]
    except (KeyError, TypeError):
        pass
    np_type = numpy.dtype(np_type)
    native = np_type.newbyteorder("=")
    if native in _by_np and np_type.isnative:
        return _by_np[native]
    if native in _by_np:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. "
            "Conversion between byte orders is currently not supported."
        )
    raise TypeError(
        f"can't convert np.ndarray of type {np_type.type.__module__}.{np_type.type.__name__}. The only supported types "
        "are: float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, "
        "uint8, and bool."
    )


_OF_PYTHON_TYPE = {float: float64, int: int64, bool: bool_, complex: complex128}


def of_python_type(value: Any) -> Any:
    """The dtype that one of Python's number types means (``float`` is float64 here); everything else as it is."""
    return _OF_PYTHON_TYPE.get(value, value) if isinstance(value, type) else value


def resolve(d: Any) -> dtype:
    """What a ``dtype=`` argument means: a dtype, or one of Python's types."""
    d = of_python_type(d)
    if isinstance(d, dtype):
        return d
    raise TypeError(f"dtype must be a dtype such as {module_name}.float32, not {d!r}")


def of(array: Any) -> dtype:
    """The dtype of a raw array."""
    return _by_np[array.dtype]


def converted(array: Any, to: Any) -> Any:
    """A raw array (or NumPy number) in another dtype of NumPy's. As in torch, float64 becomes float16 by way of float32.

    Rounding twice gives another last digit for one number in some ten thousand.
    """
    if to == float16.np and array.dtype == float64.np:
        array = array.astype(float32.np)
    return array.astype(to)


def complex_of(d: dtype) -> dtype:
    """The complex dtype that tensors of a dtype become here: no tensor is of complex32."""
    return d if d.is_complex else complex128 if d is float64 else complex64


# ---------------------------------------------------------------------------------------------- promotion
_default = float32


def get_default_dtype() -> dtype:
    """The dtype that Python floats become (float32 unless changed)."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make ``d`` the dtype of tensors built from Python floats.

    >>> set_default_dtype(float64); get_default_dtype()
    tinygrad_edu.float64
    >>> set_default_dtype(float32)
    """
    global _default
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = d


def of_scalar(value: Any) -> dtype:
    """The dtype that a Python number takes in arithmetic with tensors."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, int):
        return int64
    if isinstance(value, complex):
        return complex_of(_default)
    return _default


_promoted: dict[tuple[dtype, dtype], dtype] = {}


def _asked(function: str, name: str, position: int, given: Any) -> dtype:
    """An argument that is to be a dtype, or one of Python's number types."""
    d = of_python_type(given)
    if not isinstance(d, dtype):
        kind = type(given).__name__
        raise TypeError(f"{function}(): argument '{name}' (position {position}) must be torch.dtype, not {kind}")
    return d


def promote_types(a: dtype, b: dtype) -> dtype:
    """The smallest dtype that both promote to: bool < integers < floats < complex.

    >>> promote_types(uint8, int8), promote_types(int64, float16), promote_types(float16, bfloat16)
    (tinygrad_edu.int16, tinygrad_edu.float16, tinygrad_edu.float32)
    """
    if a is b:
        return a
    found = _promoted.get((a, b))
    if found is None:
        a, b = (_asked("promote_types", n, i, d) for n, i, d in (("type1", 1, a), ("type2", 2, b)))
        found = _promoted[(a, b)] = _promote(a, b)
    return found


def _promote(a: dtype, b: dtype) -> dtype:
    if a in float8s or b in float8s:
        raise RuntimeError(f"Promotion for Float8 Types is not supported, attempted to promote {a.short} and {b.short}")
    plain = not any(d.is_complex or d.is_floating_point for d in (a, b))
    if plain and any(d in (uint16, uint32, uint64) for d in (a, b)):
        raise RuntimeError(
            f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote {a.short} and {b.short}"
        )
    if a is bool_ or b is bool_:
        return b if a is bool_ else a
    if a.is_complex or b.is_complex:
        if {a, b} == {complex32, float16}:
            return complex32
        wide = float64 in (a.to_real(), b.to_real())
        return complex128 if wide else complex64
    if a.is_floating_point and b.is_floating_point:
        if a.itemsize == b.itemsize:  # float16 with bfloat16: neither holds the other
            return float32
        return a if a.itemsize > b.itemsize else b
    if a.is_floating_point or b.is_floating_point:
        return a if a.is_floating_point else b
    if a.is_signed == b.is_signed:
        return a if a.itemsize > b.itemsize else b
    signed = a if a.is_signed else b
    return int16 if signed is int8 else signed


def combine(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """Promote across priorities: tensors with dimensions over 0-d tensors over Python numbers.

    A lower priority matters only when it is of a higher kind (a float among integers).
    """
    if higher is None or lower is None:
        return higher or lower
    if higher.is_complex:
        return higher
    if higher.is_floating_point:
        return complex_of(higher) if lower.is_complex else higher
    if higher is bool_ or lower.is_floating_point or lower.is_complex:
        return promote_types(higher, lower)
    return higher


def kind_order(d: dtype) -> int:
    """0 bool, 1 integer, 2 floating point, 3 complex."""
    return 3 if d.is_complex else 2 if d.is_floating_point else 0 if d is bool_ else 1


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether an in-place result of one dtype may be stored in another (never downwards in kind).

    >>> can_cast(float64, float32), can_cast(float32, int64)
    (True, False)
    """
    return kind_order(_asked("can_cast", "from_", 1, from_)) <= kind_order(_asked("can_cast", "to", 2, to))


def largest(d: dtype) -> float:
    """The largest finite number of a floating-point dtype.

    >>> largest(float16)
    65504.0
    """
    return float(ml_dtypes.finfo(d.np).max)
