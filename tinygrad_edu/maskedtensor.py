"""`MaskedTensor`: a tensor and a mask that says which of its elements count. What is hidden prints as ``--``.

Its operations are those of tensors, in three ways: *element by element* the mask stays (two masks must be equal), *views* are taken of
data and mask alike, *reductions* are those of `masked` and show a result where any element counted. All others are refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

from . import dtypes
from .autograd.function import Function
from .autograd.variable import Variable
from .ops.registry import functions
from .overrides import DisableTorchFunctionSubclass, watch, watching
from .tensor import Tensor

_UNARY = """abs absolute acos arccos acosh arccosh angle asin arcsin asinh arcsinh atan arctan atanh arctanh bitwise_not ceil clamp clip
    conj_physical cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor frac lgamma log log10 log1p log2 logit i0 isnan
    nan_to_num neg negative positive pow rad2deg reciprocal round rsqrt sigmoid sign sgn signbit sin sinc sinh sqrt square tan tanh
    trunc ones_like clone detach contiguous to float double half int long short bool type alias"""
_BINARY = """add atan2 arctan2 bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift div divide floor_divide fmod
    logaddexp logaddexp2 mul multiply nextafter remainder sub subtract true_divide eq ne le ge greater greater_equal gt less_equal lt
    less maximum minimum fmax fmin not_equal"""
_VIEWS = """select transpose swapaxes swapdims split chunk t slice narrow index getitem expand view reshape flatten unflatten cat stack
    unsqueeze unfold mT"""
_REDUCTIONS = ("sum", "mean", "amin", "amax", "argmin", "argmax", "prod", "all", "norm", "var", "std")
_QUERIES = """size dim ndimension stride numel nelement len is_contiguous requires_grad_ backward register_hook retain_grad
    is_floating_point is_complex is_signed element_size hash data_ptr storage_offset is_tensor get_device is_same_size"""
_OPERATORS = {
    "radd": "add", "iadd": "add_", "isub": "sub_", "imul": "mul_", "rmul": "mul", "truediv": "div", "rtruediv": "div", "itruediv": "div_",
    "floordiv": "floor_divide", "mod": "remainder", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "invert": "bitwise_not", "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
}  # fmt: skip
_DTYPES = ("float16", "float32", "float64", "bool", "int8", "int16", "int32", "int64")


class _OwnModule(type(Tensor)):  # type: ignore[misc]
    """A class of tensors that prints with its module, as torch's does, not as ``torch.MaskedTensor``."""


