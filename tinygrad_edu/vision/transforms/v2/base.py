"""What the ``v2`` transforms share: they take whole samples – an image, an (image, label) pair, a dict – and change the
images in them, all with the same random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import numpy
from PIL import Image as PILImage

from .... import nn
from ....autograd.variable import Variable
from ....ops.random_ops import rand
from ...tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, TVTensor, Video, is_pure_tensor
from .. import functional as F1
from .functional import get_size, kernel_of

Check = type | Callable[[Any], bool]


def leaves(tree: Any) -> list[Any]:
    """What lies in nested tuples, lists and dicts, in order."""
    if isinstance(tree, Mapping):
        return [leaf for part in tree.values() for leaf in leaves(part)]
    if isinstance(tree, (tuple, list)):
        return [leaf for part in tree for leaf in leaves(part)]
    return [tree]


def rebuilt(tree: Any, parts: list[Any]) -> Any:
    """The same nest with other leaves, which are taken from the front of ``parts``."""
    if isinstance(tree, Mapping):
        return type(tree)((key, rebuilt(part, parts)) for key, part in tree.items())  # type: ignore[call-arg]
    if isinstance(tree, (tuple, list)):
        made = [rebuilt(part, parts) for part in tree]
        return type(tree)(*made) if hasattr(tree, "_fields") else type(tree)(made)
    return parts.pop(0)


def fits(x: Any, checks: Sequence[Check]) -> bool:
    return any(isinstance(x, check) if isinstance(check, type) else check(x) for check in checks)


IMAGES: tuple[Check, ...] = (is_pure_tensor, Image, PILImage.Image, Video)
SIZED: tuple[Check, ...] = (*IMAGES, Mask, BoundingBoxes, KeyPoints)


class Transform(nn.Module):
    """The base of the ``v2`` transforms, and of your own: override `transform` and, for random ones, `make_params`.

    Of plain tensors only the first is an image, and only where no PIL image or `tv_tensors.Image` is in the sample.
    """

    _transformed_types: tuple[Check, ...] = (Variable, PILImage.Image)

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        """Raise for samples that the transform does not take."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """The random numbers for one sample, given its images."""
        return {}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """One image changed."""
        raise NotImplementedError

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        flat = leaves(sample)
        self.check_inputs(flat)
        if self._skips():
            return sample
        chosen = self._chosen(flat)
        params = self.make_params([x for x, wanted in zip(flat, chosen) if wanted])
        return rebuilt(sample, [self.transform(x, params) if wanted else x for x, wanted in zip(flat, chosen)])

    def _skips(self) -> bool:
        """Whether chance leaves this sample as it is."""
        return False

    def _chosen(self, flat: list[Any]) -> list[bool]:
        """Which parts of a sample are to be changed."""
        first = not any(isinstance(x, (Image, Video, PILImage.Image)) for x in flat)
        chosen = []
        for x in flat:
            wanted = fits(x, self._transformed_types)
            if wanted and is_pure_tensor(x):
                wanted, first = first, False
            chosen.append(wanted)
        return chosen

    def _call_kernel(self, functional: Any, inpt: Any, *args: Any, **kwargs: Any) -> Any:
        """``functional(inpt, …)``; tensors of a kind that it has nothing for stay as they are."""
        if isinstance(inpt, TVTensor) and kernel_of(functional, type(inpt)) is None:
            return inpt
        return functional(inpt, *args, **kwargs)

    def extra_repr(self) -> str:
        shown = (bool, int, float, str, tuple, list, Enum)
        return ", ".join(
            f"{name}={value}"
            for name, value in self.__dict__.items()
            if not name.startswith("_") and name != "training" and isinstance(value, shown)
        )


class RandomApplyTransform(Transform):
    """A transform with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        if not 0.0 <= p <= 1.0:
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        super().__init__()
        self.p = p

    def _skips(self) -> bool:
        return bool(rand(1) >= self.p)


def query_chw(flat_inputs: list[Any]) -> tuple[int, int, int]:
    """(channels, height, width) of the sample's images, which must agree."""
    found = {tuple(F1.get_dimensions(x)) for x in flat_inputs if fits(x, IMAGES)}
    if not found:
        raise TypeError("No image or video was found in the sample")
    if len(found) > 1:
        raise ValueError(f"Found multiple CxHxW dimensions in the sample: {_listed(found)}")
    return found.pop()  # type: ignore[return-value]


def query_size(flat_inputs: list[Any]) -> tuple[int, int]:
    """(height, width) of the sample's images, which must agree."""
    found = {tuple(get_size(x)) for x in flat_inputs if fits(x, SIZED)}
    if not found:
        raise TypeError("No image, video, mask, bounding box of keypoint was found in the sample")
    if len(found) > 1:
        raise ValueError(f"Found multiple HxW dimensions in the sample: {_listed(found)}")
    return found.pop()  # type: ignore[return-value]


def get_bounding_boxes(flat_inputs: list[Any]) -> BoundingBoxes:
    """The (first) boxes of a sample."""
    for x in flat_inputs:
        if isinstance(x, BoundingBoxes):
            return x
    raise ValueError("No bounding boxes were found in the sample")


def get_keypoints(flat_inputs: list[Any]) -> KeyPoints:
    """The (first) key points of a sample."""
    for x in flat_inputs:
        if isinstance(x, KeyPoints):
            return x
    raise ValueError("No keypoints were found in the sample")


def check_type(obj: Any, types_or_checks: Sequence[Check]) -> bool:
    """Whether it is of one of the types, or passes one of the checks."""
    return fits(obj, types_or_checks)


def has_any(flat_inputs: list[Any], *types_or_checks: Check) -> bool:
    """Whether something of one of these types is in a sample."""
    return any(fits(x, types_or_checks) for x in flat_inputs)


def has_all(flat_inputs: list[Any], *types_or_checks: Check) -> bool:
    """Whether something of each of these types is in a sample."""
    return all(has_any(flat_inputs, check) for check in types_or_checks)


def _listed(sizes: set[tuple[int, ...]]) -> str:
    return ", ".join(f"'{size}'" for size in sorted(sizes))


def no_pil(transform: Transform, flat_inputs: list[Any]) -> None:
    """TypeError for a transform of tensors that gets a PIL image."""
    if any(isinstance(x, PILImage.Image) for x in flat_inputs):
        raise TypeError(f"{type(transform).__name__}() does not support PIL images.")


def fill_by_kind(fill: Any) -> dict[Any, Any]:
    """``fill`` for each kind of input: a dict as it is, else the same for all."""
    if not isinstance(fill, dict):
        return {"others": _numbers(fill)}
    return {kind: _numbers(value) for kind, value in fill.items()}


def _numbers(fill: Any) -> Any:
    if fill is not None and not isinstance(fill, (int, float, tuple, list)):
        raise TypeError("Got inappropriate fill arg, only Numbers, tuples, lists and dicts are allowed.")
    return fill if fill is None or isinstance(fill, (int, float)) else [float(v) for v in fill]


def fill_of(fills: dict[Any, Any], inpt: Any) -> Any:
    return fills.get(type(inpt), fills.get("others"))


Array = numpy.ndarray
