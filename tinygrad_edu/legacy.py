"""torch's old constructors and type objects: ``Tensor(2, 3)``, ``FloatTensor([1, 2])``, ``isinstance(x, FloatTensor)``."""

from __future__ import annotations

import warnings
from typing import Any

from . import devices, dtypes
from .autograd.variable import Variable, wrap
from .backend import cuda_available
from .layouts import strided
from .ops._signature import Signature, call_error, type_name
from .ops.creation import as_tensor, empty
from .ops.registry import public
from .size import Size
from .storage import STORAGES, TypedStorage, UntypedStorage

_FORMS = (
    "*, torch.device device = None", "torch.Storage storage", "Tensor other",
    "tuple of ints size, *, torch.device device = None", "object data, *, torch.device device = None",
)  # fmt: skip


def _signatures() -> list[Signature]:
    return [Signature("new", form) for form in _FORMS]


def _is_size(value: Any) -> bool:
    """Whether it is a whole number, of Python's or NumPy's."""
    if isinstance(value, (bool, Variable)) or not hasattr(value, "__index__"):
        return False
    return isinstance(value, int) or (not getattr(value, "shape", ()) and _kind(value) in "iu")


def _kind(value: Any) -> str:
    return str(value.dtype.kind) if hasattr(value, "dtype") else "i"


def construct(cls: type | None, *args: Any, of: dtypes.dtype | None = None, device: Any = None, **named: Any) -> Any:
    """What ``Tensor(…)`` makes: of sizes where all arguments are ints, else of the data; either may be named."""
    if named:
        error = call_error("new", _signatures(), args, named)
        if error is not None:
            raise error
        args = (Size(named["size"]),) if "size" in named else tuple(named.values())
    if of is None:
        _check_place(device, "cpu")
    dtype = of or dtypes.get_default_dtype()
    first = args[0] if args else None
    if not args:
        made = empty(0, dtype=dtype, device=device)
    elif len(args) == 1 and isinstance(first, Variable):
        if of is not None and first._data.dtype != of.np:
            raise TypeError(f"expected {_options(of)} (got {_options(first.dtype)})")  # type: ignore[attr-defined]
        made = wrap(first._data)
        made._counter = first._counter
    elif isinstance(first, (TypedStorage, UntypedStorage)):
        if isinstance(first, TypedStorage) and first.dtype is not dtype:
            raise RuntimeError(
                f"Expected a Storage of type {dtype.short} or an UntypedStorage, but got type {first.dtype.short} for argument 1 "
                "'storage'"
            )
        made = wrap(first.untyped().as_array(dtype.np))
    elif type(first).__name__ == "Size" and len(args) == 1:
        made = empty(first, dtype=dtype, device=device)
    elif _is_size(first):
        for i, n in enumerate(args):
            if not hasattr(n, "__index__"):
                raise TypeError(
                    f"new(): argument 'size' failed to unpack the object at pos {i + 1} with error \"type must be tuple of "
                    f'ints,but got {type(n).__name__}"'
                )
        made = empty(*args, dtype=dtype, device=device)
    elif len(args) == 1:
        if isinstance(first, (str, bytes)):
            raise TypeError(f"new(): invalid data type '{type(first).__name__}'")
        if not hasattr(first, "__len__") or not hasattr(first, "__getitem__") or isinstance(first, dict):
            raise TypeError(f"new(): data must be a sequence (got {type_name(first)})")
        made = as_tensor(first, dtype, device)
    else:
        raise call_error("new", _signatures(), args, {}) or TypeError("new() takes sizes or data")
    if cls is not None and cls is not type(made):
        plain, made = made, object.__new__(cls)
        made._data, made._counter = plain._data, plain._counter
    return made


def _check_place(device: Any, expected: str) -> None:
    """RuntimeError for another kind of device than that of the class whose old constructor is called."""
    given = expected if device is None else devices.device(device).type
    if given != expected:
        raise RuntimeError(f"legacy constructor expects device type: {expected} but device type: {given} was passed")


@public("method")
def new(input: Any, *args: Any, device: Any = None, **named: Any) -> Any:
    """torch's old constructor with the dtype of this tensor: of sizes, or of data."""
    _check_place(device, input.device.type)
    return construct(type(input), *args, of=input.dtype, device=device, **named)


def _options(d: dtypes.dtype) -> str:
    from .ops._check import c_name

    return (
        f"TensorOptions(dtype={c_name(d)}, device=cpu, layout=Strided, requires_grad=false (default), pinned_memory=false "
        "(default), memory_format=(nullopt))"
    )


