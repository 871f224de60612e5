"""Where a tensor's numbers live: ``device("cpu")``, ``device("cuda:0")``."""

from __future__ import annotations

from typing import Any

from . import backend
from .dtypes import PublicName, formatted, no_attribute

_KNOWN = ("cpu", "cuda", "meta", "mps", "xpu")


_MISSING: Any = object()


class device(metaclass=PublicName):
    """A place for tensors: a type ("cpu" or "cuda") and, for GPUs, an index.

    >>> device("cuda:1").index, device("cpu") == device("cpu")
    (1, True)
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None
    __getattr__ = no_attribute

    def __init__(self, type: Any = _MISSING, index: int | None = None) -> None:
        if not isinstance(type, (str, int, device)):
            given = "" if type is _MISSING else type.__class__.__name__
            why = f"      didn't match because some of the arguments have invalid types: (!{given}!)\n" if given else ""
            raise TypeError(
                f"device() received an invalid combination of arguments - got ({given}), but expected one of:\n"
                f" * (torch.device device)\n{why} * (str type, int index = -1)\n"
            )
        if index is not None and not isinstance(index, int):
            raise TypeError(f"device(): argument 'index' (position 2) must be int, not {index.__class__.__name__}")
        if type == "":
            raise RuntimeError("Device string must not be empty")
        if index is not None and index < 0:
            raise RuntimeError("Device index must not be negative")
        if isinstance(type, device):
            type, index = type.type, type.index
        elif isinstance(type, int):
            if type < 0:
                raise RuntimeError("Device index must not be negative")
            if not backend.cuda_available():
                raise RuntimeError("Cannot access accelerator device when none is available.")
            type, index = "cuda", type
        elif ":" in type:
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {type}"
                )
            type, _, number = type.partition(":")
            if not number.isdigit() or (number[0] == "0" and len(number) > 1):
                raise RuntimeError(f"Invalid device string: '{type}:{number}'")
            index = int(number)
        if not type.replace("_", "").isalpha():
            raise RuntimeError(f"Invalid device string: '{type}'")
        if type not in _KNOWN:
            raise RuntimeError(
                "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, "
                f"vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: {type}"
            )
        self.type, self.index = type, index

    __format__ = formatted

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + ("" if self.index is None else f", index={self.index}") + ")"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple[Any, ...]:
        return device, ((self.type,) if self.index is None else (self.type, self.index))

    def __enter__(self) -> device:
        _stack.append(self)
        return self

    def __exit__(self, *exc: object) -> None:
        _stack.pop()


cpu = device("cpu")
_stack: list[device] = [cpu]


def current() -> device:
    """The device that creation functions use when none is named."""
    return _stack[-1]


def set_default_device(d: str | int | device | None) -> None:
    """Create tensors on ``d`` from now on (None: on the CPU)."""
    _stack[0] = cpu if d is None else device(d)


def get_default_device() -> device:
    return current()


def of(array: Any) -> device:
    """The device of a raw array."""
    kernels = backend.kernels_of(array)
    if kernels.device_type == "cpu":
        return cpu
    return device(kernels.device_type, kernels.device_index(array))


def resolve(d: str | int | device | None) -> device:
    """What a ``device=`` argument means; RuntimeError where that device is not at hand."""
    d = current() if d is None else d if isinstance(d, device) else device(d)
    if d.type != "cpu":
        kernels = backend.kernels_for(d.type)  # raises torch's words when there is no such device
        if d.index is None:
            d = device(d.type, kernels.current_device())
    return d
