"""``v2`` transforms of boxes and key points: other formats, limits, clean-up, and a crop that keeps some boxes whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image as PILImage

from ....autograd.variable import Variable
from ....ops.data import tensor
from ....ops.random_ops import rand, randint
from ...ops import box_iou
from ...tv_tensors import BoundingBoxes, BoundingBoxFormat, Image, KeyPoints, Mask, is_pure_tensor, plain, wrap
from . import functional as F
from .base import Transform, fits, get_bounding_boxes, get_keypoints, has_all, has_any, leaves, query_size, rebuilt
from .boxes import (
    clamp_bounding_boxes,
    clamp_keypoints,
    convert_bounding_box_format,
    sanitize_keypoints,
    valid_boxes,
)
from .mixing import labels_by


class ConvertBoundingBoxFormat(Transform):
    """Boxes in another format."""

    _transformed_types = (BoundingBoxes,)

    def __init__(self, format: BoundingBoxFormat | str) -> None:
        super().__init__()
        self.format = format

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return convert_bounding_box_format(inpt, new_format=self.format)


class ClampBoundingBoxes(Transform):
    """Boxes cut off at the edges of their canvas, unless they say that they are not to be."""

    _transformed_types = (BoundingBoxes,)

    def __init__(self, clamping_mode: str | None = "auto") -> None:
        super().__init__()
        self.clamping_mode = clamping_mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return clamp_bounding_boxes(inpt, clamping_mode=self.clamping_mode)


class ClampKeyPoints(Transform):
    """Points brought to the nearest pixel of their canvas."""

    _transformed_types = (KeyPoints,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return clamp_keypoints(inpt)


class SetClampingMode(Transform):
    """Boxes that later transforms cut off ("soft", "hard") or do not (None)."""

    _transformed_types = (BoundingBoxes,)

    def __init__(self, clamping_mode: str | None) -> None:
        super().__init__()
        if clamping_mode not in (None, "soft", "hard"):
            raise ValueError(f"clamping_mode must be soft, hard or None, got {clamping_mode}")
        self.clamping_mode = clamping_mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return wrap(plain(inpt).clone(), like=inpt, clamping_mode=self.clamping_mode)


class _Sanitize(Transform):
    """Takes out what is not valid, and what belongs to it: labels, and of boxes the layers of masks."""

    what: str
    _labels_getter: Callable[[Any], Any]

    def _found(self, flat: list[Any]) -> tuple[Any, Any]:
        """The boxes or points of a sample, and which of them are valid."""
        raise NotImplementedError

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        labels = self._labels_getter(sample)
        flat = leaves(sample)
        given: Any = () if labels is None else labels if isinstance(labels, (tuple, list)) else (labels,)
        for label in given:
            if not isinstance(label, Variable):
                raise ValueError(
                    f"The labels in the input to forward() must be a tensor or None, got {type(label)} instead."
                )
        found, valid = self._found(flat)
        for label in given:
            if label.shape[0] != found.shape[0]:
                raise ValueError(
                    f"Number of {self.what} (shape={found.shape}) and must match the number of labels."
                    f"Found labels with shape={label.shape})."
                )
        params = {"valid": valid, "labels": given}
        return rebuilt(sample, [self.transform(x, params) for x in flat])

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        valid = params["valid"]
        if any(inpt is label for label in params["labels"]):
            return inpt[valid]
        if not fits(inpt, self._transformed_types) or inpt.shape[0] != valid.shape[0]:
            return inpt
        return wrap(plain(inpt)[valid], like=inpt)


class SanitizeBoundingBoxes(_Sanitize):
    """Only the boxes that lie on their canvas, with sides and area large enough – and their labels, and their layers of masks.

    ``labels_getter`` finds the labels (a tensor or several) in a sample: "default" looks for what is called labels; None: none.
    """

    what = "boxes"
    _transformed_types = (BoundingBoxes, Mask)

    def __init__(self, min_size: float = 1.0, min_area: float = 1.0, labels_getter: Any = "default") -> None:
        super().__init__()
        if min_size < 1:
            raise ValueError(f"min_size must be >= 1, got {min_size}.")
        if min_area < 1:
            raise ValueError(f"min_area must be >= 1, got {min_area}.")
        self.min_size, self.min_area, self.labels_getter = min_size, min_area, labels_getter
        self._labels_getter = labels_by(labels_getter)

    def _found(self, flat: list[Any]) -> tuple[Any, Any]:
        boxes = get_bounding_boxes(flat)
        return boxes, valid_boxes(plain(boxes), boxes.format, boxes.canvas_size, self.min_size, self.min_area)


class SanitizeKeyPoints(_Sanitize):
    """Only the points, or groups of points, that lie on their canvas, and their labels."""

    what = "kepyoints"  # as torchvision spells it
    _transformed_types = (KeyPoints,)

    def __init__(self, labels_getter: Any = "default") -> None:
        super().__init__()
        self._labels_getter = labels_by(labels_getter)

    def _found(self, flat: list[Any]) -> tuple[Any, Any]:
        points = get_keypoints(flat)
        return points, sanitize_keypoints(points)[1]


class RandomIoUCrop(Transform):
    """A random part of the image in which a box lies well enough: it shares at least as much with the part as was drawn from
    ``sampler_options`` (1 or more: the image stays whole). Boxes whose centres are cut off become empty; `SanitizeBoundingBoxes`
    takes them out.
    """

    def __init__(
        self, min_scale: float = 0.3, max_scale: float = 1.0, min_aspect_ratio: float = 0.5, max_aspect_ratio: float = 2.0,
        sampler_options: Sequence[float] | None = None, trials: int = 40,
    ) -> None:  # fmt: skip
        super().__init__()
        self.min_scale, self.max_scale = min_scale, max_scale
        self.min_aspect_ratio, self.max_aspect_ratio = min_aspect_ratio, max_aspect_ratio
        self.options = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0] if sampler_options is None else sampler_options
        self.trials = trials

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        if not (has_all(flat_inputs, BoundingBoxes) and has_any(flat_inputs, PILImage.Image, Image, is_pure_tensor)):
            raise TypeError(
                f"{type(self).__name__}() requires input sample to contain tensor or PIL images "
                "and bounding boxes. Sample can also contain masks."
            )

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        h, w = query_size(flat_inputs)
        boxes = get_bounding_boxes(flat_inputs)
        corners = convert_bounding_box_format(plain(boxes), boxes.format, BoundingBoxFormat.XYXY)
        while True:
            least = self.options[int(randint(0, len(self.options), (1,)))]
            if least >= 1.0:
                return {}
            for _ in range(self.trials):
                params = self._part(h, w, corners, least)
                if params:
                    return params

    def _part(self, h: int, w: int, corners: Any, least: float) -> dict[str, Any]:
        """A random part; an empty answer where it does not do."""
        scale = self.min_scale + (self.max_scale - self.min_scale) * rand(2)
        width, height = int(w * scale[0]), int(h * scale[1])
        if not self.min_aspect_ratio <= width / height <= self.max_aspect_ratio:
            return {}
        at = rand(2)
        left, top = int((w - width) * at[0]), int((h - height) * at[1])
        if width == 0 or height == 0:
            return {}
        x, y = 0.5 * (corners[..., 0] + corners[..., 2]), 0.5 * (corners[..., 1] + corners[..., 3])
        inside = (left < x) & (x < left + width) & (top < y) & (y < top + height)
        if not bool(inside.any()):
            return {}
        part = tensor([[left, top, left + width, top + height]], dtype=corners.dtype, device=corners.device)
        if bool(box_iou(corners[inside], part).max() < least):
            return {}
        return {"crop": (top, left, height, width), "inside": inside}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if not params:
            return inpt
        output = self._call_kernel(F.crop, inpt, *params["crop"])
        if isinstance(output, BoundingBoxes):
            output[~params["inside"]] = 0
        return output
