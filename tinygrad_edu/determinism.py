"""``use_deterministic_algorithms`` and its kin. All our operations are deterministic; the switches are kept for who asks."""

from __future__ import annotations

_mode = {"on": False, "warn_only": False, "matmul": "highest"}
_PRECISIONS = ("highest", "high", "medium")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for the same results in every run (which there are in any case)."""
    _mode.update(on=bool(mode), warn_only=bool(warn_only))


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was told."""
    return bool(_mode["on"])


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether it was told only to warn."""
    return bool(_mode["warn_only"])


def set_float32_matmul_precision(precision: str) -> None:
    """Allow float32 matrix products less than full precision ("high", "medium"); on the CPU they always have it."""
    if precision not in _PRECISIONS:
        raise RuntimeError(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current float32 matmul precision stays "
            f"{_mode['matmul']!r}"
        )
    _mode["matmul"] = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was told."""
    return str(_mode["matmul"])
