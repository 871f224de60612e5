"""Page-locked memory: a GPU copies from it without the processor's help. Only of use, and only there, with a GPU."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from ..autograd.variable import Variable, wrap
from ..backend import cuda_available


def why_not_pinned() -> str | None:
    """None where pinned memory can be had, else torch's words for why not."""
    if cuda_available():
        return None
    return "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used."


def pin_memory(data: Any) -> Any:
    """The tensors of a batch (in containers, too) in page-locked memory; objects with a ``pin_memory`` method are asked."""
    if isinstance(data, Variable):
        return wrap(_pinned(data._data))
    if hasattr(data, "pin_memory"):
        return data.pin_memory()
    if isinstance(data, (str, bytes)):
        return data
    if isinstance(data, Mapping):
        items = {key: pin_memory(value) for key, value in data.items()}
        try:
            return type(data)(items)  # type: ignore[call-arg]
        except TypeError:  # its constructor wants something else
            return items
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(pin_memory, data))
    if isinstance(data, tuple):
        return [pin_memory(item) for item in data]
    if isinstance(data, Sequence):
        clone = copy.copy(data)
        for i, item in enumerate(data):
            clone[i] = pin_memory(item)  # type: ignore[index]
        return clone
    return data


def _pinned(array: Any) -> Any:
    if not isinstance(array, numpy.ndarray):  # it is on the GPU already
        return array
    from ..backend.cuda import pinned_like

    out = pinned_like(array)
    out[...] = array
    return out
