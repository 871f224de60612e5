"""No test sees what another one left behind: default dtype and device, grad mode, print options, random streams.

A pytest plugin: tests/conftest.py takes it in, and so does the doctest stage (`-p tests.sealing`).
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest


def values_of(module: ModuleType, *names: str) -> Callable[[], None]:
    """What puts these module variables back as they are now; objects are put back in their place *and* state."""
    now = {name: getattr(module, name) for name in names}
    inside = {name: copy.copy(vars(value)) for name, value in now.items() if hasattr(value, "__dict__")}

    def put_back() -> None:
        for name, value in now.items():
            setattr(module, name, value)
            if name in inside:
                vars(value).clear()
                vars(value).update(inside[name])

    return put_back


def seal_ours() -> list[Callable[[], None]]:
    """For each module of the package that is loaded: what restores its global state."""
    loaded = {name: sys.modules.get(f"tinygrad_edu.{name}") for name in ("dtypes", "device", "random", "printing")}
    modes = sys.modules.get("tinygrad_edu.autograd.modes")
    restore: list[Callable[[], None]] = []
    if module := loaded["dtypes"]:
        restore.append(values_of(module, "_default"))
    if module := loaded["device"]:
        stack: list[Any] = list(module._stack)
        restore.append(lambda stack_now=module._stack: stack_now.__setitem__(slice(None), stack))
    if modes:
        restore.append(values_of(modes, "state"))
    return restore


def seal_torch() -> list[Callable[[], None]]:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_rng_state"):  # absent, or half imported by a failed test
        return []
    dtype, grad, stream = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_rng_state()
    printing = sys.modules["torch._tensor_str"].PRINT_OPTS
    shown = copy.copy(vars(printing))
    return [
        lambda: torch.set_default_dtype(dtype),
        lambda: torch._C._set_grad_enabled(grad),
        lambda: torch.set_rng_state(stream),
        lambda: vars(printing).update(shown),
    ]


@pytest.fixture(autouse=True)
def sealed_state() -> Iterator[None]:
    restore = [*seal_ours(), *seal_torch()]
    yield
    for put_back in restore:
        put_back()