class MaskedTensor(Tensor, metaclass=_OwnModule, inside=True):  # (looked for from the first one on: see `_of`)
    """``data`` of which only the elements count where ``mask`` (bool, of the same shape) is True.

    >>> import tinygrad_edu as tg
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     x = tg.masked.masked_tensor(tg.tensor([1., 2., 3.]), tg.tensor([True, False, True]))
    >>> x, x.sum()
    (MaskedTensor(
      [  1.0000,       --,   3.0000]
    ), MaskedTensor(  4.0000, True))
    """

    _masked_mask: Any

    def __new__(cls, data: Any, mask: Any, requires_grad: bool = False) -> Any:
        for name, t in (("data", data), ("mask", mask)):
            if isinstance(t, MaskedTensor) or not isinstance(t, Variable):
                raise TypeError(f"{name} must be a Tensor")
        warnings.warn(
            "The PyTorch API of MaskedTensors is in prototype stage and will change in the near future. Please open a Github issue for "
            "features requests and see our documentation on the torch.masked module for further information about the project.",
            UserWarning,
            stacklevel=2,
        )
        if data.requires_grad:
            warnings.warn(
                "It is not recommended to create a MaskedTensor with a tensor that requires_grad. To avoid this, you can use "
                "data.detach().clone()",
                UserWarning,
                stacklevel=2,
            )
        _check(data, mask)
        return _of(data.detach().clone(), mask.clone()).requires_grad_(requires_grad)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.__name__.strip("_") if func.__name__.startswith("__") else func.__name__
        if name in ("get", "set") and isinstance(getattr(func, "__self__", None), property):  # of an attribute
            attribute = func.__self__.fget.__name__
            name = attribute if name == "get" and attribute in ("T", "mT") else "attribute"
        name = _OPERATORS.get(name, name)
        if name not in _WAYS:
            name = {"T": "permute", "log_softmax": "_log_softmax"}.get(name, name)
            raise TypeError(
                f"Multiple dispatch failed for 'torch._ops.aten.{name}.default'; all __torch_dispatch__ handlers returned "
                f"NotImplemented:\n\n  - tensor subclass {cls!r}\n\nFor more information, try re-running with "
                "TORCH_LOGS=not_implemented"
            )
        return _WAYS[name](func, *args, **(kwargs or {}))

    @property
    def grad(self) -> Any:  # type: ignore[override]
        """The gradient, masked likewise."""
        with DisableTorchFunctionSubclass():
            found = self._grad
            return found if found is None else _of(found.as_subclass(Tensor), self._masked_mask)

    @grad.setter
    def grad(self, value: Any) -> None:
        with DisableTorchFunctionSubclass():
            Tensor.grad.fset(self, _plain(value))  # type: ignore[attr-defined]

    def get_data(self) -> Any:
        """All elements, the hidden ones too."""
        return GetData.apply(_plain(self))

    def get_mask(self) -> Any:
        return self._masked_mask

    def to_tensor(self, value: Any) -> Any:
        """A plain tensor with ``value`` where the mask hides."""
        return self.get_data().masked_fill(~self.get_mask(), value)

    def is_sparse_coo(self) -> bool:
        return False

    def is_sparse_csr(self) -> bool:  # type: ignore[override]
        return False

    def item(self) -> Any:
        if not self._masked_mask:
            raise ValueError("__torch_dispatch__, aten._local_scalar_dense: expected a mask tensor")
        return _plain(self).item()

    def __float__(self) -> float:
        return float(self.item())

    def tolist(self) -> NoReturn:
        raise RuntimeError(".tolist() is not supported for tensor subclasses, got MaskedTensor")

    def numpy(self, *, force: bool = False) -> NoReturn:
        raise RuntimeError(".numpy() is not supported for tensor subclasses.")

    def to_sparse(self, *args: Any, **kwargs: Any) -> NoReturn:
        """NotImplementedError: masked tensors are dense here."""
        raise NotImplementedError(
            "MaskedTensor.to_sparse(): masked tensors of sparse layouts are not available; use to_tensor(0).to_sparse()"
        )

    to_sparse_coo = to_sparse_csr = to_sparse

    def to_dense(self) -> MaskedTensor:
        return self

    def __repr__(self) -> str:  # type: ignore[override]
        data, mask = _plain(self).detach(), self._masked_mask
        if not data.ndim:
            return f"MaskedTensor({_shown(data.item()) if mask else '--'}, {bool(mask)})"
        return f"MaskedTensor(\n{_indented(_lines(data.tolist(), mask.tolist()))}\n)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)


class GetData(Function):
    """The data of a masked tensor: a step of its own in the graph."""

    @staticmethod
    def forward(ctx: Any, data: Any) -> Any:
        return data.detach()

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad


class Constructor(Function):
    """From a tensor to a masked one."""

    @staticmethod
    def forward(ctx: Any, data: Any) -> Any:
        return data.clone()

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad


def masked_tensor(data: Any, mask: Any, requires_grad: bool = False) -> Any:
    """A `MaskedTensor` with a copy of the data: a leaf."""
    return MaskedTensor(data, mask, requires_grad)


def as_masked_tensor(data: Any, mask: Any) -> Any:
    """A `MaskedTensor` that stays in the graph of ``data``."""
    _check(data, mask)
    return _of(Constructor.apply(data), mask.clone())


def is_masked_tensor(obj: Any, /) -> bool:
    return isinstance(obj, MaskedTensor)


def _check(data: Any, mask: Any) -> None:
    if mask.dtype is not dtypes.bool_:
        raise TypeError("mask must have dtype bool.")
    if data.dtype.name not in _DTYPES:
        raise TypeError(f"{data.dtype} is not supported in MaskedTensor.")
    if data.dim() != mask.dim():
        raise ValueError("data.dim() must equal mask.dim()")
    if data.shape != mask.shape:
        raise ValueError("data.size() must equal mask.size()")


# ------------------------------------------------------------------------------------ data and mask, together and apart
def _of(data: Any, mask: Any) -> Any:
    """Results with their masks: one, or several."""
    if isinstance(data, (tuple, list)):
        return type(data)([_of(d, m) for d, m in zip(data, mask)])
    if MaskedTensor not in watching:
        watch(MaskedTensor)
    data.__class__, data._masked_mask = MaskedTensor, mask  # (nobody else has it yet)
    return data


def _plain(value: Any) -> Any:
    """An argument with its data as ordinary tensors, in the same graph."""
    if isinstance(value, (tuple, list)):
        return type(value)([_plain(v) for v in value])
    if not isinstance(value, MaskedTensor):
        return value
    with DisableTorchFunctionSubclass():
        return value.as_subclass(Tensor)


