"""What things are: `is_tensor`, `finfo`, `iinfo`, `typename`, `result_type` and their kin."""

from __future__ import annotations

from typing import Any

from . import dtypes
from .autograd.variable import Variable, wrap
from .ops._define import result_type as _result_type
from .ops._signature import checked, is_number, type_name
from .overrides import overridable


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a tensor."""
    return isinstance(obj, Variable)


def _tensor(function: str, value: Any) -> Any:
    if not isinstance(value, Variable):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type_name(value)}")
    return value


@overridable
def is_floating_point(input: Any) -> bool:
    """Whether the tensor holds float16, bfloat16, float32 or float64 numbers."""
    return bool(_tensor("is_floating_point", input).dtype.is_floating_point)


@overridable
def is_complex(input: Any) -> bool:
    """Whether the tensor holds complex numbers."""
    return bool(_tensor("is_complex", input).dtype.is_complex)


@overridable
def is_signed(input: Any) -> bool:
    """Whether the tensor's dtype has negative numbers."""
    return bool(_tensor("is_signed", input).dtype.is_signed)


@overridable
def is_inference(input: Any) -> bool:
    """Whether the tensor was made in `inference_mode`."""
    return bool(_tensor("is_inference", input)._inference)


@overridable
def is_nonzero(input: Any) -> bool:
    """Whether the only element of the tensor is not zero."""
    if _tensor("is_nonzero", input).numel() != 1:
        what = "no values" if input.numel() == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous")
    return bool(input.item())


@overridable
def numel(input: Any) -> int:
    """How many elements the tensor has."""
    return int(_tensor("numel", input).numel())


def typename(obj: Any) -> str:
    """The full name of an object's type; for a tensor its legacy name.

    >>> import tinygrad_edu as tg
    >>> tg.typename(tg.ones(2)), tg.typename(3.5)
    ('tinygrad_edu.FloatTensor', 'float')
    """
    if isinstance(obj, Variable):
        return str(obj.type())  # type: ignore[attr-defined]
    kind = obj if isinstance(obj, type) else type(obj)
    if type(kind) is dtypes.PublicName and kind.__module__.partition(".")[0] == __package__:
        return f"{dtypes.module_name}.{kind.__qualname__}"
    module = getattr(obj, "__module__", "") or ""
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    if name is None:
        module, name = type(obj).__module__, type(obj).__qualname__
    if module in ("", "builtins"):
        return str(name)
    return f"{module}.{name}"


def _of_both(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype that arithmetic between two tensors or numbers would have.

    >>> import tinygrad_edu as tg
    >>> tg.result_type(tg.tensor([1, 2], dtype=tg.int32), 1.0)
    tinygrad_edu.float32
    """
    for each in (tensor1, tensor2):
        if not isinstance(each, Variable) and not is_number(each):
            raise TypeError(f"neither a tensor nor a number: {each!r}")
    return _result_type(*(wrap(t._raw.values) if hasattr(t, "_raw") else t for t in (tensor1, tensor2)))


result_type = checked(_of_both, "result_type", ("Tensor tensor, Tensor other", "Number scalar, Tensor tensor",
                                                "Tensor tensor, Number other", "Number scalar1, Number scalar2"))  # fmt: skip


class _Info(metaclass=dtypes.PublicName):
    __getattr__ = dtypes.no_attribute

    def __init__(self, dtype: dtypes.dtype) -> None:
        self._dtype = dtype
        self.bits = 8 * dtype.itemsize

    @property
    def dtype(self) -> str:
        return self._dtype.name

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._dtype is other._dtype  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        raise TypeError(f"unhashable type: '{dtypes.module_name}.{type(self).__name__}'")


class finfo(_Info):
    """The limits of a floating point type.

    >>> finfo(dtypes.float16).max
    65504.0
    """

    # significand bits (with the hidden one) and exponent bits of each type
    _LAYOUT = {"float16": (11, 5), "bfloat16": (8, 8), "float32": (24, 8), "float64": (53, 11)}
    # eps, tiny, max, min of those that are not built as IEEE says
    _FLOAT8 = {
        "float8_e4m3fn": (2.0**-3, 2.0**-6, 448.0, -448.0),
        "float8_e4m3fnuz": (2.0**-3, 2.0**-7, 240.0, -240.0),
        "float8_e5m2": (2.0**-2, 2.0**-14, 57344.0, -57344.0),
        "float8_e5m2fnuz": (2.0**-3, 2.0**-15, 57344.0, -57344.0),
        "float8_e8m0fnu": (1.0, 2.0**-127, 2.0**127, 2.0**-127),
    }

    def __init__(self, type: dtypes.dtype | None = None) -> None:
        type = dtypes.get_default_dtype() if type is None else dtypes.of_python_type(type)
        if not isinstance(type, dtypes.dtype):
            raise TypeError(
                f"finfo(): argument 'type' (position 1) must be {dtypes.module_name}.dtype, not {_kind(type)}"
            )
        real = type.to_real()
        if not real.is_floating_point:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        super().__init__(real)
        if real.name in self._FLOAT8:
            self.eps, self.tiny, self.max, self.min = self._FLOAT8[real.name]
            self.smallest_normal, self.resolution = self.tiny, 1.0
            return
        digits, exponent = self._LAYOUT[real.name]
        self.eps = 2.0 ** (1 - digits)
        self.tiny = self.smallest_normal = 2.0 ** (2 - 2 ** (exponent - 1))
        self.max = (2.0 - self.eps) * 2.0 ** (2 ** (exponent - 1) - 1)
        self.min = -self.max
        self.resolution = 10.0 ** -int((digits - 1) * 0.30103)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo(_Info):
    """The limits of an integer type.

    >>> iinfo(dtypes.int8)
    iinfo(min=-128, max=127, dtype=int8)
    """

    def __init__(self, type: dtypes.dtype) -> None:
        type = dtypes.of_python_type(type)
        if not isinstance(type, dtypes.dtype):
            raise TypeError(
                f"iinfo(): argument 'type' (position 1) must be {dtypes.module_name}.dtype, not {_kind(type)}"
            )
        if type is dtypes.bool_:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if type.is_floating_point or type.is_complex:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        super().__init__(type)
        bits = self.bits - type.is_signed
        self.max, self.min = 2**bits - 1, -(2**bits) if type.is_signed else 0

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def _kind(value: Any) -> str:
    return type(value).__name__
