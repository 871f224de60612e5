"""`Optimizer`: parameter groups, state, checkpoints, hooks – and the loop that runs an algorithm over all parameters.

An algorithm of ours is two functions of one parameter. `formula` says what it computes, in plain arithmetic on whole arrays or
tensors; it is what you read, and what runs with ``differentiable=True``. `kernel` computes the same in place: it allocates
nothing, and it works through blocks that fit into the processor's cache. A test holds the two equal.
"""

from __future__ import annotations

import math
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import wraps
from itertools import chain
from typing import Any

from .. import dtypes
from ..autograd.graph import RemovableHandle, hooked
from ..autograd.modes import enable_grad, set_grad_enabled
from ..autograd.modes import state as mode
from ..autograd.op import TENSOR_OPS
from ..autograd.variable import Variable
from ..backend import capture, compiled, kernels_of
from ..ops.creation import tensor, zeros_like
from ..typeinfo import typename
from .fused import run_on_gpu

Hook = Callable[..., Any]

# Elements worked on at a time: a block of each array involved (up to five: 1 MB) stays in the cache from one operation to the next.
BLOCK = 49152


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
ParamsT = Iterable[Any] | Iterable[dict[str, Any]] | Iterable[tuple[str, Any]]
_EMPTY: dict[str, Any] = {}

