"""``torch.__future__``: how modules replace their parameters when they are converted or moved."""

from __future__ import annotations

_chosen = {"overwrite": False, "swap": False}


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """Let conversions (``module.double()``) put new parameters into a module, in place of new numbers into the old ones."""
    _chosen["overwrite"] = value


def get_overwrite_module_params_on_conversion() -> bool:
    """Whether conversions put new parameters into a module."""
    return _chosen["overwrite"]


def set_swap_module_params_on_conversion(value: bool) -> None:
    """Let conversions swap a parameter with the converted one. Parameters stay the objects that they are: here they always do."""
    _chosen["swap"] = value


def get_swap_module_params_on_conversion() -> bool:
    """What `set_swap_module_params_on_conversion` was told."""
    return _chosen["swap"]


__all__ = [
    "get_overwrite_module_params_on_conversion", "get_swap_module_params_on_conversion", "set_overwrite_module_params_on_conversion",
    "set_swap_module_params_on_conversion",
]  # fmt: skip
