"""``use_deterministic_algorithms`` and its kin. All our operations are deterministic; what torch then refuses is refused all the same."""

from __future__ import annotations

import warnings

_mode = {"on": False, "warn_only": False, "matmul": "highest"}
_PRECISIONS = ("highest", "high", "medium")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for the same results in every run (which there are in any case)."""
    if not isinstance(mode, bool):
        raise TypeError(
            f"_set_deterministic_algorithms(): argument 'mode' (position 1) must be bool, not {type(mode).__name__}"
        )
    _mode.update(on=bool(mode), warn_only=bool(warn_only))


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was told."""
    return bool(_mode["on"])


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether it was told only to warn."""
    return bool(_mode["warn_only"])


def alert(name: str) -> None:
    """RuntimeError, or a warning, where torch has no deterministic form of an operation and one has been asked for."""
    if not _mode["on"]:
        return
    told = "True, warn_only=True" if _mode["warn_only"] else "True"
    text = f"{name} does not have a deterministic implementation, but you set 'torch.use_deterministic_algorithms({told})'. You can "
    end = (
        "file an issue at https://github.com/pytorch/pytorch/issues to help us prioritize adding deterministic support for this "
        "operation."
    )
    if _mode["warn_only"]:
        warnings.warn(text + end, UserWarning, stacklevel=4)
        return
    raise RuntimeError(
        f"{text}turn off determinism just for this operation, or you can use the 'warn_only=True' option, if that's acceptable for "
        f"your application. You can also {end}"
    )


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


_DEBUG_MODES = ("default", "warn", "error")


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """`use_deterministic_algorithms` by a number or a word: 0 default, 1 warn, 2 error."""
    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _DEBUG_MODES:
            raise RuntimeError(
                f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
            )
        debug_mode = _DEBUG_MODES.index(debug_mode)
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    use_deterministic_algorithms(debug_mode > 0, warn_only=debug_mode == 1)


def get_deterministic_debug_mode() -> int:
    """0, 1 or 2, as for `set_deterministic_debug_mode`."""
    return 0 if not _mode["on"] else 1 if _mode["warn_only"] else 2


def set_warn_always(b: bool, /) -> None:
    """Keep whether warnings that come once are to come each time; Python's own filters decide that here."""
    _mode["warn_always"] = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was told."""
    return bool(_mode.get("warn_always", False))