def _masks(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)([_masks(v) for v in value])
    return value._masked_mask if isinstance(value, MaskedTensor) else value


def _same_mask(*tensors: Any) -> Any:
    """The mask of those that have one. ValueError unless they are equal."""
    first, *others = [t._masked_mask for t in tensors if isinstance(t, MaskedTensor)]
    if any(mask.shape != first.shape or not mask.equal(first) for mask in others):
        raise ValueError("Input masks must match. If you need support for this, please open an issue on Github.")
    return first


def _unary(func: Any, input: Any, *args: Any, **kwargs: Any) -> Any:
    if any(isinstance(a, Variable) for a in args):
        raise TypeError("MaskedTensor unary ops do not support additional Tensor arguments")
    return _of(func(_plain(input), *args, **kwargs), input._masked_mask)


def _binary(func: Any, input: Any, other: Any, **kwargs: Any) -> Any:
    if kwargs:
        raise ValueError("len(kwargs) must equal 0")
    mask = _same_mask(input, other)
    result = func(_plain(input), _plain(other))
    return result if result is NotImplemented else _of(result, mask.expand_as(result))


def _in_place(func: Any, input: Any, *args: Any, **kwargs: Any) -> Any:
    _same_mask(input, *args)
    with DisableTorchFunctionSubclass():
        func(input, *_plain(args), **kwargs)
    return input


def _query(func: Any, *args: Any, **kwargs: Any) -> Any:
    with DisableTorchFunctionSubclass():
        return func(*args, **kwargs)


def _view(func: Any, *args: Any, **kwargs: Any) -> Any:
    data = func(*_plain(args), **kwargs)
    made = [t.contiguous() for t in (data if isinstance(data, (tuple, list)) else [data])]
    return _of(made[0] if isinstance(data, Variable) else type(data)(made), func(*_masks(args), **kwargs))


def _reduction(name: str, func: Any, input: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    data, mask = _plain(input), input._masked_mask
    dims = tuple(range(data.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    shown = mask
    for d in sorted((d % max(data.ndim, 1) for d in dims), reverse=True):
        shown = shown.any(dim=d, keepdim=keepdim)
    if name == "all":
        hidden = data.masked_fill(~mask, True)
        return _of(hidden.all() if dim is None else hidden.all(dim, keepdim), shown)
    reduce = getattr(import_module(".masked", __package__), name)
    words = {} if name in ("argmin", "argmax") and dim is None else {"keepdim": keepdim}
    return _of(reduce(data, dim=dim, dtype=dtype, mask=mask, **words), shown)


def _softmax(func: Any, input: Any, dim: Any = None, *args: Any, **kwargs: Any) -> Any:
    softmax = import_module(".masked", __package__).softmax
    return _of(softmax(_plain(input), dim, mask=input._masked_mask), input._masked_mask)


def _where(func: Any, condition: Any, input: Any, other: Any) -> Any:
    input, other = (t if isinstance(t, MaskedTensor) else as_masked_tensor(t, functions["ones_like"](t, dtype=dtypes.bool_))
                    for t in (input, other))  # fmt: skip
    return _of(func(condition, _plain(input), _plain(other)), func(condition, input._masked_mask, other._masked_mask))


_WAYS: dict[str, Callable[..., Any]] = {
    **{f"{name}_": _in_place for name in (*_UNARY.split(), *_BINARY.split())},
    **dict.fromkeys(_UNARY.split(), _unary),
    **dict.fromkeys(_BINARY.split(), _binary),
    **dict.fromkeys(_VIEWS.split(), _view),
    **dict.fromkeys([*_QUERIES.split(), "attribute"], _query),
    **{name: partial(_reduction, name) for name in _REDUCTIONS},
    "softmax": _softmax,
    "where": _where,
}


# ------------------------------------------------------------------------------------ printed
def _shown(value: Any) -> str:
    return f"{value:8.4f}" if isinstance(value, float) else str(value)


def _lines(data: list[Any], mask: list[Any]) -> str:
    if data and isinstance(data[0], list):
        return "[\n" + ",\n".join(_indented(_lines(d, m)) for d, m in zip(data, mask)) + "\n]"
    width = max(len(_shown(d)) if m else 8 for d, m in zip(data, mask))
    return "[" + ", ".join(_shown(d) if m else "--".rjust(width) for d, m in zip(data, mask)) + "]"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