_global_pre_hooks: dict[int, Hook] = OrderedDict()
_global_post_hooks: dict[int, Hook] = OrderedDict()


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before the step of every optimizer."""
    return hooked(_global_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after the step of every optimizer."""
    return hooked(_global_post_hooks, hook)


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """``step`` with the hooks around it."""

    @wraps(step)
    def hooked(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        self._opt_called = True  # a scheduler wants to know
        if (
            "_optimizer_step_pre_hooks" not in self.__dict__
        ):  # an optimizer around another one, which did not call __init__
            return step(self, *args, **kwargs)
        if _global_pre_hooks or self._optimizer_step_pre_hooks:
            for hook in (*_global_pre_hooks.values(), *self._optimizer_step_pre_hooks.values()):
                result = hook(self, (self, *args), kwargs)
                if result is not None:
                    if not (isinstance(result, tuple) and len(result) == 2):
                        raise RuntimeError(
                            f"{step} must return None or a tuple of (new_args, new_kwargs), but got {result}."
                        )
                    (_, *args), kwargs = result  # type: ignore[assignment]
        loss = step(self, *args, **kwargs)
        if _global_post_hooks or self._optimizer_step_post_hooks:
            for hook in (*self._optimizer_step_post_hooks.values(), *_global_post_hooks.values()):
                hook(self, (self, *args), kwargs)
        return loss

    return hooked


_HOOKS = (
    "_optimizer_step_pre_hooks", "_optimizer_step_post_hooks", "_optimizer_state_dict_pre_hooks",
    "_optimizer_state_dict_post_hooks", "_optimizer_load_state_dict_pre_hooks", "_optimizer_load_state_dict_post_hooks",
)  # fmt: skip


class Optimizer:
    """The base of all optimizers.

    ``params``: parameters, (name, parameter) pairs, or dictionaries: groups with options of their own.
    A subclass either defines ``step`` itself or, as ours do, `slots`, `start`, `numbers`, `formula` and `kernel`.
    """

    no_sparse = "{} does not support sparse gradients"  # what is said where an algorithm has no `_sparse_step`
    scratch = 2  # how many temporary blocks `kernel` needs
    shared_numbers = False  # whether `numbers` depends on the group and on ``first`` only

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])  # type: ignore[method-assign]

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._prepare()
        if isinstance(params, Variable):
            raise TypeError(
                f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {typename(params)}"
            )
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)
        if defaults.get("fused"):
            if defaults.get("differentiable"):
                raise RuntimeError("`fused` does not support `differentiable`")
            if defaults.get("foreach"):
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")

    def _prepare(self) -> None:
        for name in _HOOKS:
            self.__dict__.setdefault(name, OrderedDict())
        self._buffers: dict[Any, list[Any]] = {}  # temporary arrays, by dtype and by shape and dtype

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own, while training if need be (to unfreeze layers)."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will "
                "change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Variable) else list(params)
        names = [p[0] for p in params if isinstance(p, tuple)]
        if names:
            if len(names) != len(params):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
            param_group["param_names"] = names
            params = [p[1] for p in params]
        param_group["params"] = params
        for p in params:
            if not isinstance(p, Variable):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {typename(p)}")
            if not self.defaults.get("differentiable") and not (p.is_leaf or p.retains_grad):  # type: ignore[attr-defined]
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        if len(params) != len(set(params)):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
                "github.com/pytorch/pytorch/issues/40967 for more information",
                UserWarning,
                stacklevel=3,
            )
        known = set()
        for group in self.param_groups:
            known.update(group["params"])
            if ("param_names" in param_group) != ("param_names" in group):
                kind = "with names" if "param_names" in param_group else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{kind} to the optimizer"
                )
        if not known.isdisjoint(params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    # ------------------------------------------------------------------ the algorithm, one parameter at a time
    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        """The names of the arrays that the algorithm keeps beside a parameter."""
        return ()

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        """The state of a parameter that is updated for the first time."""
        return {"step": number(0.0), **{name: zeros_like(p) for name in self.slots(group)}}

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        """The Python numbers of this step (learning rate, corrections, …): what `formula` and `kernel` get first."""
        raise NotImplementedError

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        """The new parameter and slots. ``k`` has the primitives on arrays or on tensors."""
        raise NotImplementedError

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> None:
        """Change ``p`` and the slots in place. The last arguments are `scratch` temporary arrays of the same shape."""
        raise NotImplementedError

    def _compiled(self, numbers: tuple[Any, ...], arrays: list[Any]) -> bool:
        """`kernel` in one pass over the arrays by a compiled kernel (the extra ``fast``); False where there is none for the case."""
        return (
            False  # (numbers that are tensors, a learning rate that is learned, are none for compiled kernels either)
        )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update all parameters from their gradients. ``closure`` computes the loss again and returns it."""
        if type(self).kernel is Optimizer.kernel:
            raise NotImplementedError
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            self._step_group(group)
        return loss

    def _step_group(self, group: dict[str, Any]) -> None:
        slots, shared = self.slots(group), self.shared_numbers
        given: dict[bool, tuple[Any, ...]] = {}  # the numbers of parameters that are updated for the first time, or not
        quick: dict[tuple[bool, Any], tuple[Any, ...]] = {}  # the same as arrays
        capturable, differentiable = group.get("capturable"), group.get("differentiable")
        for p in group["params"]:
            grad = p._grad
            if grad is None:
                continue
            if grad.is_sparse:
                self._sparse_step(group, p)
                continue
            if capturable:
                _check_capturable(p)
            elif capturable is not None and p.is_cuda and capture.now() is not None:
                raise RuntimeError(
                    f"Attempting CUDA graph capture of step() for an instance of {type(self).__name__} but param_groups' "
                    "capturable is False."
                )
            state: dict[str, Any] = self.state.get(p, _EMPTY)
            first = not state
            if first:
                state = self.start(group, p)
                if state:
                    self.state[p] = state
            if capturable:
                _move_numbers(state, p)
            numbers = given.get(first)
            if numbers is None:
                numbers = self.numbers(group, state, first)
                if shared:
                    given[first] = numbers
            if differentiable:
                self._differentiable_step(numbers, p, state, slots)
                continue
            data = p._data
            arrays = [data, grad._data, *[state[name]._data for name in slots]]
            k = kernels_of(data)
            if k.device_type != "cpu":
                run_on_gpu(self, k.xp, numbers, arrays)
            elif compiled.kernels_for(*arrays) and self._compiled(numbers, arrays):
                pass
            elif data.size <= BLOCK and data.dtype.kind != "c":
                if shared:
                    if (key := (first, data.dtype)) not in quick:  # arithmetic with 0-d arrays is quicker
                        quick[key] = tuple(k.number(n, data.dtype) if type(n) is float else n for n in numbers)
                    numbers = quick[key]
                self.kernel(k.xp, numbers, *arrays, *self._temporary(k.xp, data.shape, data.dtype))
            else:
                self._in_blocks(k.xp, numbers, arrays)
            p._counter[0] += 1

    def _sparse_step(self, group: dict[str, Any], p: Any) -> None:
        """Update one parameter from a sparse gradient: only few algorithms can."""
        raise RuntimeError(self.no_sparse.format(type(self).__name__))

    def _differentiable_step(
        self, numbers: tuple[Any, ...], p: Any, state: dict[str, Any], slots: tuple[str, ...]
    ) -> None:
        """The formula on tensors, recorded: gradients flow through the update."""
        before = mode.enabled
        mode.enabled = True
        try:
            # copies, so that writing into p below does not disturb what the graph remembers
            new, *rest = self.formula(TENSOR_OPS, numbers, p.clone(), p.grad, *[state[name] for name in slots])
            for name, value in zip(slots, rest):
                state[name] = value
            p.copy_(new)
        finally:
            mode.enabled = before

    def _temporary(self, xp: Any, shape: tuple[int, ...], dtype: Any) -> Any:
        """Arrays for what a kernel computes in between; the same ones for all parameters of a shape, in every step."""
        found = self._buffers.get((shape, dtype))
        if found is None:
            n = math.prod(shape)
            base = self._buffers.get(dtype)
            if base is None or len(base[0]) < n:
                base = self._buffers[dtype] = [xp.empty(max(n, BLOCK), dtype) for _ in range(self.scratch)]
            found = self._buffers[(shape, dtype)] = [b[:n].reshape(shape) for b in base]
        return found

    def _in_blocks(self, xp: Any, numbers: tuple[Any, ...], arrays: list[Any]) -> None:
        """Run the kernel on the arrays piece by piece."""
        if arrays[0].dtype.kind == "c":  # complex numbers are updated as pairs of real ones
            real = arrays[0].real.dtype
            arrays = [a.reshape(a.shape or (1,)).view(real) for a in arrays]
        p = arrays[0]
        if not all(a.flags.c_contiguous for a in arrays):
            self.kernel(xp, numbers, *arrays, *self._temporary(xp, p.shape, p.dtype))
            return
        flat = [a.reshape(-1) for a in arrays]
        n = p.size
        for start in range(0, n, BLOCK):
            end = min(start + BLOCK, n)
            self.kernel(xp, numbers, *[a[start:end] for a in flat], *self._temporary(xp, (end - start,), p.dtype))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients: None, or zeros with ``set_to_none=False``."""
        for group in self.param_groups:
            for p in group["params"]:
                if p._grad is None:
                    continue
                if set_to_none:
                    p._grad = None
                    continue
                if p._grad._node is not None:
                    p._grad.detach_()
                else:
                    p._grad.requires_grad_(False)
                p._grad.zero_()

    # ------------------------------------------------------------------ checkpoints
    def state_dict(self) -> dict[str, Any]:
        """``{"state": …, "param_groups": …}`` with the parameters replaced by numbers."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        groups = []
        start = 0
        for group in self.param_groups:
            for i, p in enumerate(group["params"], start):
                numbers.setdefault(id(p), i)
            packed = {key: value for key, value in group.items() if key != "params"}
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            start += len(group["params"])
            groups.append(packed)
        state = {numbers[id(key)] if isinstance(key, Variable) else key: value for key, value in self.state.items()}
        result = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, result)
            result = result if changed is None else changed
        return result

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a `state_dict`. The parameters must be the same, in the same groups and order."""
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        groups, saved = self.param_groups, deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(g["params"]) != len(s["params"]) for g, s in zip(groups, saved)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        parameter = dict(zip(chain(*(s["params"] for s in saved)), chain(*(g["params"] for g in groups))))
        state: defaultdict[Any, Any] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in parameter:
                state[parameter[key]] = _fitted(parameter[key], value)
            else:
                state[key] = value
        for group, new in zip(groups, saved):
            new["params"] = group["params"]
            if "param_names" in group:
                new.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()
        self.defaults.setdefault("differentiable", False)
        optional = {"maximize": False, "foreach": None, "capturable": False, "differentiable": False, "fused": None}
        for group in self.param_groups:  # options that did not exist when an old file was written
            for name, value in optional.items():
                if name in self.defaults:
                    group.setdefault(name, value)
        for slots in self.state.values():
            if isinstance(slots, dict) and isinstance(slots.get("step"), (int, float)):
                slots["step"] = number(float(slots["step"]))

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"

    # ------------------------------------------------------------------ hooks
    profile_hook_step = staticmethod(_with_hooks)

    def _patch_step_function(self) -> None:
        """What optimizers around others call where they do without ``Optimizer.__init__``: their `step` has its hooks already."""
        self._zero_grad_profile_name = f"Optimizer.zero_grad#{type(self).__name__}.zero_grad"

    def _hook(self, hooks: dict[int, Hook], hook: Hook, prepend: bool) -> RemovableHandle:
        return hooked(hooks, hook, prepend=prepend)

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before `step`; it may return other arguments."""
        return self._hook(self._optimizer_step_pre_hooks, hook, False)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after `step`."""
        return self._hook(self._optimizer_step_post_hooks, hook, False)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before `state_dict`."""
        return self._hook(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` on the finished dictionary; it may return another."""
        return self._hook(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before `load_state_dict`; it may return another dictionary."""
        return self._hook(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` after `load_state_dict`."""
        return self._hook(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    _optimizer_step_pre_hooks: dict[int, Hook]
    _optimizer_step_post_hooks: dict[int, Hook]
    _optimizer_state_dict_pre_hooks: dict[int, Hook]
    _optimizer_state_dict_post_hooks: dict[int, Hook]
    _optimizer_load_state_dict_pre_hooks: dict[int, Hook]
    _optimizer_load_state_dict_post_hooks: dict[int, Hook]


Optimizer.step = _with_hooks(Optimizer.step)  # type: ignore[method-assign]


def number(value: float) -> Any:
    """A 0-d tensor for a number of the state: torch counts steps in float32 (float64 where that is the default)."""
    wide = dtypes.get_default_dtype() is dtypes.float64
    return tensor(value, dtype=dtypes.float64 if wide else dtypes.float32, device="cpu")


def advance(state: dict[str, Any]) -> Any:
    """Count a step; its number, from 1."""
    count = state["step"]._data
    count += 1
    return value_of(count)


def value_of(array: Any) -> Any:
    """A number of the state: a Python number, or, where a GPU holds it (``capturable``), its array."""
    return float(array) if kernels_of(array).device_type == "cpu" else array


def scalar(value: Any) -> Any:
    """A learning rate or other option as a Python number; a tensor that requires a gradient stays one."""
    if isinstance(value, Variable):
        return value if value._requires_grad else value.item()  # type: ignore[attr-defined]
    return value if type(value) in (float, int) else float(value)


def check(name: str, value: Any, ok: bool) -> None:
    """ValueError in torch's words unless an option makes sense."""
    if not ok:
        raise ValueError(f"Invalid {name}: {value}")


def check_lr(lr: Any) -> None:
    """A learning rate is a number or a one-element tensor, not below zero."""
    if isinstance(lr, Variable) and lr._data.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    check("learning rate", lr, bool(lr >= 0.0))


def check_betas(betas: tuple[Any, Any]) -> None:
    """Both decay rates of a running mean lie in [0, 1)."""
    for i in range(2):
        beta = betas[i]
        check(f"beta parameter at index {i}", beta, bool(0.0 <= beta < 1.0))


def _fitted(p: Any, value: Any, key: Any = None) -> Any:
    """State that was loaded, with the dtype and device of its parameter (step counts as they are)."""
    if isinstance(value, Variable):
        if key == "step":
            return value
        return value.to(device=p.device, dtype=p.dtype if p.is_floating_point() else None)  # type: ignore[attr-defined]
    if isinstance(value, dict):
        return {k: _fitted(p, v, k) for k, v in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return type(value)(_fitted(p, v) for v in value)  # type: ignore[call-arg]
    return value


def _check_capturable(p: Any) -> None:
    if not p.is_cuda:
        raise AssertionError(
            "If capturable=True, params and state_steps must be on supported devices: ['cuda', 'xpu', 'hpu', 'privateuseone', "
            "'xla']."
        )


def _move_numbers(state: dict[str, Any], p: Any) -> None:
    """Numbers of the state (step counts) to where the parameter is: so that a GPU can count by itself."""
    for name, value in state.items():
        if isinstance(value, Variable) and not value._data.ndim and not value.is_cuda:  # type: ignore[attr-defined]
            state[name] = value.to(p.device)  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------ shared by the algorithms
def decayed(xp: Any, g: Any, p: Any, weight_decay: float, maximize: bool, out: Any) -> Any:
    """``±g + weight_decay · p``: the gradient itself where nothing changes it, else in ``out``."""
    if not weight_decay:
        return xp.negative(g, out=out) if maximize else g
    xp.multiply(p, weight_decay, out=out)
    return xp.subtract(out, g, out=out) if maximize else xp.add(out, g, out=out)


def with_decay(g: Any, p: Any, weight_decay: Any, maximize: bool) -> Any:
    """`decayed` in plain arithmetic, for formulas."""
    g = -g if maximize else g
    return g + p * weight_decay if isinstance(weight_decay, Variable) or weight_decay else g


def lerp(xp: Any, mean: Any, g: Any, weight: float, a: Any) -> None:
    """``mean += weight · (g - mean)`` in place."""
    xp.subtract(g, mean, out=a)
    if weight < 0.5:
        a *= weight
        mean += a
    else:  # the same number, nearer to g: rounds better
        a *= 1 - weight
        xp.subtract(g, a, out=mean)


# ------------------------------------------------------------- torch's private helpers, which optimizers of others build on
def _use_grad_for_differentiable(func: Callable[..., Any]) -> Callable[..., Any]:
    """``step`` with gradients recorded only where ``differentiable`` says so."""

    @wraps(func)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        with set_grad_enabled(bool(self.defaults["differentiable"])):
            return func(self, *args, **kwargs)

    return step


def _default_to_fused_or_foreach(params: Any, differentiable: bool, use_fused: bool = False) -> tuple[bool, bool]:
    """Which implementation to take where the caller does not say: here there is one."""
    return False, False


def _get_value(x: Any) -> Any:
    """A number of a number or of a tensor that holds one."""
    return x.item() if isinstance(x, Variable) else x  # type: ignore[attr-defined]
