"""No test sees what another one left behind: default dtype and device, grad mode, print options, random streams.

A pytest plugin: tests/conftest.py takes it in, and so does the doctest stage (`-p tests.sealing`).
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest


def variables_of(module: ModuleType, *names: str) -> Callable[[], None]:
    """What gives these module variables their present values back; dicts and lists get their contents back as well."""
    now = {name: getattr(module, name) for name in names}
    contents = {name: copy.copy(value) for name, value in now.items() if isinstance(value, dict | list)}

    def put_back() -> None:
        for name, value in now.items():
            setattr(module, name, value)
            if isinstance(value, dict):
                value.clear()
                value.update(contents[name])
            elif isinstance(value, list):
                value[:] = contents[name]

    return put_back


def attributes_of(value: object) -> Callable[[], None]:
    """What gives an object (this thread's part of a thread-local one) its present attributes back."""
    now = dict(vars(value))

    def put_back() -> None:
        vars(value).clear()
        vars(value).update(now)

    return put_back


def seal_ours() -> list[Callable[[], None]]:
    """What restores the package's global state, for the modules that are loaded."""

    def loaded(name: str) -> ModuleType | None:
        return sys.modules.get(f"tinygrad_edu.{name}")

    restore: list[Callable[[], None]] = []
    if module := loaded("dtypes"):
        restore.append(variables_of(module, "_default", "module_name"))
    if module := loaded("devices"):
        restore.append(variables_of(module, "_stack"))
    if module := loaded("printing"):
        restore += [variables_of(module, "options"), attributes_of(module.options)]
    if module := loaded("autograd.modes"):
        restore.append(attributes_of(module.state))
    if module := loaded("nn.hooks"):
        restore.append(variables_of(module, *(name for name in vars(module) if name.startswith("global_"))))
    if module := loaded("random"):
        generator, stream = module.default_generator, module.default_generator.stream
        state = stream.get_state()
        restore += [
            variables_of(module, "_of_device", "_cuda_seed"),
            lambda: setattr(generator, "stream", stream),
            lambda: stream.set_state(state),
        ]
    return restore


def seal_torch() -> list[Callable[[], None]]:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_rng_state"):  # absent, or half imported by a failed test
        return []
    dtype, grad, stream = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_rng_state()
    shown = attributes_of(sys.modules["torch._tensor_str"].PRINT_OPTS)
    modules = sys.modules["torch.nn.modules.module"]
    hooks = variables_of(modules, *(name for name in vars(modules) if name.startswith("_global_")))
    distribution = torch.distributions.Distribution
    validates = distribution._validate_args
    return [
        hooks,
        lambda: torch.set_default_dtype(dtype),
        lambda: torch._C._set_grad_enabled(grad),
        lambda: torch.set_rng_state(stream),
        lambda: distribution.set_default_validate_args(validates),  # torch.compile switches it off
        shown,
    ]


@pytest.fixture(autouse=True)
def sealed_state() -> Iterator[None]:
    restore = [*seal_ours(), *seal_torch()]
    yield
    for put_back in restore:
        put_back()
