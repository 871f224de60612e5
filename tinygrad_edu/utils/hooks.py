"""torch.utils.hooks' names."""

from __future__ import annotations

from ..autograd.graph import RemovableHandle
from ..nn.hooks import BackwardHook

__all__ = ["BackwardHook", "RemovableHandle"]
