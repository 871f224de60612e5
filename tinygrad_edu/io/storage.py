"""Storages – the memory behind tensors – and how a file's pickle puts tensors together from them."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy

from .. import backend, dtypes, layouts, sparse
from ..autograd.variable import Variable, wrap
from ..devices import device
from ..storage import TypedStorage, UntypedStorage
from .errors import PlaceError

Location: TypeAlias = str
MapLocation: TypeAlias = (
    "Callable[[Storage, Location], Storage | None] | device | str | bytes | dict[Location, Location | device] | None"
)

# The storage class under which torch's files keep each dtype; the newer unsigned ones have none and name their dtype
# apart.
STORAGE_NAMES = {
    d: f"{d.short}Storage" for d in dtypes.all_dtypes if d not in (dtypes.uint16, dtypes.uint32, dtypes.uint64)
}


@dataclass(frozen=True)
class StorageType:
    """What a name like ``torch.FloatStorage`` in a file stands for."""

    name: str
    dtype: dtypes.dtype


STORAGE_TYPES = {name: StorageType(name, d) for d, name in STORAGE_NAMES.items()}
UNTYPED = StorageType("UntypedStorage", dtypes.uint8)


@dataclass
class Storage:
    """A block of memory read from a file: bytes, the dtype that the file gives it, and the device it goes to.

    This is what a ``map_location`` function receives and returns; ``storage.cuda(1)`` and ``storage.cpu()`` say where
    to.
    """

    data: numpy.ndarray  # uint8
    dtype: dtypes.dtype
    device: device = field(default_factory=lambda: device("cpu"))
    filled: bool = True  # the old file formats tell the numbers after the tensors
    _placed: Any = None

    def nbytes(self) -> int:
        return int(self.data.nbytes)

    def cpu(self) -> Storage:
        return Storage(self.data, self.dtype)

    def cuda(self, index: int = 0) -> Storage:
        return Storage(self.data, self.dtype, device("cuda", index))

    def on_device(self) -> Any:
        """The bytes as a raw array on the device, copied there once."""
        if self._placed is None:
            if self.device.type == "cpu":
                self._placed = self.data
            else:
                self._placed = backend.kernels_for(str(self.device.type)).from_host(self.data, self.device.index)
        return self._placed


def _holds_storage(value: Any) -> bool:
    """Whether a storage stands by itself in a nest of containers."""
    todo, seen = [value], set()
    while todo:
        each = todo.pop()
        if isinstance(each, Storage):
            return True
        if isinstance(each, (list, tuple, dict)) and id(each) not in seen:
            seen.add(id(each))
            todo.extend(each.values() if isinstance(each, dict) else each)
    return False


def handed_over(value: Any, seen: set[int] | None = None) -> Any:
    """``value`` with the storages in it as the program knows them: `TypedStorage`s."""
    seen = set() if seen is None else seen
    if isinstance(value, Storage):
        made = TypedStorage.__new__(TypedStorage)
        made.dtype, made._untyped_storage = value.dtype, UntypedStorage.of(value.on_device())
        return made
    if type(value) is tuple:
        parts = [handed_over(each, seen) for each in value]
        return value if all(a is b for a, b in zip(parts, value)) else tuple(parts)
    if id(value) in seen or not isinstance(value, (list, dict)):
        return value
    seen.add(id(value))
    for key in range(len(value)) if isinstance(value, list) else list(value):
        each = value[key]
        if isinstance(each, (Storage, tuple, list, dict)):
            value[key] = handed_over(each, seen)
    return value


def restore(storage: Storage, location: str, map_location: MapLocation) -> Storage:
    """Put a storage where `map_location` says, or where it was when saved.

    Raises `PlaceError`, a RuntimeError in torch's words, for a GPU that is not there.
    """
    if callable(map_location):
        mapped = map_location(storage, location)
        if mapped is not None:
            return mapped
        target: Any = location
    elif isinstance(map_location, dict):
        target = map_location.get(location, location)
    else:
        target = location if map_location is None else map_location
    target = target.decode("ascii") if isinstance(target, bytes) else str(target)
    if target == "cpu":
        return storage
    if target.partition(":")[0] == "meta":
        return Storage(storage.data, storage.dtype, device("meta"))
    if target.partition(":")[0] != "cuda":
        raise PlaceError(
            f"don't know how to restore data location of {storage.dtype.short}Storage (tagged with {target}); "
            "expected cpu "
            "or cuda: say where to with map_location, for example map_location='cpu'"
        )
    if not backend.cuda_available():
        raise PlaceError(
            "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are "
            "running on "
            "a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to "
            "the CPU."
        )
    index, count = device(target).index or 0, backend.kernels_for("cuda").device_count()
    if index >= count:
        raise PlaceError(
            f"Attempting to deserialize object on CUDA device {index} but torch.cuda.device_count() is {count}. "
            "Please use "
            "torch.load with map_location to map your storages to an existing device."
        )
    return storage.cuda(index)


def default_restore_location(storage: Storage, location: str) -> Storage:
    """Put a storage on the device that ``location`` names: for the function given as ``map_location``."""
    return restore(storage, location, None)


def location_tag(storage: Any) -> str:
    """The name under which files say where a storage lies: "cpu", "cuda:0"."""
    return str(storage.device)


def swap_bytes(data: numpy.ndarray, d: dtypes.dtype) -> None:
    """Turn numbers of the other byte order round, in place. `data` is uint8."""
    width = d.itemsize // 2 if d.is_complex else d.itemsize
    if width > 1:
        data[...] = data.reshape(-1, width)[:, ::-1].reshape(-1)


OTHER_ORDER = "big" if sys.byteorder == "little" else "little"


# ------------------------------------------------------------------------- what the pickles in the files call
def rebuild_tensor(storage: Any, offset: Any, size: Any, stride: Any, d: dtypes.dtype | None = None) -> Any:
    """A tensor that looks into ``storage``: element ``offset + Σ index·stride`` of it, shape ``size``.

    Nothing outside the storage can be reached, whatever the file says (ValueError).
    """
    if not isinstance(storage, Storage):
        raise ValueError(f"a tensor needs a storage, got {type(storage).__name__}")
    d = storage.dtype if d is None else d
    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or not all(type(n) is int and n >= 0 for n in numbers):
        raise ValueError(f"offset {offset}, size {tuple(size)} and stride {tuple(stride)} are no tensor's")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    elements = storage.nbytes() // d.itemsize
    if 0 not in size and last >= elements:
        raise ValueError(
            f"a tensor of size {tuple(size)}, stride {tuple(stride)} and offset {offset} reaches beyond its storage of "
            f"{elements} elements"
        )
    raw = storage.on_device()
    flat = raw[: elements * d.itemsize].view(d.np)
    strides = tuple(step * d.itemsize for step in stride)
    return wrap(backend.kernels_of(raw).strided(flat, tuple(size), strides, 0 if 0 in size else offset * d.itemsize))


def rebuild_tensor_v2(
    storage: Any, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any, metadata: Any = None
) -> Any:
    """As `rebuild_tensor`, with the flags that newer files keep."""
    if metadata and not storage.filled:
        raise ValueError("a conjugated tensor, which cannot be in a file of torch's old format")
    return _flagged(rebuild_tensor(storage, offset, size, stride), requires_grad, metadata)


def rebuild_tensor_v3(
    storage: Any, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any, d: Any, metadata: Any = None
) -> Any:
    """For dtypes without a storage class: the storage holds bytes and the dtype stands apart."""
    if not isinstance(d, dtypes.dtype):
        raise ValueError(f"expected a dtype, got {d!r}")
    return _flagged(rebuild_tensor(storage, offset, size, stride, d), requires_grad, metadata)


def _flagged(t: Any, requires_grad: Any, metadata: Any) -> Any:
    if metadata:
        xp = backend.kernels_of(t._data).xp
        if metadata.get("conj"):
            t = wrap(xp.conj(t._data))
        if metadata.get("neg"):
            t = wrap(xp.negative(t._data))
    if requires_grad:
        t.requires_grad_(True)
    return t


def rebuild_meta(d: Any, size: Any, stride: Any, requires_grad: Any) -> Any:
    """A tensor without numbers."""
    if not isinstance(d, dtypes.dtype) or not all(type(n) is int and n >= 0 for n in (*size, *stride)):
        raise ValueError(f"dtype {d!r}, size {tuple(size)} and stride {tuple(stride)} are no tensor's")
    k = backend.kernels_for("meta")
    steps = tuple(n * d.itemsize for n in stride)
    reach = 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    return _flagged(wrap(k.strided(k.xp.empty(max(reach, 0), d.np), tuple(size), steps)), requires_grad, None)


def rebuild_parameter(data: Any, requires_grad: Any, hooks: Any) -> Any:
    """A Parameter around a rebuilt tensor."""
    from ..nn.parameter import Parameter

    return Parameter(data, bool(requires_grad))


def rebuild_parameter_with_state(data: Any, requires_grad: Any, hooks: Any, state: Any) -> Any:
    """A Parameter with attributes of its own."""
    return _with_attributes(rebuild_parameter(data, requires_grad, hooks), state)


def rebuild_from_type(rebuild: Any, kind: Any, args: Any, state: Any) -> Any:
    """A tensor with attributes of its own."""
    if rebuild not in REBUILDERS.values() or rebuild is rebuild_from_type:
        raise ValueError(f"expected a function that builds a tensor, got {rebuild!r}")
    t = rebuild(*args)
    if (
        isinstance(kind, type) and issubclass(kind, type(t)) and kind is not type(t)
    ):  # the file's owner let this class in
        t = t.as_subclass(kind)
    return _with_attributes(t, state)


def _with_attributes(t: Any, state: Any) -> Any:
    marks = ("_is_buffer", "_is_param")
    for name, value in (state or {}).items():
        if name in marks or (name.isidentifier() and not name.startswith("_") and not hasattr(type(t), name)):
            setattr(t, name, value)
        else:
            raise ValueError(f"a tensor cannot have an attribute {name!r} from a file")
    return t


def rebuild_device(*args: Any) -> device:
    return device(*args)


def rebuild_size(items: Any = ()) -> Any:
    from .names import ours

    return ours("torch", "Size")(items)


def known_layout(name: Any) -> layouts.layout:
    """One of torch's layouts by its name in a file."""
    known = ("strided", "sparse_coo", "sparse_csr", "sparse_csc")
    if not isinstance(name, str) or name.removeprefix("torch.") not in known:
        raise ValueError(f"expected one of the layouts {', '.join(known)}, got {name!r}")
    return getattr(layouts, name.removeprefix("torch."))  # type: ignore[no-any-return]


