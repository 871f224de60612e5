"""Parameters computed from others: ``register_parametrization(layer, "weight", f)`` makes ``layer.weight`` equal ``f(original)``.

The module's class gives way to a class of its own ("ParametrizedLinear") with a property in the parameter's place. What is
learned lies in ``layer.parametrizations.weight.original``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from ... import dtypes
from ...autograd.modes import no_grad
from ...autograd.variable import Variable
from ..container import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

_cache: dict[tuple[int, str], Any] = {}
_cached_blocks = 0


@contextmanager
def cached() -> Iterator[None]:
    """Within the block every parametrized tensor is computed once, however often it is asked for."""
    global _cached_blocks
    _cached_blocks += 1
    try:
        yield
    finally:
        _cached_blocks -= 1
        if not _cached_blocks:
            _cache.clear()


def _register(module: Module, name: str, tensor: Any) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _put(into: Any, value: Any) -> None:
    """Give a tensor the numbers of another one, and keep the object."""
    into.data = value.detach().contiguous() if value.requires_grad else value


class ParametrizationList(ModuleList):
    """The functions of one tensor, first to last, and the tensors they start from: ``original``, or ``original0``, …

    Built from the tensor: ``right_inverse`` of the functions, last to first, says from what they make it.
    """

    original: Any

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype, device = original.shape, original.dtype, original.device
        new: Any = original
        with no_grad():
            for module in reversed(self):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):  # a function without an inverse starts from the tensor itself
                        new = module.right_inverse(new)
        if not isinstance(new, (Variable, Sequence)):
            raise ValueError(
                f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got {type(new).__name__}"
            )
        found: Any = new  # one tensor, or several
        self.is_tensor = isinstance(new, Variable)
        self.ntensors = 1 if self.is_tensor else len(found)
        if self.is_tensor:
            if dtype != found.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {found.dtype}"
                )
            if device != found.device:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the device.\n"
                    f"original.device: {device}\nright_inverse(original).device: {found.device}"
                )
            with no_grad():
                _put(original, found)
            _register(self, "original", original)
        else:
            for i, part in enumerate(found):
                if not isinstance(part, Variable):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                        f"Got element {i} of the sequence with type {type(part).__name__}."
                    )
                if isinstance(original, Parameter):
                    part = Parameter(part, original.requires_grad)
                part.requires_grad_(original.requires_grad)  # type: ignore[attr-defined]
                _register(self, f"original{i}", part)
        if not unsafe:
            result = self()
            if not isinstance(result, Variable):
                raise ValueError(f"A parametrization must return a tensor. Got {type(result).__name__}.")
            if result.dtype != dtype:  # type: ignore[attr-defined]
                raise ValueError(
                    "Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is enabled.\n"
                    f"unparametrized dtype: {dtype}\nparametrized dtype: {result.dtype}"  # type: ignore[attr-defined]
                )
            if result.shape != shape:  # type: ignore[attr-defined]
                raise ValueError(
                    "Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is enabled.\n"
                    f"unparametrized shape: {shape}\nparametrized shape: {result.shape}"  # type: ignore[attr-defined]
                )

    def originals(self) -> list[Any]:
        """The tensors that are learned."""
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value: Any) -> None:
        """Choose the original tensors so that the functions make ``value`` of them: what ``layer.weight = value`` does."""
        with no_grad():
            for module in reversed(self):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if self.is_tensor:
                if not isinstance(value, Variable):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
                if value.dtype != self.original.dtype:  # type: ignore[attr-defined]
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {value.dtype} "  # type: ignore[attr-defined]
                        f"while `original` has dtype {self.original.dtype}"
                    )
                _put(self.original, value)
                return
            if not isinstance(value, Sequence):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value)}.")
            if len(value) != self.ntensors:
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors of length "
                    f"{self.ntensors}. Got a sequence of length {len(value)}."
                )
            for i, (part, into) in enumerate(zip(value, self.originals())):
                if not isinstance(part, Variable):
                    raise ValueError(
                        f"`right_inverse` must return a sequence of tensors. Got element {i} of type {type(part).__name__}"
                    )
                if part.dtype != into.dtype:  # type: ignore[attr-defined]
                    raise ValueError(
                        f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} "  # type: ignore[attr-defined]
                        f"while `original{i}` has dtype {into.dtype}"
                    )
                _put(into, part)

    def forward(self) -> Any:
        value = self[0](*self.originals())
        for module in list(self)[1:]:
            value = module(value)
        return value


def _own_class(module: Module) -> None:
    """Give the module a class of its own, in which properties can stand."""
    cls = type(module)

    def __getstate__(self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\nhttps://pytorch.org/tutorials/"
            "beginner/saving_loading_models.html#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        if (found := memo.get(id(self))) is not None:
            return found
        memo[id(self)] = twin = self.__new__(self.__class__)
        twin.__dict__ = copy.deepcopy(self.__dict__, memo)
        return twin

    members: dict[str, Any] = {"__getstate__": __getstate__, "__module__": f"{dtypes.module_name}.nn.utils.parametrize"}
    if not hasattr(cls, "__deepcopy__"):
        members["__deepcopy__"] = __deepcopy__
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), members)


def _property(name: str) -> property:
    def get(self: Any) -> Any:
        if not _cached_blocks:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = self.parametrizations[name]()
        return _cache[key]

    return property(get, lambda self, value: self.parametrizations[name].right_inverse(value))


def _check_fits(module: Module, name: str, function: Module) -> None:
    """Whether one more function keeps the tensor's dtype and shape, in both directions."""
    y = getattr(module, name)
    x = function(y)
    if not isinstance(x, Variable):
        raise ValueError(f"A parametrization must return a tensor. Got {type(x).__name__}.")
    for what in ("dtype", "shape"):
        mine, other = getattr(x, what), getattr(y, what)
        if mine != other:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless the `unsafe` flag is enabled.\n"
                f"module.{name}.{what}: {other}\nparametrization(module.{name}).{what}: {mine}"
            )
    if not hasattr(function, "right_inverse"):
        return
    try:
        back = function.right_inverse(x)
    except NotImplementedError:
        return
    if not isinstance(back, Variable):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    for what in ("dtype", "shape"):
        if getattr(back, what) != getattr(y, what):
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} as module.{name}, unless the "
                f"`unsafe` flag is enabled.\nmodule.{name}.{what}: {getattr(y, what)}\nreturned {what}: {getattr(back, what)}"
            )


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Compute the parameter or buffer ``tensor_name`` by the module ``parametrization`` from now on, after what computed it before.

    A ``right_inverse`` of it makes the tensor assignable, and is asked once at the start. ValueError where dtype or shape would
    change (``unsafe=True`` allows it) and where there is no such tensor.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_fits(module, tensor_name, parametrization)
        functions: Any = module.parametrizations[tensor_name]
        functions.append(parametrization)
        functions.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _own_class(module)
            module.parametrizations = ModuleDict()
        setattr(type(module), tensor_name, _property(tensor_name))
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether this tensor (None: any) of the module is computed."""
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make the tensor a plain one again: with the numbers it has now, or (``leave_parametrized=False``) with the original's."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    functions: Any = module.parametrizations[tensor_name]
    if functions.is_tensor:
        original = functions.original
        if leave_parametrized:
            with no_grad():
                _put(original, getattr(module, tensor_name))
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of "
            "tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The module's class without "Parametrized"."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Put the parametrizations of one module, and what they start from, on another one."""
    if not is_parametrized(from_module):
        return to_module
    wanted = list(from_module.parametrizations) if tensor_name is None else [tensor_name]  # type: ignore[arg-type]
    for name in wanted:
        functions: Any = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        for function in functions:
            register_parametrization(to_module, name, function)
        mine: Any = to_module.parametrizations[name]
        for part in ("original",) if functions.is_tensor else [f"original{i}" for i in range(functions.ntensors)]:
            setattr(mine, part, getattr(functions, part))
    return to_module