class tensortype(type):
    """The type of `FloatTensor` and its kin: what they make and recognise are plain tensors of one dtype and device."""

    dtype: dtypes.dtype
    is_cuda: bool

    layout = strided
    is_sparse = is_xpu = False

    def __new__(cls, name: str, dtype: Any, is_cuda: Any = False) -> Any:
        if isinstance(dtype, tuple):  # a class statement gives bases here
            raise TypeError(f"type '{dtype[0].__module__}.{dtype[0].__name__}' is not an acceptable base type")
        return super().__new__(cls, name, (), {"__doc__": f"Makes, and recognises, tensors of {dtype.name}."})

    def __init__(cls, name: str, dtype: dtypes.dtype, is_cuda: bool = False) -> None:
        cls.dtype, cls.is_cuda = dtype, is_cuda

    @property
    def __module__(cls) -> str:  # type: ignore[override]
        return f"{dtypes.module_name}.cuda" if cls.is_cuda else dtypes.module_name

    def __call__(cls, *args: Any, device: Any = None, **named: Any) -> Any:
        if cls.is_cuda and device is None:
            if not cuda_available():
                raise TypeError(f"type torch.cuda.{cls.__name__} not available. Torch not compiled with CUDA enabled.")
            device = "cuda"
        _check_place(device, "cuda" if cls.is_cuda else "cpu")
        return construct(None, *args, of=cls.dtype, device=device, **named)

    def __instancecheck__(cls, value: Any) -> bool:
        return (
            isinstance(value, Variable)
            and not hasattr(value, "_raw")
            and value._data.dtype == cls.dtype.np
            and (devices.of(value._data).type == "cuda") == cls.is_cuda
        )

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"


NAMED = {
    "FloatTensor": dtypes.float32, "DoubleTensor": dtypes.float64, "HalfTensor": dtypes.float16,
    "BFloat16Tensor": dtypes.bfloat16, "ByteTensor": dtypes.uint8, "CharTensor": dtypes.int8, "ShortTensor": dtypes.int16,
    "IntTensor": dtypes.int32, "LongTensor": dtypes.int64, "BoolTensor": dtypes.bool_,
}  # fmt: skip
types: dict[str, Any] = {name: tensortype(name, dtype) for name, dtype in NAMED.items()}
cuda_types: dict[str, Any] = {name: tensortype(name, dtype, True) for name, dtype in NAMED.items()}


class storagetype(type):
    """The type of `FloatStorage` and its kin: what they make and recognise are typed storages of one dtype and device."""

    dtype: dtypes.dtype
    is_cuda: bool

    def __new__(cls, name: str, dtype: dtypes.dtype, is_cuda: bool = False) -> Any:
        return super().__new__(
            cls, name, (TypedStorage,), {"__doc__": f"Makes, and recognises, storages of {dtype.name}."}
        )

    def __init__(cls, name: str, dtype: dtypes.dtype, is_cuda: bool = False) -> None:
        cls.dtype, cls.is_cuda = dtype, is_cuda

    @property
    def __module__(cls) -> str:  # type: ignore[override]
        return f"{dtypes.module_name}.cuda" if cls.is_cuda else dtypes.module_name

    def __call__(cls, *args: Any, **options: Any) -> Any:
        wrong = next((name for name in options if name != "wrap_storage"), None)
        if len(args) > 1 or wrong:
            raise RuntimeError(
                f"{cls!r}.__new__ received an invalid combination of arguments. Expected one of:\n * no arguments\n * (int size)\n"
                " * (Sequence data)\n * (*, UntypedStorage wrap_storage)\n"
                + (f"Keyword argument '{wrong}' cannot be specified" if wrong else "Too many positional arguments")
            )
        storage = options.get("wrap_storage")
        if storage is not None and not isinstance(storage, UntypedStorage):
            raise TypeError(
                f"{cls!r}.__new__ received an invalid combination of arguments. Expected one of:\n * no arguments\n * (int size)\n"
                " * (Sequence data)\n * (*, UntypedStorage wrap_storage)\nArgument 'wrap_storage' must be UntypedStorage, but got "
                f"{type(storage)}"
            )
        return TypedStorage(*args, dtype=cls.dtype, device="cuda" if cls.is_cuda else None, **options)

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, TypedStorage) and value.dtype is cls.dtype and value.is_cuda == cls.is_cuda

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"


storages: dict[str, Any] = {name: storagetype(name, dtype) for name, dtype in STORAGES.items()}
storages["Storage"] = storages["FloatStorage"]
cuda_storages: dict[str, Any] = {name: storagetype(name, dtype, True) for name, dtype in STORAGES.items()}


@public("method")
def storage_type(input: Any) -> Any:
    """The type of its storage: ``FloatStorage`` for float32."""
    kinds = cuda_storages if devices.of(input._data).type == "cuda" else storages
    return next(kind for kind in kinds.values() if kind.dtype is input.dtype)


def set_default_tensor_type(t: Any) -> None:
    """Make the dtype (and device) of a type such as ``DoubleTensor``, or its name, the default."""
    if isinstance(t, str):
        room, _, name = t.rpartition(".")
        found = (cuda_types if room.endswith("cuda") else types).get(name)
        if found is None:
            if not room:
                raise ModuleNotFoundError(f"No module named '{t}'")
            raise TypeError(f"invalid type object: no tensor type is named {t!r}")
        t = found
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives.",
        UserWarning,
        stacklevel=2,
    )
    if not isinstance(t, tensortype) or not t.dtype.is_floating_point:
        kind = "" if isinstance(t, tensortype) else "invalid type object: "
        raise TypeError(f"{kind}only floating-point types are supported as the default type")
    if t.is_cuda and not cuda_available():
        raise TypeError(f"type torch.cuda.{t.__name__} not available. Torch not compiled with CUDA enabled.")
    dtypes.set_default_dtype(t.dtype)
    devices.set_default_device("cuda" if t.is_cuda else None)
