"""Parameters and buffers: the tensors that a module owns."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from .. import dtypes, overrides
from ..autograd.variable import Variable, attributes_of, wrap
from ..backend import kernels_of
from ..ops._signature import type_name
from ..ops.creation import empty
from ..tensor import Tensor


def _adopt(cls: type, data: Any, requires_grad: bool) -> Any:
    """A tensor of class ``cls`` around the memory of ``data``: a leaf."""
    if not isinstance(data, Variable):
        data.detach()  # the AttributeError by which torch says that this is no tensor
    if type(requires_grad) is not bool:
        raise TypeError(
            f"_make_subclass(): argument 'require_grad' (position 3) must be bool, not {type_name(requires_grad)}"
        )
    if requires_grad and not (dtypes.of(data._data).is_floating_point or dtypes.of(data._data).is_complex):
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    made = object.__new__(cls)
    made._data, made._counter = data._data, [0]
    made._requires_grad = requires_grad
    return made


class _Marked(type(Tensor)):  # type: ignore[misc]
    """Lets ``isinstance(t, Parameter)`` hold for tensors of other classes that were made parameters."""

    mark: str

    def __instancecheck__(cls, instance: object) -> bool:
        return type.__instancecheck__(cls, instance) or (
            "mark" in cls.__dict__ and isinstance(instance, Variable) and cls.mark in instance.__dict__
        )


class Parameter(Tensor, metaclass=_Marked):
    """A tensor that a `Module` counts among its parameters when it is assigned as an attribute.

    It shares the memory of ``data`` and requires a gradient unless told otherwise.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Parameter(tg.tensor([1., 2.]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    mark = "_is_param"
    __torch_function__ = classmethod(overrides.disabled)

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        data = empty(0) if data is None else data
        if type(data) is Tensor or isinstance(data, Parameter) or not isinstance(data, Tensor):
            return _adopt(cls, data, requires_grad)
        made = data.detach().requires_grad_(requires_grad)  # a user's own kind of tensor stays of that kind
        if type(made) is Tensor:
            return _adopt(cls, made, requires_grad)
        made._is_param = True
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(wrap(self._data.copy("K")), self._requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuild_parameter, (type(self), self.data, self._requires_grad, OrderedDict(), attributes_of(self))


def _rebuild_parameter(cls: type, data: Any, requires_grad: bool, hooks: Any, extra: dict[str, Any]) -> Any:
    made = cls(data, requires_grad)
    made.__dict__.update(extra)
    return made


class Buffer(Tensor, metaclass=_Marked):
    """A tensor that a `Module` counts among its buffers: state that no optimizer touches.

    ``persistent=False`` leaves it out of the module's ``state_dict``.
    """

    mark = "_is_buffer"
    __torch_function__ = classmethod(overrides.disabled)

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        data = empty(0) if data is None else data
        made = data.detach().requires_grad_(data.requires_grad)
        made.persistent, made._is_buffer = persistent, True
        return made


class UninitializedTensorMixin:
    """A tensor whose shape is not known yet; `materialize` gives it one."""

    cls_to_become: type
    _empty: Any  # no elements, but the dtype and device that the tensor will have

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary tensor of that shape, its numbers not set yet."""
        like = wrap(self._empty)
        made = empty(shape, device=like.device if device is None else device, dtype=dtype or like.dtype)
        del self._empty
        self.__class__ = self.cls_to_become
        self._data = made._data

    def _unusable(self, where: str = "") -> ValueError:
        return ValueError(
            f"Attempted to use an uninitialized parameter{where}. This error happens when you are using a `LazyModule` or "
            f"explicitly manipulating `{dtypes.module_name}.nn.parameter.{type(self).__name__}` objects. When using "
            "LazyModules Call `forward` with a dummy batch to initialize the parameters before calling torch functions"
        )

    @property
    def _data(self) -> Any:
        raise self._unusable()

    @_data.setter
    def _data(self, array: Any) -> None:
        raise ValueError("an uninitialized parameter takes no data; call materialize(shape) first")

    def numel(self) -> int:
        """Not known yet: what counting the parameters of a lazy model ends with."""
        raise self._unusable(f" in <method 'numel' of '{dtypes.module_name}._C.TensorBase' objects>")

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to "
            "initialize the parameters before accessing their attributes."
        )

    @property
    def data(self) -> Any:
        return wrap(self._empty)

    @data.setter
    def data(self, value: Any) -> None:
        self._empty = value._data

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.of(self._empty)

    @property
    def device(self) -> Any:
        return wrap(self._empty).device

    @property
    def is_cuda(self) -> bool:
        return kernels_of(self._empty).device_type == "cuda"

    def share_memory_(self) -> Any:
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters "
            "before calling `module.share_memory()`."
        )

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self._requires_grad, self.device, self.dtype)  # type: ignore[attr-defined]

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self._requires_grad, self.device, self.dtype)  # type: ignore[attr-defined, call-arg]
        return memo[id(self)]


def _unshaped(cls: type, requires_grad: bool, device: Any, dtype: Any) -> Any:
    made = object.__new__(cls)
    made._empty, made._counter = empty(0, device=device, dtype=dtype)._data, [0]  # type: ignore[attr-defined]
    made._requires_grad = bool(requires_grad)  # type: ignore[attr-defined]
    return made


class UninitializedParameter(UninitializedTensorMixin, Parameter):  # type: ignore[misc]
    """A parameter of a lazy module: it gets its shape from the first batch."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return _unshaped(cls, requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Tensor):  # type: ignore[misc]
    """A buffer of a lazy module: it gets its shape from the first batch."""

    cls_to_become = Tensor
    # else every function would look for it from the first layer on
    __torch_function__ = classmethod(overrides.disabled)  # type: ignore[assignment]

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> Any:
        made = _unshaped(cls, requires_grad, device, dtype)
        made.persistent, made._is_buffer = persistent, True
        return made


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer is still waiting for its shape."""
    return isinstance(param, UninitializedTensorMixin)
