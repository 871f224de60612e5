"""torch.utils._foreach_utils' names: tensors sorted by device and dtype, for optimizers written after torch's."""

from __future__ import annotations

from typing import Any

Indices = list[int]
TensorListList = list[list[Any]]


def _get_foreach_kernels_supported_devices() -> list[str]:
    return ["cuda", "xpu", "mtia"]


def _get_fused_kernels_supported_devices() -> list[str]:
    return ["mps", "cuda", "xpu", "hpu", "cpu", "mtia"]


def _device_has_foreach_support(device: Any) -> bool:
    return device.type in (*_get_foreach_kernels_supported_devices(), "cpu")


def _has_foreach_support(tensors: list[Any], device: Any) -> bool:
    from .. import Tensor

    return _device_has_foreach_support(device) and all(t is None or type(t) is Tensor for t in tensors)


def _group_tensors_by_device_and_dtype(
    tensorlistlist: TensorListList, with_indices: bool = False
) -> dict[tuple[Any, Any], tuple[TensorListList, Indices]]:
    """The lists divided by device and dtype of the first one's tensors; with the places they had, if asked for."""
    groups: dict[tuple[Any, Any], tuple[TensorListList, Indices]] = {}
    for place, first in enumerate(tensorlistlist[0]):
        lists, places = groups.setdefault((first.device, first.dtype), ([[] for _ in tensorlistlist], []))
        for taken, given in zip(lists, tensorlistlist):
            if given:
                taken.append(given[place])
        if with_indices:
            places.append(place)
    return groups
