"""`Module`: the class of everything with parameters, from a single layer to a whole network."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Any, Self

from .. import devices, dtypes
from ..autograd.modes import no_grad
from ..autograd.variable import Variable, wrap
from ..future import get_overwrite_module_params_on_conversion
from ..ops._signature import Signature, shown_call
from ..ops.signatures import TABLE
from ..typeinfo import typename
from . import hooks
from .call import HasHooks
from .parameter import Buffer, Parameter, is_lazy
from .state import HasState

_HOOKS = (
    "_backward_pre_hooks", "_backward_hooks", "_forward_hooks", "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called", "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks",
    "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
)  # fmt: skip


class Module(HasHooks, HasState):
    """A part of a network. Subclasses define ``__init__`` (which calls ``super().__init__()``) and ``forward``.

    What is assigned as an attribute is recognised: parameters and submodules are found by `parameters`, `to`,
    `state_dict` and the rest.

    >>> import tinygrad_edu as tg
    >>> class Net(tg.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.layer = tg.nn.Linear(2, 1)
    ...     def forward(self, x):
    ...         return self.layer(x).relu()
    >>> Net()
    Net(
      (layer): Linear(in_features=2, out_features=1, bias=True)
    )
    """

    training: bool
    call_super_init: bool = False
    dump_patches: bool = False  # for torch's oldest files; nothing reads it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, value in list(vars(cls).items()):
            if getattr(value, "torch_errors", False) and isinstance(value, FunctionType):
                setattr(cls, name, staticmethod(value))  # ``act = torch.tanh``: torch's functions do not become methods

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and kwargs:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if not self.call_super_init and args:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        put = super().__setattr__
        put("training", True)
        put("_parameters", {})
        put("_buffers", {})
        put("_non_persistent_buffers_set", set())
        for name in _HOOKS:
            put(name, OrderedDict())
            if name == "_backward_hooks":  # in torch's order, which ``__dict__`` shows
                put("_is_full_backward_hook", None)
        put("_modules", {})
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *input: Any) -> Any:
        """What the module computes. Call the module itself, not this, so that hooks run."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def compile(self, **options: Any) -> None:
        """torch's ``compile`` in place: the options are checked, the module stays as it is and runs as before."""
        from .compiled import compile

        compile(self.forward, **options)

    # ------------------------------------------------------------------ attributes
    def _check_name(self, kind: str, name: Any, owned: dict[str, Any]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if kind == "module":
            if hasattr(self, name) and name not in owned:
                raise KeyError(f"attribute '{name}' already exists")
            if "." in name:
                raise KeyError(f'module name can\'t contain ".", got: {name}')
        elif "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in owned:
            raise KeyError(f"attribute '{name}' already exists")

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Add a tensor that is state but no parameter; ``persistent=False`` keeps it out of the ``state_dict``."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Variable):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' ({dtypes.module_name} Tensor or None required)"
            )
        if hooks.global_buffer_registration_hooks:
            tensor = hooks.replaced(hooks.global_buffer_registration_hooks, self, name, tensor)
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def register_parameter(self, name: str, param: Any) -> None:
        """Add a `Parameter` (or None: a place for one) under a name."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{typename(param)}' object to parameter '{name}' ({dtypes.module_name}.nn.Parameter or "
                    "None required)"
                )
            if param._node is not None:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                    f"express '{name}' as a function of another Tensor, compute the value in the forward() method."
                )
            if hooks.global_parameter_registration_hooks:
                param = hooks.replaced(hooks.global_parameter_registration_hooks, self, name, param)
        self._parameters[name] = param

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child under a name."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._put_module(self._modules, name, module)

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _put_module(self, modules: dict[str, Any], name: str, module: Any) -> None:
        if hooks.global_module_registration_hooks:
            module = hooks.replaced(hooks.global_module_registration_hooks, self, name, module)
        modules[name] = module

    def __getattr__(self, name: str) -> Any:  # asked only where the ordinary attributes have no such name
        mine = self.__dict__
        for place in ("_parameters", "_buffers", "_modules"):
            found = mine.get(place)
            if found is not None and name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        mine = self.__dict__
        parameters = mine.get("_parameters")
        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, mine, self._buffers, self._modules)
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as parameter '{name}' ({dtypes.module_name}.nn.Parameter or None "
                    "expected)"
                )
            self.register_parameter(name, None)
        elif isinstance(value, Module):
            if parameters is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, mine, parameters, self._buffers)
            self._put_module(self._modules, name, value)
        elif parameters is not None and name in self._modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as child module '{name}' ({dtypes.module_name}.nn.Module or None "
                    "expected)"
                )
            self._put_module(self._modules, name, None)
        elif (parameters is not None and name in self._buffers) or isinstance(value, Buffer):
            self._set_buffer(name, value)
        else:
            super().__setattr__(name, value)

    def _forget(self, name: str, *places: dict[str, Any]) -> None:
        for place in places:
            place.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def _set_buffer(self, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, Variable):
            raise TypeError(
                f"cannot assign '{typename(value)}' as buffer '{name}' ({dtypes.module_name}.nn.Buffer, "
                f"{dtypes.module_name}.Tensor or None expected)"
            )
        if isinstance(value, Buffer):
            persistent = value.persistent
        else:
            persistent = name not in self._non_persistent_buffers_set
        if "persistent" in inspect.signature(self.register_buffer).parameters:
            self.register_buffer(name, value, persistent)
        elif persistent:
            self.register_buffer(name, value)
        else:
            raise RuntimeError(
                "Registering a non-persistent buffer on a Module subclass that implements register_buffer() without the "
                "persistent argument is not allowed."
            )

    def __delattr__(self, name: str) -> None:
        for place in (self._parameters, self._buffers, self._modules):
            if name in place:
                del place[name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in names if not name[:1].isdigit())

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name in _HOOKS:  # what a pickle of an older version may lack
            self.__dict__.setdefault(name, OrderedDict())
        self.__dict__.setdefault("_non_persistent_buffers_set", set())
        self.__dict__.setdefault("_is_full_backward_hook", None)

    # ------------------------------------------------------------------ walking through the tree
    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, each with its full name; a shared module once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below this one, with their names."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly below this one."""
        for _, module in self.named_children():
            yield module

    def _named_members(
        self, members: Callable[[Module], Any], prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        seen = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in members(module):
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield (f"{path}.{name}" if path else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """All parameters with their full names; a shared one once."""
        yield from self._named_members(lambda m: m._parameters.items(), prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        """All parameters: what an optimizer is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """All buffers with their full names."""
        yield from self._named_members(lambda m: m._buffers.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """All buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> Module:
        """The module with the full name ``target`` ("layer1.0.conv"); AttributeError where there is none."""
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put ``module`` in the place named ``target``; ``strict``: only where there is one already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        if not isinstance(getattr(parent, name, module), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def _member(self, target: str) -> tuple[Module, str, Any]:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        return module, name, getattr(module, name)

    def get_parameter(self, target: str) -> Any:
        """The parameter with the full name ``target``."""
        _, name, value = self._member(target)
        if not isinstance(value, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return value

    def get_buffer(self, target: str) -> Any:
        """The buffer with the full name ``target``."""
        module, name, value = self._member(target)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return value

    # ------------------------------------------------------------------ doing something to all of it
    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn`` on every module below, then on this one: for initialisation."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Self:
        """Replace the numbers of every parameter, gradient and buffer by ``fn`` of them; the objects stay (but for ``meta``)."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for key, param in self._parameters.items():
            if param is None:
                continue
            with no_grad():
                if is_lazy(param):
                    param._empty = fn(wrap(param._empty))._data
                    continue
                if get_overwrite_module_params_on_conversion():
                    old, param = param, copy.copy(param)
                    param._grad, self._parameters[key] = copy.copy(old._grad), param
                grad, moved = param._grad, fn(param)
                if moved.is_meta is not param.is_meta:  # another kind of tensor: it cannot stay the same object
                    self._parameters[key] = new = Parameter(moved, param.requires_grad)
                    new.grad = None if grad is None else fn(grad)
                    continue
                param.data = moved
                param._accumulator = None  # it remembers the old dtype
                if grad is not None:
                    grad.data = fn(grad)
        for name, buffer in self._buffers.items():
            if buffer is not None and is_lazy(buffer):
                buffer._empty = fn(wrap(buffer._empty))._data
            elif buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Move all parameters and buffers to a device and/or a floating point dtype. The module itself changes."""
        device, dtype, _, order = _parse_to(*args, **kwargs)
        if dtype is not None:
            if not (dtype.is_floating_point or dtype.is_complex):
                raise TypeError(
                    f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
                )
            if dtype.is_complex:
                warnings.warn(
                    "Complex modules are a new feature under active development whose design may change, and some modules "
                    "might not work as expected when using complex tensors as parameters or buffers. Please file an issue "
                    "at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not "
                    "work as expected.",
                    UserWarning,
                    stacklevel=2,
                )

        def convert(t: Any) -> Any:
            wanted = dtype if t.is_floating_point() or t.is_complex() else None
            try:
                return t.to(device=device, dtype=wanted, memory_format=order if t.dim() in (4, 5) else None)
            except NotImplementedError as error:
                if not str(error).startswith("Cannot copy out of meta tensor"):
                    raise
                raise NotImplementedError(
                    f"{error} Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when moving module from meta to a "
                    "different device."
                ) from None

        return self._apply(convert)

    def _floats_as(self, dtype: dtypes.dtype) -> Self:
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def float(self) -> Self:
        """All floating point parameters and buffers as float32."""
        return self._floats_as(dtypes.float32)

    def double(self) -> Self:
        """All floating point parameters and buffers as float64."""
        return self._floats_as(dtypes.float64)

    def half(self) -> Self:
        """All floating point parameters and buffers as float16."""
        return self._floats_as(dtypes.float16)

    def bfloat16(self) -> Self:
        """All floating point parameters and buffers as bfloat16."""
        return self._floats_as(dtypes.bfloat16)

    def type(self, dst_type: Any) -> Self:
        """All parameters and buffers as ``dst_type``."""
        return self._apply(lambda t: t.type(dst_type))

    def cpu(self) -> Self:
        """Move everything to the computer's own memory."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device: Any = None) -> Self:
        """Move everything to a GPU."""
        return self._apply(lambda t: t.cuda(device))

    def xpu(self, device: Any = None) -> Self:
        """Refused: there are no Intel GPUs here."""
        return self._apply(lambda t: t.xpu(device))

    def ipu(self, device: Any = None) -> Self:
        """Refused: there are no Graphcore processors here."""
        return self._apply(lambda t: t.ipu(device))

    def mtia(self, device: Any = None) -> Self:
        """Refused: there are no MTIA accelerators here."""
        return self._apply(lambda t: t.mtia(device))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Tensors of the same shapes on ``device``, their numbers not set."""
        from ..ops.creation import empty_like

        return self._apply(lambda t: empty_like(t, device=device), recurse=recurse)

    def share_memory(self) -> Self:
        """Move everything into memory that other processes can open."""
        for t in (*self.parameters(), *self.buffers()):
            if is_lazy(t):
                t.share_memory_()  # says that there is nothing to share yet
        return self._apply(lambda t: t.share_memory_())

    def train(self, mode: bool = True) -> Self:
        """Training mode for this module and all below: dropout drops, batch norm uses the batch."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Evaluation mode: the same as ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or unfreeze all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients: None, or zeros with ``set_to_none=False``."""
        for parameter in self.parameters():
            if parameter._grad is None:
                continue
            if set_to_none:
                parameter._grad = None
            else:
                if parameter._grad._node is not None:
                    parameter._grad.detach_()
                else:
                    parameter._grad.requires_grad_(False)
                parameter._grad.zero_()

    # ------------------------------------------------------------------ how it prints
    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """The text between the brackets: override to show a layer's settings."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {indent(repr(module))}" for name, module in self._modules.items()]
        if len(lines) == 1 and not children:
            return f"{self._get_name()}({lines[0]})"
        body = "\n  ".join([*lines, *children])
        return f"{self._get_name()}(\n  {body}\n)" if body else f"{self._get_name()}()"


def indent(text: str, spaces: int = 2) -> str:
    """The lines after the first moved right."""
    return text.replace("\n", "\n" + " " * spaces)


@cache
def _forms_of_to() -> list[Signature]:
    """The ways to call ``to``."""
    return [Signature("to", line.partition(": ")[2]) for line in TABLE.splitlines() if line.startswith(".to: ")]


def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool, Any]:
    """(device, dtype, non_blocking, memory_format) from the arguments of ``to``; also known as ``torch._C._nn._parse_to``."""
    args = tuple(map(dtypes.of_python_type, args))
    if all(form.problem(args, kwargs) is not None for form in _forms_of_to()):
        forms = "".join(f" * {form}\n" for form in _forms_of_to())
        raise TypeError(
            f"to() received an invalid combination of arguments - got ({shown_call(args, kwargs)}), but expected one of:\n{forms}"
        )
    if "copy" in kwargs or [isinstance(arg, bool) for arg in args[-2:]] == [True, True]:
        raise RuntimeError(".to() does not accept copy argument")
    device, dtype, tensor = kwargs.get("device"), kwargs.get("dtype"), kwargs.get("tensor")
    for arg in args:
        if isinstance(arg, dtypes.dtype):
            dtype = arg
        elif isinstance(arg, Variable):
            tensor = arg
        elif isinstance(arg, (str, int, devices.device)) and not isinstance(arg, bool):
            device = arg
    if tensor is not None:
        device, dtype = tensor.device, tensor.dtype
    non_blocking = kwargs.get("non_blocking") or any(isinstance(arg, bool) and arg for arg in args)
    return (
        None if device is None else devices.device(device), dtypes.of_python_type(dtype), bool(non_blocking),
        kwargs.get("memory_format"),
    )  # fmt: skip
