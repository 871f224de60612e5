"""``v2`` transforms of whole batches that mix each image, and its label, with the one before it: `MixUp` and `CutMix`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image as PILImage

from ....autograd.variable import Variable
from ....distributions import Beta
from ....ops.data import tensor
from ....ops.random_ops import randint
from ....ops.registry import functional
from ...tv_tensors import BoundingBoxes, KeyPoints, Mask, is_pure_tensor, wrap
from .base import IMAGES, Transform, fits, has_any, leaves, query_size, rebuilt


def _default_labels(sample: Any) -> Any:
    """The second of a pair, or what a dict calls its labels."""
    if isinstance(sample, (tuple, list)):
        sample = sample[1]
    if is_pure_tensor(sample):
        return sample
    if not isinstance(sample, Mapping):
        raise ValueError(
            "When using the default labels_getter, the input passed to forward must be a dictionary or a two-tuple whose second "
            f"item is a dictionary or a tensor, but got {sample} instead."
        )
    names = [key for key in sample if key.lower() == "labels"] or [key for key in sample if "label" in key.lower()]
    if not names:
        raise ValueError(
            "Could not infer where the labels are in the sample. Try passing a callable as the labels_getter parameter?If there "
            "are no labels in the sample by design, pass labels_getter=None."
        )
    return sample[names[0]]


def labels_by(labels_getter: Any) -> Callable[[Any], Any]:
    if labels_getter == "default":
        return _default_labels
    if labels_getter is None:
        return lambda sample: None
    if callable(labels_getter):
        return labels_getter  # type: ignore[no-any-return]
    raise ValueError(
        f"labels_getter should either be 'default', a callable, or None, but got {labels_getter} of type {type(labels_getter)}."
    )


class _Mixing(Transform):
    """Labels as numbers (with ``num_classes``) or as probabilities; the share λ of an image is drawn from Beta(α, α)."""

    def __init__(self, *, alpha: float = 1.0, num_classes: int | None = None, labels_getter: Any = "default") -> None:
        super().__init__()
        self.alpha = float(alpha)
        self._dist = Beta(tensor([alpha]), tensor([alpha]))
        self.num_classes = num_classes
        self._labels_getter = labels_by(labels_getter)

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        flat = leaves(sample)
        if has_any(flat, PILImage.Image, BoundingBoxes, Mask, KeyPoints):
            raise ValueError(
                f"{type(self).__name__}() does not support PIL images, bounding boxes, keypoints and masks."
            )
        labels = self._labels_getter(sample)
        if not isinstance(labels, Variable):
            raise ValueError(f"The labels must be a tensor, but got {type(labels)} instead.")
        self._check_labels(labels)
        chosen = self._chosen(flat)
        params = {"labels": labels, **self.make_params([x for x, wanted in zip(flat, chosen) if wanted])}
        changed = [self.transform(x, params) if wanted or x is labels else x for x, wanted in zip(flat, chosen)]
        return rebuilt(sample, changed)

    def _check_labels(self, labels: Any) -> None:
        if labels.ndim not in (1, 2):
            raise ValueError(
                "labels should be index based with shape (batch_size,) or probability based with shape (batch_size, num_classes), "
                f"but got a tensor of shape {labels.shape} instead."
            )
        if labels.ndim == 2 and self.num_classes is not None and labels.shape[-1] != self.num_classes:
            raise ValueError(
                f"When passing 2D labels, the number of elements in last dimension must match num_classes: {labels.shape[-1]} != "
                f"{self.num_classes}. You can Leave num_classes to None."
            )
        if labels.ndim == 1 and self.num_classes is None:
            raise ValueError("num_classes must be passed if the labels are index-based (1D)")

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        labels = params["labels"]
        if inpt is labels:
            return self._mixed_labels(inpt, params["lam"])
        if not fits(inpt, IMAGES):
            return inpt
        if inpt.ndim != 4:
            raise ValueError(f"Expected a batched input with 4 dims, but got {inpt.ndim} dimensions instead.")
        if inpt.shape[0] != labels.shape[0]:
            raise ValueError(
                f"The batch size of the image or video does not match the batch size of the labels: {inpt.shape[0]} != {labels.shape[0]}."
            )
        return wrap(self._mixed(inpt, params), like=inpt)

    def _mixed(self, images: Any, params: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _mixed_labels(self, labels: Any, lam: float) -> Any:
        if labels.ndim == 1:
            labels = functional["one_hot"](labels, num_classes=self.num_classes)
        if not labels.is_floating_point():
            labels = labels.float()
        return labels.roll(1, 0).mul_(1.0 - lam).add_(labels.mul(lam))


class MixUp(_Mixing):
    """λ of each image and 1 - λ of the one before it (Zhang and others, 2018)."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"lam": float(self._dist.sample(()))}

    def _mixed(self, images: Any, params: dict[str, Any]) -> Any:
        lam = params["lam"]
        return images.roll(1, 0).mul_(1.0 - lam).add_(images.mul(lam))


class CutMix(_Mixing):
    """A box of each image, about 1 - λ of it, from the one before it (Yun and others, 2019)."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        lam = float(self._dist.sample(()))
        height, width = query_size(flat_inputs)
        x, y = int(randint(width, size=(1,))), int(randint(height, size=(1,)))
        half = 0.5 * math.sqrt(1.0 - lam)
        half_width, half_height = int(half * width), int(half * height)
        x1, y1 = max(x - half_width, 0), max(y - half_height, 0)
        x2, y2 = min(x + half_width, width), min(y + half_height, height)
        return {"box": (x1, y1, x2, y2), "lam": float(1.0 - (x2 - x1) * (y2 - y1) / (width * height))}

    def _mixed(self, images: Any, params: dict[str, Any]) -> Any:
        x1, y1, x2, y2 = params["box"]
        mixed = images.clone()
        mixed[..., y1:y2, x1:x2] = images.roll(1, 0)[..., y1:y2, x1:x2]
        return mixed
