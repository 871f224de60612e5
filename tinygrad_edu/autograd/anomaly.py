"""Anomaly mode: name the forward line whose backward failed or made a NaN."""

from __future__ import annotations

import warnings
from typing import Any

from .modes import state, watch


def _switch(mode: bool, check_nan: bool) -> None:
    state.anomaly, state.check_nan = mode, check_nan
    watch(mode or bool(state.saved_hooks))


class set_detect_anomaly:
    """Switch anomaly detection on or off, at once and as a context manager. Slow: every node keeps a stack trace."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.previous = state.anomaly, state.check_nan
        _switch(mode, check_nan)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exc: Any) -> None:
        _switch(*self.previous)


class detect_anomaly:
    """``with detect_anomaly():`` a backward inside names the forward call of a failing or NaN-making node."""

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self.previous = state.anomaly, state.check_nan
        _switch(True, self.check_nan)

    def __exit__(self, *exc: Any) -> None:
        _switch(*self.previous)


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return state.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection looks for NaN."""
    return state.check_nan
