"""``torch.utils.tensorboard.summary``: summaries that programs make themselves and give to ``FileWriter.add_summary``."""

from __future__ import annotations

from .hparams import hparams
from .summaries import custom_scalars, text

__all__ = ["custom_scalars", "hparams", "text"]