def rebuild_sparse(layout: Any, data: Any) -> Any:
    """A sparse tensor of its parts: ValueError where they do not fit together. `checked` looks through the indices."""
    coo = layout is layouts.sparse_coo
    if (
        not isinstance(layout, layouts.layout)
        or not isinstance(data, tuple)
        or len(data) not in ((3, 4) if coo else (4,))
    ):
        raise ValueError(f"{layout!r} and {len(data)} parts are no sparse tensor's")
    arrays = 2 if coo else 3
    if not all(isinstance(part, Variable) and not hasattr(part, "_raw") for part in data[:arrays]):
        raise ValueError("a sparse tensor needs dense tensors of indices and values")
    if any(part._data.dtype.kind != "i" for part in data[: arrays - 1]):
        raise ValueError("a sparse tensor's indices are integers")
    size = tuple(int(n) for n in data[arrays])
    if coo:
        flag = {"is_coalesced": data[3]} if len(data) == 4 else {}
        made = sparse.FUNCTIONS["sparse_coo_tensor"](*data[:2], size, check_invariants=False, **flag)
    else:
        made = sparse.FUNCTIONS[f"{layout.name}_tensor"](*data[:3], size, check_invariants=False)
    _unchecked.sparse = [*_unchecked.sparse, made]
    return made


