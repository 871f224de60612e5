"""`compile`: what torch's compiler gives as it looks from outside. Programs are run here, not compiled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..overrides import MISSING
from .module import Module

BACKENDS = ("cudagraphs", "inductor", "openxla", "tvm")  # what torch lists
_MORE_BACKENDS = (
    "aot_eager",
    "aot_eager_decomp_partition",
    "eager",
    "eager_noexcept",
    "onnxrt",
)  # for debugging, mostly
_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")


class InvalidBackend(RuntimeError):
    """A backend of this name is not known."""


class OptimizedModule(Module):
    """A module as `compile` returns it: the original is its child ``_orig_mod``, which stands in every key of the state.

    All attributes are the original's.
    """

    _original: Any

    def __init__(self, mod: Module) -> None:
        self.__dict__["_original"] = mod  # before anything asks for an attribute
        super().__init__()
        self._modules["_orig_mod"] = mod
        self.__dict__["_torchdynamo_orig_callable"] = mod

    @property
    def training(self) -> bool:  # type: ignore[override]
        return bool(self._original.training)

    @training.setter
    def training(self, mode: bool) -> None:
        if "_modules" in self.__dict__:  # not so while Module's own __init__ runs
            self._original.training = mode

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._original(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_original" not in self.__dict__:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return self._original if name == "_orig_mod" else getattr(self._original, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name) or name in self.__dict__:
            super().__setattr__(name, value)
        else:
            setattr(self._original, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._original, name)

    def __len__(self) -> int:
        if not hasattr(self._original, "__len__"):
            raise TypeError(f"{type(self._original).__name__} does not support len()")
        return len(self._original)

    def __bool__(self) -> bool:
        return True

    def __reduce__(self) -> Any:
        return OptimizedModule, (self._original,)


def as_compiled(target: Any) -> Any:
    """A module in an `OptimizedModule`, a function in a function of the same name; a class as it is."""
    if isinstance(target, OptimizedModule):
        target = target._orig_mod.forward
    if isinstance(target, Module):
        return OptimizedModule(target)
    assert callable(target), f"A callable function is expected, but {type(target)} is provided."
    if isinstance(target, type):
        return target

    @functools.wraps(target)
    def compiled(*args: Any, **kwargs: Any) -> Any:
        return target(*args, **kwargs)

    compiled._torchdynamo_orig_callable = target  # type: ignore[attr-defined]
    return compiled


def compile(
    model: Any = MISSING,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str | Callable[..., Any] = "inductor",
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
) -> Any:
    """``model`` (a module or a function) in the form that torch's compiler gives it; without it, a decorator.

    It computes what it computed before, no faster: there is no compiler. A module comes as an `OptimizedModule`. ``backend`` and
    ``mode`` are checked, and have no effect. RuntimeError for a mode, or with both ``mode`` and ``options``; `InvalidBackend` for a
    backend that torch does not know, NotImplementedError for one that is a function: there is no graph to give it.

    >>> import tinygrad_edu as tg
    >>> list(tg.compile(tg.nn.Linear(1, 2)).state_dict())
    ['_orig_mod.weight', '_orig_mod.bias']
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if model is MISSING:
        return lambda model: compile(
            model, fullgraph=fullgraph, dynamic=dynamic, backend=backend, mode=mode, options=options, disable=disable
        )
    if disable:
        return model
    if mode is not None and mode not in _MODES and backend == "inductor":
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    if not isinstance(backend, str):
        raise NotImplementedError(
            "a function as backend of compile: it would be given a graph, and programs are not compiled to one here"
        )
    if backend not in (*BACKENDS, *_MORE_BACKENDS):
        raise InvalidBackend(
            f"Invalid backend: {backend!r}, see `torch._dynamo.list_backends()` for available backends."
        )
    return as_compiled(model)
