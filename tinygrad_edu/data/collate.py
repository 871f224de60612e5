"""From a list of samples to a batch: tensors stacked, numbers made tensors, containers gone through."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy

from .. import dtypes
from ..autograd.variable import Variable, needs_grad, wrap
from ..backend import kernels_of
from ..ops.registry import functions
from ..tensor import Tensor

CollateMap = dict[Any, Callable[..., Any]]

_TEXT = "SaUO"  # NumPy's kinds of text and objects


def default_convert(data: Any) -> Any:
    """NumPy arrays and numbers as tensors, inside containers too; everything else as it is."""
    if isinstance(data, Variable):
        return data
    if _of_torch(data):
        return _ours(data)
    if isinstance(data, (numpy.ndarray, numpy.generic)):
        if isinstance(data, numpy.str_) or data.dtype.kind in _TEXT:
            return data
        return functions["as_tensor"](data)
    if isinstance(data, Mapping):
        return _same_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple):
        converted = [default_convert(item) for item in data]
        return type(data)(*converted) if hasattr(data, "_fields") else converted
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _same_sequence(data, [default_convert(item) for item in data])
    return data


def _of_torch(value: Any) -> bool:
    """Whether it is a tensor of the real torch: what torchvision's own transforms make."""
    kind = type(value)
    return kind.__module__.partition(".")[0] in ("torch", "torchvision") and hasattr(value, "untyped_storage")


def _ours(value: Any) -> Any:
    """A tensor of the real torch as one of ours, sharing its memory."""
    return functions["from_numpy"](value.detach().cpu().numpy())


def _same_mapping(like: Any, items: dict[Any, Any]) -> Any:
    """The items in a mapping of the type of ``like``, or a dict where that cannot be made."""
    try:
        if isinstance(like, MutableMapping):
            clone = copy.copy(like)
            clone.update(items)
            return clone
        return type(like)(items)
    except TypeError:
        return items


def _same_sequence(like: Any, items: list[Any]) -> Any:
    """The items in a sequence of the type of ``like``, or a list where that cannot be made."""
    try:
        if isinstance(like, MutableSequence):
            clone = copy.copy(like)
            for i, item in enumerate(items):
                clone[i] = item
            return clone
        return type(like)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


def collate(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """A batch of the samples, by a table from type to function; containers are gone through.

    >>> import tinygrad_edu as tg
    >>> default_collate([(tg.tensor([1., 2.]), 0), (tg.tensor([3., 4.]), 1)])
    [tensor([[1., 2.],
            [3., 4.]]), tensor([0, 1])]
    """
    first = batch[0]
    kind = type(first)
    if _of_torch(first) and not isinstance(first, Variable):
        return collate([_ours(value) for value in batch], collate_fn_map=collate_fn_map)
    if collate_fn_map is not None:
        if kind in collate_fn_map:
            return collate_fn_map[kind](batch, collate_fn_map=collate_fn_map)
        for known, function in collate_fn_map.items():
            if isinstance(first, known):
                return function(batch, collate_fn_map=collate_fn_map)

    def column(samples: Any) -> Any:
        return collate(samples, collate_fn_map=collate_fn_map)

    if isinstance(first, Mapping):
        return _same_mapping(first, {key: column([sample[key] for sample in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return kind(*(column(samples) for samples in zip(*batch)))
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [column(samples) for samples in zip(*batch)]
        return columns if isinstance(first, tuple) else _same_sequence(first, columns)
    raise TypeError(f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}")


def collate_tensor_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Tensors, stacked."""
    if any(hasattr(t, "_raw") for t in batch):
        raise RuntimeError(
            "Batches of sparse tensors are not currently supported by the default collate_fn; please provide a custom collate_fn "
            "to handle them appropriately."
        )
    first = batch[0]._data
    tensors = all(isinstance(t, Variable) for t in batch)
    if not tensors or any(t._data.shape != first.shape or t._data.dtype != first.dtype or needs_grad(t) for t in batch):
        return functions["stack"](list(batch), 0)  # differentiable, promotes dtypes, names shapes that differ
    return wrap(kernels_of(first).xp.stack([t._data for t in batch]))


def collate_numpy_array_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """NumPy arrays, as tensors."""
    if batch[0].dtype.kind in _TEXT:
        raise TypeError(
            "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
            f"{batch[0].dtype}"
        )
    return collate([functions["as_tensor"](array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Numbers of NumPy."""
    return functions["as_tensor"](batch)


def collate_float_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Python's floats, in float64."""
    return functions["tensor"](batch, dtype=dtypes.float64)


def collate_int_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Whole numbers and truth values."""
    return functions["tensor"](batch)


def collate_str_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Text and bytes: a list of them."""
    return batch


default_collate_fn_map: CollateMap = {
    Tensor: collate_tensor_fn,
    numpy.ndarray: collate_numpy_array_fn,
    (numpy.bool_, numpy.number, numpy.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch: Any) -> Any:
    """What a `DataLoader` makes of a list of samples unless told otherwise (see `collate`)."""
    return collate(batch, collate_fn_map=default_collate_fn_map)
