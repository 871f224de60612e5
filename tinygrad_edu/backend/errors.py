"""Errors of an accelerator, under torch's names."""

from __future__ import annotations


class OutOfMemoryError(RuntimeError):
    """The GPU has no room for a new array (``torch.OutOfMemoryError``, also ``torch.cuda.OutOfMemoryError``)."""


class AcceleratorError(RuntimeError):
    """A GPU reports that it has failed (``torch.AcceleratorError``)."""
