"""``torch.cuda.random``: the GPUs' random streams."""

from __future__ import annotations

import secrets
from typing import Any

from .. import devices
from ..random import cuda_manual_seed as manual_seed
from ..random import cuda_manual_seed_all as manual_seed_all
from ..random import generator_of
from ._device import device_count


def get_rng_state(device: Any = "cuda") -> Any:
    """Where the random stream of a GPU stands."""
    return generator_of(devices.resolve(device)).get_state()


def set_rng_state(new_state: Any, device: Any = "cuda") -> None:
    """Continue the random stream of a GPU from a state."""
    generator_of(devices.resolve(device)).set_state(new_state)


def get_rng_state_all() -> list[Any]:
    """Where the random streams of all GPUs stand."""
    return [get_rng_state(f"cuda:{i}") for i in range(device_count())]


def set_rng_state_all(new_states: list[Any]) -> None:
    """Continue the random streams of all GPUs."""
    for i, state in enumerate(new_states):
        set_rng_state(state, f"cuda:{i}")


def initial_seed() -> int:
    """The seed of the current GPU's random stream."""
    return generator_of(devices.resolve("cuda")).initial_seed()


def seed() -> None:
    """Begin the current GPU's random stream at a place that nobody knows beforehand."""
    manual_seed(secrets.randbits(62))


def seed_all() -> None:
    """Begin the random streams of all GPUs at a place that nobody knows beforehand."""
    manual_seed_all(secrets.randbits(62))