class _Unchecked(threading.local):
    """The sparse tensors read so far: the old formats tell their indices only at the end of the file."""

    sparse: list[Any] = []


_unchecked = _Unchecked()


def checked(result: Any) -> Any:
    """``result``, once the indices of all sparse tensors that were read are looked through: RuntimeError where one lies outside."""
    made, _unchecked.sparse = _unchecked.sparse, []
    for t in made:
        sparse.check(t)
    return handed_over(result) if _holds_storage(result) else result


def bytes_from_text(text: str, encoding: str = "latin1") -> bytes:
    """How protocol 2 writes bytes."""
    if encoding != "latin1":
        raise ValueError(f"expected bytes as latin1 text, got {encoding!r}")
    return text.encode("latin1")


def bytearray_from(data: Any = b"", encoding: str = "latin1") -> bytearray:
    """How protocol 2 writes a bytearray (not `bytearray(10**12)`)."""
    return bytearray(bytes_from_text(data, encoding) if isinstance(data, str) else bytes(memoryview(data)))


# torch's name → what builds it here
REBUILDERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("torch._utils", "_rebuild_tensor"): rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor_v2,
    ("torch._utils", "_rebuild_tensor_v3"): rebuild_tensor_v3,
    ("torch._utils", "_rebuild_meta_tensor_no_storage"): rebuild_meta,
    ("torch._utils", "_rebuild_sparse_tensor"): rebuild_sparse,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): rebuild_parameter_with_state,
    ("torch._tensor", "_rebuild_from_type_v2"): rebuild_from_type,
}
BUILDERS: dict[tuple[str, str], Callable[..., Any]] = REBUILDERS | {
    ("torch", "Size"): rebuild_size,
    ("torch", "device"): rebuild_device,
    ("torch.serialization", "_get_layout"): known_layout,
    ("collections", "OrderedDict"): OrderedDict,
    ("_codecs", "encode"): bytes_from_text,
    ("builtins", "bytearray"): bytearray_from,
    ("builtins", "set"): set,
    ("builtins", "frozenset"): frozenset,
    ("builtins", "complex"): complex,
}


def constant(module: str, name: str) -> Any:
    """The dtype, storage type or tensor class of torch's name; None for any other name."""
    if module in ("torch", "torch.cuda", "torch.storage") and name.endswith("Storage"):
        return UNTYPED if name == "UntypedStorage" else STORAGE_TYPES.get(name)
    if module in ("torch", "torch.cuda") and name.removesuffix("Tensor") in ("", *(d.short for d in dtypes.all_dtypes)):
        return Variable  # only named, never called: whatever a tensor was, it becomes ours
    if (module, name) in (("torch.nn.parameter", "Parameter"), ("torch.nn.parameter", "Buffer")):
        return Variable
    if module == "torch":
        return next((d for d in dtypes.all_dtypes if d.name == name), None)
    return None
