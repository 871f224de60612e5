"""``functorch``: how these functions were called before PyTorch 2.0. Each warns and names its successor."""

from __future__ import annotations

import copy
import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import nn
from ..ops.registry import functions
from . import batch, derivatives, modules


def _old(newer: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function say what it is called today."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def warned(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(
                "We've integrated functorch into PyTorch. As the final step of the integration, "
                f"`functorch.{function.__name__}` is deprecated as of PyTorch 2.0 and will be deleted in a future version of "
                f"PyTorch >= 2.3. Please use `{newer}` instead; see the PyTorch 2.0 release notes and/or the `torch.func` "
                "migration guide for more details https://pytorch.org/docs/main/func.migrating.html",
                FutureWarning,
                stacklevel=2,
            )
            return function(*args, **kwargs)

        return warned

    return mark


class FunctionalModule(nn.Module):
    """A model that is told its parameters: ``f(parameters, inputs…)``."""

    def __init__(self, stateless_model: nn.Module, param_names: tuple[str, ...]) -> None:
        super().__init__()
        self.stateless_model = stateless_model
        self.param_names = param_names

    def forward(self, params: Sequence[Any], *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return modules.functional_call(self.stateless_model, dict(zip(self.param_names, params)), args, kwargs)


class FunctionalModuleWithBuffers(nn.Module):
    """A model that is told its parameters and buffers: ``f(parameters, buffers, inputs…)``."""

    def __init__(self, stateless_model: nn.Module, param_names: tuple[str, ...], buffer_names: tuple[str, ...]) -> None:
        super().__init__()
        self.stateless_model = stateless_model
        self.param_names = param_names
        self.buffer_names = buffer_names

    def forward(self, params: Sequence[Any], buffers: Sequence[Any], *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        state = dict(zip((*self.param_names, *self.buffer_names), (*params, *buffers)))
        return modules.functional_call(self.stateless_model, state, args, kwargs)


def _parted(model: nn.Module, disable_autograd_tracking: bool) -> tuple[nn.Module, dict[str, Any], dict[str, Any]]:
    """A model without numbers, and copies of the parameters and buffers that it had."""
    kept = copy.deepcopy(model)
    params = dict(kept.named_parameters())
    for p in params.values() if disable_autograd_tracking else ():
        p.requires_grad_(False)
    return copy.deepcopy(model).to("meta"), params, dict(kept.named_buffers())


@_old("torch.func.functional_call")
def make_functional(
    model: nn.Module, disable_autograd_tracking: bool = False
) -> tuple[FunctionalModule, tuple[Any, ...]]:
    """The model as a function of its parameters, and these.

    >>> import warnings, tinygrad_edu as tg
    >>> from tinygrad_edu.func.old import make_functional
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     f, parameters = make_functional(tg.nn.Linear(1, 1))
    >>> f([tg.tensor([[2.]]), tg.tensor([1.])], tg.tensor([3.]))
    tensor([7.])
    """
    if any(True for _ in model.buffers()):
        raise RuntimeError(
            "make_functional(model): `model` has buffers. Please use make_functional_with_buffers(model) instead."
        )
    without, params, _ = _parted(model, disable_autograd_tracking)
    return FunctionalModule(without, tuple(params)), tuple(params.values())


def _with_buffers(
    model: nn.Module, disable_autograd_tracking: bool
) -> tuple[FunctionalModuleWithBuffers, tuple[Any, ...], tuple[Any, ...]]:
    without, params, buffers = _parted(model, disable_autograd_tracking)
    function = FunctionalModuleWithBuffers(without, tuple(params), tuple(buffers))
    return function, tuple(params.values()), tuple(buffers.values())


@_old("torch.func.functional_call")
def make_functional_with_buffers(
    model: nn.Module, disable_autograd_tracking: bool = False
) -> tuple[FunctionalModuleWithBuffers, tuple[Any, ...], tuple[Any, ...]]:
    """The model as a function of its parameters and buffers, and these."""
    return _with_buffers(model, disable_autograd_tracking)


@_old("torch.func.stack_module_state")
def combine_state_for_ensemble(
    models: Sequence[nn.Module],
) -> tuple[FunctionalModuleWithBuffers, tuple[Any, ...], tuple[Any, ...]]:
    """One function for several models of a kind, and their parameters and buffers, stacked for `vmap`."""
    modules.check_alike("combine_state_for_ensemble", models)
    found, params, buffers = zip(*(_with_buffers(m, False) for m in models))
    stacked = [tuple(functions["stack"](each).detach() for each in zip(*states)) for states in (params, buffers)]
    return found[0], *stacked  # type: ignore[return-value]


vmap = _old("torch.vmap")(batch.vmap)
grad = _old("torch.func.grad")(derivatives.grad)
grad_and_value = _old("torch.func.grad_and_value")(derivatives.grad_and_value)
vjp = _old("torch.func.vjp")(derivatives.vjp)
jvp = _old("torch.func.jvp")(derivatives.jvp)
jacrev = _old("torch.func.jacrev")(derivatives.jacrev)
jacfwd = _old("torch.func.jacfwd")(derivatives.jacfwd)
hessian = _old("torch.func.hessian")(derivatives.hessian)
functionalize = _old("torch.func.functionalize")(modules.functionalize)
