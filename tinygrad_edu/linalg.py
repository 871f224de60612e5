"""Linear algebra under torch's names: ``linalg.norm``, ``linalg.solve``, … The functions stand in ``ops/``."""

from __future__ import annotations

from .ops import registry as _registry

globals().update(_registry.linalg)
