"""`autocast`: matrix products and convolutions in half precision, delicate operations in float32, the rest as it comes.

Which operation belongs where stands in ops/_autocast.py. Each thread has its own state.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Self

from .. import dtypes
from ..autograd.modes import state
from ..autograd.variable import Variable
from ..cuda import is_available
from ..devices import device
from ..ops._autocast import Casting

_SUPPORTED = (dtypes.bfloat16, dtypes.float16)


class _Settings(threading.local):
    """What is switched on in this thread: for which kinds of device, to which dtype."""

    def __init__(self) -> None:
        self.enabled: set[str] = set()
        self.fast = {"cpu": dtypes.bfloat16, "cuda": dtypes.float16}
        self.keep = True  # the cache of cast parameters
        self.depth = 0
        self.kept: dict[Any, Any] = {}

    def take_effect(self) -> None:
        """Tell the operations."""
        wanted = {kind: self.fast[kind] for kind in self.enabled}
        state.casting = Casting(wanted, self.kept if self.keep else None) if wanted else None


_settings = _Settings()


def is_autocast_available(device_type: str) -> bool:
    """Whether there is automatic casting for this kind of device."""
    return device(device_type).type in ("cpu", "cuda")


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether operations on this kind of device are cast at the moment."""
    return device_type in _settings.enabled


def set_autocast_enabled(device_type: str, enabled: bool) -> None:
    """Switch casting on or off for one kind of device, without a block."""
    (_settings.enabled.add if enabled else _settings.enabled.discard)(device_type)
    _settings.take_effect()


def get_autocast_dtype(device_type: str) -> Any:
    """To what an `autocast` without a dtype casts: bfloat16 on the CPU, float16 on a GPU."""
    kind = device(device_type).type
    if kind not in _settings.fast:
        raise RuntimeError(f"unsupported scalarType for autocast: {kind}")
    return _settings.fast[kind]


def set_autocast_dtype(device_type: str, dtype: Any) -> None:
    """Choose that dtype."""
    _settings.fast[device_type] = dtype
    _settings.take_effect()


def is_autocast_cache_enabled() -> bool:
    """Whether a parameter is cast once a block, however often it is used."""
    return _settings.keep


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Choose whether it is."""
    _settings.keep = enabled
    _settings.take_effect()


def clear_autocast_cache() -> None:
    """Forget the parameters cast so far."""
    _settings.kept.clear()


class autocast:
    """A block, or a decorated function, in which some operations compute in half precision.

    ``device_type``: "cpu" or "cuda"; ``dtype``: bfloat16 or float16. Gradients come back in the parameters' own dtype. Wrap the
    forward pass and the loss in it, not ``backward()``.

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Linear(3, 2)
    >>> with tg.autocast("cpu", dtype=tg.bfloat16):
    ...     out = layer(tg.ones(1, 3))
    >>> out.dtype, layer.weight.dtype
    (tinygrad_edu.bfloat16, tinygrad_edu.float32)
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.fast_dtype = get_autocast_dtype(device_type) if dtype is None else dtype
        self.device = device_type
        if not is_autocast_available(device_type):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        self._cache_enabled = is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        if enabled and device_type == "cuda" and not is_available():
            warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=2)
            enabled = False
        elif enabled and self.fast_dtype not in _SUPPORTED:
            kind, names = device_type.upper(), ", ".join(map(str, _SUPPORTED))
            warnings.warn(
                f"In {kind} autocast, but the target dtype is not supported. Disabling autocast.\n{kind} Autocast only supports "
                f"dtypes of {names} currently.",
                stacklevel=2,
            )
            enabled = False
        self._enabled = enabled

    def __enter__(self) -> Self:
        now = _settings
        self._before = is_autocast_enabled(self.device), now.fast[self.device], now.keep
        now.fast[self.device], now.keep = self.fast_dtype, self._cache_enabled
        now.depth += 1
        set_autocast_enabled(self.device, self._enabled)
        return self

    def __exit__(self, *args: Any) -> Literal[False]:
        _settings.depth -= 1
        if _settings.depth == 0:
            clear_autocast_cache()
        enabled, _settings.fast[self.device], _settings.keep = self._before
        set_autocast_enabled(self.device, enabled)
        return False

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast as a context "
                "manager? For example:\n    with torch.autocast(device_type=...):\n        output = model(input)"
            )

        @functools.wraps(func)
        def decorate_autocast(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return decorate_autocast


def _cast(value: Any, device_type: str, dtype: Any) -> Any:
    """The floating point tensors in ``value``, however deep, in another dtype; float64 stays."""
    if isinstance(value, Variable):
        t: Any = value
        eligible = t.is_floating_point() and t.device.type == device_type and t.dtype is not dtypes.float64
        return t.to(dtype) if eligible else t
    if isinstance(value, (str, bytes)) or type(value).__module__ == "numpy":
        return value
    if isinstance(value, Mapping):
        return {_cast(k, device_type, dtype): _cast(v, device_type, dtype) for k, v in value.items()}
    if isinstance(value, Iterable):
        found = [_cast(v, device_type, dtype) for v in value]
        return type(value)(found) if isinstance(value, (list, tuple)) else found  # type: ignore[call-arg]
    return value


def _check_type(device_type: Any) -> None:
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """Decorates ``forward`` of an `autograd.Function`: with ``cast_inputs`` it runs on inputs of that dtype, casting switched off."""
    _check_type(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorate_fwd(*args: Any, **kwargs: Any) -> Any:
        ctx, on = args[0], is_autocast_enabled(device_type)
        ctx._dtype = get_autocast_dtype(device_type)
        ctx._fwd_used_autocast = on and cast_inputs is None
        if cast_inputs is None or not on:
            return fwd(*args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorate_fwd


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """Decorates ``backward``: it runs with casting as it was in ``forward``."""
    _check_type(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorate_bwd(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorate_bwd
