"""``torch.compiler``: its switches. Programs are run here, never compiled, so most of them have nothing to switch."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Sequence
from typing import Any

from .nn import compiled as eval_frame  # torch._dynamo's name of it
from .nn.compiled import BACKENDS, InvalidBackend, OptimizedModule, as_compiled, compile
from .ops.data import from_numpy
from .tensor import Tensor

# settings that programs change; they are kept, and nothing asks for them
config = types.SimpleNamespace(
    suppress_errors=False, verbose=False, cache_size_limit=8, recompile_limit=8, dynamic_shapes=True, error_on_recompile=False,
    capture_scalar_outputs=False, specialize_int=False, assume_static_by_default=True, log_compilation_metrics=True,
)  # fmt: skip
_STANCES = (
    "default",
    "eager_then_compile",
    "force_eager",
    "eager_on_recompile",
    "fail_on_recompile",
    "aot_eager_then_compile",
)


def set_logs(**options: Any) -> None:
    """What torch's compiler writes into its logs. There is nothing to be written here."""


def is_compiling() -> bool:
    """False: nothing is ever compiled."""
    return False


is_dynamo_compiling = is_exporting = is_compiling


def is_dynamo_supported() -> bool:
    """False: there is no compiler, for programs that try it only where there is one."""
    return False


is_inductor_supported = is_dynamo_supported


def reset() -> None:
    """Does nothing: no compiled program is kept."""


def cudagraph_mark_step_begin() -> None:
    """Does nothing: there are no CUDA graphs."""


def list_backends(exclude_tags: Sequence[str] = ("debug", "experimental")) -> list[str]:
    """The names that torch lists as backends of `compile`.

    >>> list_backends()
    ['cudagraphs', 'inductor', 'openxla', 'tvm']
    """
    return list(BACKENDS)


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """``fn`` in the form that torch gives what is not to be compiled (that of `compile`); without it, a decorator."""
    return as_compiled if fn is None else as_compiled(fn)


def allow_in_graph(fn: Any) -> Any:
    """``fn`` itself, or the list of functions: there is no graph to be allowed in."""
    if isinstance(fn, (list, tuple)):
        return [allow_in_graph(f) for f in fn]
    assert callable(fn), "allow_in_graph expects a callable"
    return fn


def assume_constant_result(fn: Any) -> Any:
    """``fn`` itself: it is called each time."""
    return fn


def mark_static_address(t: Any, guard: bool = False) -> None:
    """Would tell the compiler that a tensor stays where it is in memory. TypeError for what is no tensor."""
    if not isinstance(t, Tensor):
        raise TypeError(f"mark_static_address expects a tensor but received {type(t)}")


def mark_static(t: Any, index: Any = None) -> None:
    """Would tell the compiler that dimensions of a tensor always have one size. Nothing is compiled."""


def mark_dynamic(t: Any, index: Any, **options: Any) -> None:
    """Would tell the compiler that dimensions of a tensor have many sizes. Nothing is compiled."""


maybe_mark_dynamic = mark_dynamic


def graph_break(msg: str = "") -> None:
    """Does nothing: there is no graph to be broken."""


def substitute_in_graph(original_fn: Any, **options: Any) -> Callable[[Any], Any]:
    """A decorator that leaves its function as it is."""
    return lambda fn: fn


class set_stance:
    """How compiled programs are to be run, from here on or inside a ``with`` block or a function. They run all the same."""

    def __init__(self, stance: str = "default", **options: Any) -> None:
        if stance not in _STANCES:
            raise RuntimeError(f"invalid torch.compile stance '{stance}'")
        self.stance = stance

    def __call__(self, fn: Any) -> Any:
        @functools.wraps(fn)
        def form(*args: Any, **kwargs: Any) -> Any:
            with self:
                return fn(*args, **kwargs)

        return form

    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None: ...


def wrap_numpy(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy arrays as one of tensors."""

    def there(value: Any) -> Any:
        return value.numpy() if isinstance(value, Tensor) else value

    @functools.wraps(fn)
    def form(*args: Any, **kwargs: Any) -> Any:
        out = fn(*map(there, args), **{name: there(value) for name, value in kwargs.items()})
        back = [
            from_numpy(o) if hasattr(o, "__array_interface__") else o
            for o in (out if isinstance(out, tuple) else (out,))
        ]
        return tuple(back) if isinstance(out, tuple) else back[0]

    return form


__all__ = [
    "InvalidBackend", "OptimizedModule", "allow_in_graph", "assume_constant_result", "compile", "config", "cudagraph_mark_step_begin",
    "disable", "eval_frame", "is_compiling", "is_dynamo_compiling", "is_exporting", "list_backends", "reset", "set_logs", "set_stance",
    "substitute_in_graph", "wrap_numpy",
]  # fmt: skip
