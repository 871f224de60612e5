"""Special functions under torch's names: ``special.expit``, ``special.erf``, … The functions stand in ``ops/``."""

from __future__ import annotations

from .ops import registry as _registry

globals().update(_registry.special)
