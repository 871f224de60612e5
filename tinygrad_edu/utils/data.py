"""Data loading under torch's name; the code stands in `tinygrad_edu.data`."""

from __future__ import annotations

from ..data import *  # noqa: F403
from ..data import __all__, collate, dataset, loader as dataloader, sampler
