"""Fourier transforms under torch's names: ``fft.fft``, ``fft.rfft``, … The functions stand in ``ops/``."""

from __future__ import annotations

from .ops import registry as _registry

globals().update(_registry.fft)
