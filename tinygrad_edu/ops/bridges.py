"""Between tensors and the rest of Python: element by element (``apply_``, ``map_``), DLPack, and what other layouts ask."""

from __future__ import annotations

import operator
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from ..autograd.inplace import check_writable
from ..autograd.variable import Variable, needs_grad
from ..autograd.variable import wrap as wrap_array
from ..backend import kernels_for, kernels_of
from .creation import fill_value_for
from .registry import functions, public


@public("function")
def detach(input: Any) -> Any:
    """The same numbers, in the same memory, outside the graph."""
    return input.detach()


functions["detach_"] = lambda input: input.detach_()


@public("method")
def is_nonzero(input: Any) -> bool:
    """Whether the only element is not zero."""
    return bool(input)


@public("function method")
def is_conj(input: Any) -> bool:
    """False: conjugates are computed at once here."""
    return input._data is None


@public("function method")
def is_neg(input: Any) -> bool:
    """False: negatives are computed at once here."""
    return input._data is None


@public("method")
def to_dense(input: Any, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
    """The tensor itself: all tensors are dense here."""
    return input if dtype is None else input.to(dtype)


# ------------------------------------------------------------------------------------ element by element
def _on_cpu(name: str, *tensors: Any) -> None:
    for t in tensors:
        if needs_grad(t):
            raise RuntimeError(
                f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead."
            )
        if t.is_cuda:
            raise TypeError(f"{name} is only implemented on CPU tensors")


def _real_number(value: Any) -> float:
    if isinstance(value, (str, bytes, complex)) or not hasattr(value, "__float__"):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(value)


def _whole_number(value: Any) -> int:
    return int(value) if isinstance(value, float) else operator.index(value)


@public("method")
def apply_(input: Any, callable: Callable[[Any], Any]) -> Any:
    """Replace every element by ``callable(element)``. Slow: for trying things out.

    >>> import tinygrad_edu as tg
    >>> tg.tensor([1., 2.]).apply_(lambda v: v * 10)
    tensor([10., 20.])
    """
    _on_cpu("apply_", input)
    return _stored(input, [callable(v) for v in input._data.ravel().tolist()])


@public("method")
def map_(input: Any, tensor: Any, callable: Callable[[Any, Any], Any]) -> Any:
    """Replace every element ``a`` by ``callable(a, b)``, ``b`` the element of another tensor."""
    _on_cpu("map_", input, tensor)
    if tensor._data.dtype != input._data.dtype:
        raise TypeError(f"map_: expected {input.type()} for 'other' (got {tensor.type()})")
    pairs = zip(*(t._data.ravel().tolist() for t in (input, tensor.expand(input.shape))))
    return _stored(input, [callable(a, b) for a, b in pairs])


@public("method")
def map2_(input: Any, x: Any, y: Any, callable: Callable[[Any, Any, Any], Any]) -> Any:
    """Each element replaced by a Python function of it and of the elements of two other tensors."""
    _on_cpu("map2_", input, x, y)
    for name, t in (("x", x), ("y", y)):
        if t._data.dtype != input._data.dtype:
            raise TypeError(f"map2_: expected {input.type()} for argument '{name}' (got {t.type()})")
    triples = zip(*(t._data.ravel().tolist() for t in (input, x.expand(input.shape), y.expand(input.shape))))
    return _stored(input, [callable(*three) for three in triples])


_PYTHON_KIND: dict[str, Callable[[Any], Any]] = {
    "i": _whole_number,
    "u": _whole_number,
    "f": _real_number,
    "V": _real_number,
    "c": complex,
    "b": bool,
}


def _stored(input: Any, numbers: list[Any]) -> Any:
    """The tensor with new elements, Python numbers; TypeError for what its dtype cannot hold."""
    x = input._data
    exact = [_PYTHON_KIND[x.dtype.kind](n) for n in numbers]
    x[...] = kernels_of(x).xp.asarray(exact, dtype=x.dtype).reshape(x.shape)
    input._counter[0] += 1
    return input


@public("method")
def fill_diagonal_(input: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Fill the main diagonal (``wrap``: of a tall matrix again and again) with a number.

    >>> import tinygrad_edu as tg
    >>> tg.zeros(2, 2).fill_diagonal_(3)
    tensor([[3., 0.],
            [0., 3.]])
    """
    x = input._data
    if x.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if x.ndim > 2 and len(set(x.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    check_writable(input)
    value = fill_value_for(fill_value, input.dtype)
    steps = sum(s // x.itemsize for s in x.strides)
    n = min(x.shape)
    if wrap and x.ndim == 2 and x.shape[0] > x.shape[1] + 1:
        n = -(-x.shape[0] * x.shape[1] // (x.shape[1] + 1))
        rows = kernels_of(x).xp.arange(n) * (x.shape[1] + 1)
        index = wrap_array(rows)
        input.view(-1).index_fill_(0, index, value)
        return input
    input.as_strided((n,), (steps,), input.storage_offset()).fill_(value)
    return input


# ------------------------------------------------------------------------------------ DLPack
class DLDeviceType(IntEnum):
    """DLPack's kinds of devices."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17


@public("method")
def __dlpack__(
    input: Any, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: Any = None
) -> Any:
    """A capsule through which other libraries see the same memory."""
    if needs_grad(input):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    return input._data.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)


@public("method")
def __dlpack_device__(input: Any) -> tuple[DLDeviceType, int]:
    """DLPack's numbers for the device."""
    kind, index = input._data.__dlpack_device__()
    return DLDeviceType(int(kind)), int(index)


@public("function")
def to_dlpack(tensor: Any) -> Any:
    """A capsule for libraries that want one; it can be read once (new ones take the tensor itself: `from_dlpack`)."""
    if not isinstance(tensor, Variable):
        raise TypeError(f"_to_dlpack(): argument 'data' (position 1) must be Tensor, not {type(tensor).__name__}")
    return tensor._data.__dlpack__(max_version=(1, 0))


class _Capsule:
    """What a capsule lacks for NumPy: methods that give it, and its device."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **wishes: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return DLDeviceType.kDLCPU, 0


@public("function")
def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Any:
    """A tensor over the memory of another library's array (NumPy, CuPy, torch, JAX …), or of a capsule of `to_dlpack`.

    >>> import numpy, tinygrad_edu as tg
    >>> tg.from_dlpack(numpy.arange(3.))
    tensor([0., 1., 2.], dtype=tinygrad_edu.float64)
    """
    if hasattr(ext_tensor, "__dlpack__"):
        made = _read(ext_tensor)
    elif device is not None or copy is not None:
        raise AssertionError("device and copy kwargs not supported when ext_tensor is already a DLPack capsule.")
    elif type(ext_tensor).__name__ != "PyCapsule" or '"dltensor' not in repr(ext_tensor):
        raise RuntimeError(
            "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already "
            "constructed a tensor from it once."
        )
    else:
        made = _read(_Capsule(ext_tensor))
    made = made if device is None else made.to(device)
    return made.clone() if copy else made


def _read(source: Any) -> Any:
    if isinstance(source, Variable):  # ours: also the types that NumPy does not know
        if needs_grad(source):
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return wrap_array(source._data)
    kind, _ = source.__dlpack_device__()
    return wrap_array(kernels_for("cuda" if int(kind) == 2 else "cpu").xp.from_dlpack(source))
