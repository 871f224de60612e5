"""Boxes and key points under the transforms of images: what happens to the pixels happens to corners and points.

Boxes go through their two corners, XYXY. A picture that turns or bends takes all four corners along; the result is the box around
where they come to. Boxes that are turned themselves (XYWHR, …) are not moved here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....ops.creation import ones, tensor
from ....ops.joining import cat
from ....ops.registry import functions
from ...tv_tensors import (
    BoundingBoxes,
    BoundingBoxFormat,
    box_format,
    is_pure_tensor,
    is_rotated_bounding_format,
    plain,
    wrap,
)
from ..geometry import borders, output_size, pair
from ..warping import affine_matrix, checked_affine, inverse_affine_matrix, perspective_coefficients, turned_size

Canvas = tuple[int, int]
XYXY, XYWH, CXCYWH = BoundingBoxFormat.XYXY, BoundingBoxFormat.XYWH, BoundingBoxFormat.CXCYWH


# ------------------------------------------------------------------------------------------------- formats, limits
def _converted(boxes: Any, old: BoundingBoxFormat, new: BoundingBoxFormat) -> Any:
    """Boxes (…, 4) in another format; of whole numbers, halves are rounded as torchvision does."""
    if is_rotated_bounding_format(old) != is_rotated_bounding_format(new):
        raise ValueError("Cannot convert between rotated and unrotated bounding boxes.")
    if old is new:
        return boxes
    if is_rotated_bounding_format(old):
        raise NotImplementedError(f"boxes that are turned are not converted here: {old} to {new}")
    first, second = boxes[..., :2], boxes[..., 2:]
    whole = not boxes.is_floating_point()
    rounding = "floor" if whole else None
    if old is XYWH:
        return cat(
            [first, first + second] if new is XYXY else [first + second.div(2, rounding_mode=rounding), second], -1
        )
    if old is XYXY:
        size = second - first
        return cat([first if new is XYWH else (first * 2 + size).div(2, rounding_mode=rounding), size], -1)
    if whole:
        first, second = first.float(), second.float()
    low = first - second / 2
    high = (low + second).to(boxes.dtype)
    kept = low.to(boxes.dtype)
    if new is XYXY:
        return cat([kept, high], -1)
    return cat([kept, high - kept if whole else second], -1)


def convert_bounding_box_format(
    inpt: Any, old_format: Any = None, new_format: Any = None, inplace: bool = False
) -> Any:
    """Boxes in another format. A plain tensor needs ``old_format``; with ``inplace`` it is overwritten."""
    if new_format is None:
        raise TypeError("convert_bounding_box_format() missing 1 required argument: 'new_format'")
    new_format = box_format(new_format)
    if isinstance(inpt, BoundingBoxes):
        if old_format is not None:
            raise ValueError("For bounding box tv_tensor inputs, `old_format` must not be passed.")
        return wrap(_converted(plain(inpt), inpt.format, new_format), like=inpt, format=new_format)
    if not is_pure_tensor(inpt):
        raise TypeError(
            f"Input can either be a plain tensor or a bounding box tv_tensor, but got {type(inpt)} instead."
        )
    if old_format is None:
        raise ValueError("For pure tensor inputs, `old_format` has to be passed.")
    made = _converted(inpt, box_format(old_format), new_format)
    return inpt.copy_(made) if inplace else made


def _limited(corners: Any, canvas: Canvas) -> Any:
    """Corners (…, 4) brought within the canvas."""
    height, width = canvas
    limits = tensor([width, height, width, height], dtype=corners.dtype, device=corners.device)
    return functions["minimum"](corners.clamp(min=0), limits)


def _clamped(boxes: Any, format: BoundingBoxFormat, canvas: Canvas, mode: str | None) -> Any:
    if mode is None:
        return boxes.clone()
    real = boxes if boxes.is_floating_point() else boxes.float()
    return _converted(_limited(_converted(real, format, XYXY), canvas), XYXY, format).to(boxes.dtype)


def clamp_bounding_boxes(
    inpt: Any, format: Any = None, canvas_size: Any = None, clamping_mode: str | None = "auto"
) -> Any:
    """Boxes cut off at the edges of their canvas; of a plain tensor, format and canvas must be told."""
    if clamping_mode not in (None, "soft", "hard", "auto"):
        raise ValueError(f"clamping_mode must be soft, hard, auto or None, got {clamping_mode}")
    if isinstance(inpt, BoundingBoxes):
        if format is not None or canvas_size is not None:
            raise ValueError("For bounding box tv_tensor inputs, `format` and `canvas_size` must not be passed.")
        mode = inpt.clamping_mode if clamping_mode == "auto" else clamping_mode
        return wrap(_clamped(plain(inpt), inpt.format, inpt.canvas_size, mode), like=inpt)
    if not is_pure_tensor(inpt):
        raise TypeError(
            f"Input can either be a plain tensor or a bounding box tv_tensor, but got {type(inpt)} instead."
        )
    if format is None or canvas_size is None or clamping_mode == "auto":
        raise ValueError("For pure tensor inputs, `format`, `canvas_size` and `clamping_mode` have to be passed.")
    return _clamped(inpt, box_format(format), canvas_size, clamping_mode)


def clamp_keypoints(inpt: Any, canvas_size: Any = None) -> Any:
    """Points brought to the nearest pixel of their canvas."""
    canvas = canvas_size if is_pure_tensor(inpt) else getattr(inpt, "canvas_size", None)
    if canvas is None:
        raise ValueError("For pure tensor inputs, `canvas_size` has to be passed.")
    if canvas_size is not None and not is_pure_tensor(inpt):
        raise ValueError("For keypoints tv_tensor inputs, `canvas_size` must not be passed.")
    points = plain(inpt)
    limits = tensor([canvas[1] - 1, canvas[0] - 1], dtype=points.dtype, device=points.device)
    return wrap(functions["minimum"](points.clamp(min=0), limits), like=inpt)


def valid_boxes(boxes: Any, format: BoundingBoxFormat, canvas: Canvas, min_size: float, min_area: float) -> Any:
    """Which boxes lie on the canvas and are large enough."""
    corners = _converted(boxes, format, XYXY)
    wide, high = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    valid = (wide >= min_size) & (high >= min_size) & (wide * high >= min_area) & (corners >= 0).all(-1)
    return valid & (corners[:, 0::2] <= canvas[1]).all(-1) & (corners[:, 1::2] <= canvas[0]).all(-1)


def sanitize_bounding_boxes(
    bounding_boxes: Any, format: Any = None, canvas_size: Any = None, min_size: float = 1.0, min_area: float = 1.0
) -> tuple[Any, Any]:
    """The boxes that lie on the canvas and are large enough, and which they were."""
    told = f"Got format={format} and canvas_size={canvas_size}."
    if is_pure_tensor(bounding_boxes):
        if format is None or canvas_size is None:
            raise ValueError(
                f"format and canvas_size cannot be None if bounding_boxes is a pure tensor. {told}"
                "Set those to appropriate values or pass bounding_boxes as a tv_tensors.BoundingBoxes object."
            )
        valid = valid_boxes(bounding_boxes, box_format(format), canvas_size, min_size, min_area)
        return bounding_boxes[valid], valid
    if not isinstance(bounding_boxes, BoundingBoxes):
        raise ValueError("bounding_boxes must be a tv_tensors.BoundingBoxes instance or a pure tensor.")
    if format is not None or canvas_size is not None:
        raise ValueError(
            f"format and canvas_size must be None when bounding_boxes is a tv_tensors.BoundingBoxes instance. {told} "
            "Leave those to None or pass bounding_boxes as a pure tensor."
        )
    boxes = plain(bounding_boxes)
    valid = valid_boxes(boxes, bounding_boxes.format, bounding_boxes.canvas_size, min_size, min_area)
    return wrap(boxes[valid], like=bounding_boxes), valid


def sanitize_keypoints(key_points: Any, canvas_size: Any = None) -> tuple[Any, Any]:
    """The points (or groups of points) that lie on the canvas, and which they were."""
    canvas = canvas_size if is_pure_tensor(key_points) else key_points.canvas_size
    points = plain(key_points)
    valid = ((points >= 0) & (points < tensor([canvas[1], canvas[0]], device=points.device))).all(-1)
    valid = valid.flatten(1).all(1) if valid.ndim > 1 else valid
    return wrap(points[valid], like=key_points), valid


# ------------------------------------------------------------------------------------------------------- moving
def _as_boxes(boxes: Any, corners: Any, canvas: Canvas, clamp: bool = True) -> Any:
    """Corners as boxes of the kind, format and dtype that they were."""
    if clamp and boxes.clamping_mode is not None:
        corners = _limited(corners, canvas)
    made = _converted(corners, XYXY, boxes.format).to(boxes.dtype)
    return wrap(made, like=boxes, canvas_size=canvas)


def _real(t: Any) -> Any:
    t = plain(t)
    return t if t.is_floating_point() else t.float()


def _corners(boxes: BoundingBoxes, whole: bool) -> Any:
    """Corners to compute with; of whole numbers, ``whole`` says whether halves are rounded before."""
    return _real(_converted(plain(boxes) if whole else _real(boxes), boxes.format, XYXY))


def _all_corners(corners: Any) -> Any:
    """(N, 4) to the points (4 N, 2), clockwise from the upper left one."""
    return corners[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)


def _around(points: Any) -> Any:
    """The boxes (N, 4) around each four of the points (4 N, 2)."""
    low, high = functions["aminmax"](points.reshape(-1, 4, 2), dim=1)
    return cat([low, high], 1)


def _taken_along(inpt: Any, move: Callable[[Any], Any], canvas: Canvas, whole: bool = True) -> Any:
    """Boxes or points, each point moved by ``move`` of (M, 2), on a new canvas."""
    if inpt.numel() == 0:
        return inpt
    if isinstance(inpt, BoundingBoxes):
        return _as_boxes(inpt, _around(move(_all_corners(_corners(inpt, whole)))), canvas)
    moved = move(_real(inpt).reshape(-1, 2)).reshape(inpt.shape).to(inpt.dtype)
    return wrap(moved, like=inpt, canvas_size=canvas)


def _flipped(inpt: Any, axis: int) -> Any:
    side = inpt.canvas_size[1 - axis]
    made = plain(inpt).clone()
    if not isinstance(inpt, BoundingBoxes):
        made[..., axis] = -(made[..., axis] - (side - 1))
    elif inpt.format is XYXY:
        made[:, [axis, axis + 2]] = -(made[:, [axis + 2, axis]] - side)
    else:
        size = made[:, axis + 2] if inpt.format is XYWH else 0
        made[:, axis] = -(made[:, axis] + size - side)
    return wrap(made, like=inpt)


def horizontal_flip(inpt: Any) -> Any:
    _refuse_rotated(inpt)
    return _flipped(inpt, 0)


def vertical_flip(inpt: Any) -> Any:
    _refuse_rotated(inpt)
    return _flipped(inpt, 1)


def _refuse_rotated(inpt: Any) -> None:
    if isinstance(inpt, BoundingBoxes) and is_rotated_bounding_format(inpt.format):
        raise NotImplementedError(f"boxes that are turned ({inpt.format}) cannot be transformed here")


def resize(inpt: Any, size: Any, interpolation: Any = None, max_size: Any = None, antialias: Any = True) -> Any:
    _refuse_rotated(inpt)
    h, w = inpt.canvas_size
    height, width = resized(h, w, size, max_size)
    if (height, width) == (h, w):
        return inpt
    ratios = tensor([width / w, height / h], device=inpt.device)
    scaled = plain(inpt).mul(ratios.repeat(2) if isinstance(inpt, BoundingBoxes) else ratios).to(inpt.dtype)
    return wrap(scaled, like=inpt, canvas_size=(height, width))


def resized(h: int, w: int, size: Any, max_size: Any) -> tuple[int, int]:
    """The (height, width) that `resize` gives an image of (h, w)."""
    if size is None:
        if not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        other = int(max_size * min(h, w) / max(h, w))
        return (max_size, other) if h > w else (other, max_size)
    sizes = [size] if isinstance(size, int) else list(size)
    if max_size is not None and len(sizes) != 1:
        raise ValueError(
            "max_size should only be passed if size is None or specifies the length of the smaller edge, "
            "i.e. size should be an int or a sequence of length 1 in torchscript mode."
        )
    return output_size(h, w, sizes, max_size)


def _shifted(inpt: Any, x: int, y: int, canvas: Canvas) -> Any:
    """Moved by whole pixels onto another canvas."""
    _refuse_rotated(inpt)
    boxes = isinstance(inpt, BoundingBoxes)
    by = [x, y, x, y] if boxes and inpt.format is XYXY else [x, y, 0, 0] if boxes else [x, y]
    moved = plain(inpt) + tensor(by, dtype=inpt.dtype, device=inpt.device)
    if boxes:
        moved = _clamped(moved, inpt.format, canvas, inpt.clamping_mode)
    return wrap(moved, like=inpt, canvas_size=canvas)


def crop(inpt: Any, top: int, left: int, height: int, width: int) -> Any:
    return _shifted(inpt, -left, -top, (height, width))


def center_crop(inpt: Any, output_size: int | Sequence[int]) -> Any:
    height, width = pair(output_size)
    h, w = inpt.canvas_size
    return crop(inpt, round((h - height) / 2.0), round((w - width) / 2.0), height, width)


def resized_crop(
    inpt: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = None, antialias: Any = True
) -> Any:
    return resize(crop(inpt, top, left, height, width), size)


def pad(inpt: Any, padding: Any, fill: Any = None, padding_mode: str = "constant") -> Any:
    if padding_mode != "constant":
        boxes = isinstance(inpt, BoundingBoxes)
        kind = "bounding boxes" if boxes else "KeyPoints (supported modes are constant)"
        raise ValueError(f"Padding mode '{padding_mode}' is not supported with {kind}")
    left, top, right, bottom = borders(padding)
    h, w = inpt.canvas_size
    return _shifted(inpt, left, top, (h + top + bottom, w + left + right))


def affine(
    inpt: Any, angle: float, translate: Sequence[float], scale: float, shear: Any, interpolation: Any = None, fill: Any = None,
    center: Sequence[float] | None = None, expand: bool = False,
) -> Any:  # fmt: skip
    _refuse_rotated(inpt)
    shears = checked_affine(angle, translate, scale, shear)
    h, w = inpt.canvas_size
    about = [w * 0.5, h * 0.5] if center is None else list(center)
    matrix = affine_matrix(about, float(angle), translate, scale, shears)

    def move(points: Any) -> Any:
        by = tensor(matrix, dtype=points.dtype, device=points.device).reshape(2, 3).T
        moved = _with_one(points) @ by
        if expand:  # the corner of the turned picture becomes the origin
            moved = moved - (_with_one(_all_corners(points.new_tensor([[0.0, 0.0, w, h]]))) @ by).amin(0)
        return moved

    canvas = (h, w)
    if (
        expand
    ):  # of torchvision's two ways to find the new size, which may differ by a pixel, the one that it takes for boxes
        width, height = turned_size(inverse_affine_matrix(about, float(angle), translate, scale, shears), w, h)
        canvas = (height, width)
    return _taken_along(inpt, move, canvas, whole=False)


def _with_one(points: Any) -> Any:
    return cat([points, ones(points.shape[0], 1, dtype=points.dtype, device=points.device)], -1)


def rotate(
    inpt: Any, angle: float, interpolation: Any = None, expand: bool = False, center: Any = None, fill: Any = None
) -> Any:
    return affine(inpt, -angle, [0.0, 0.0], 1.0, [0.0, 0.0], center=center, expand=expand)


def perspective(
    inpt: Any, startpoints: Any, endpoints: Any, interpolation: Any = None, fill: Any = None, coefficients: Any = None
) -> Any:
    _refuse_rotated(inpt)
    if coefficients is not None and (startpoints is not None or endpoints is not None):
        raise ValueError("The startpoints/endpoints and the coefficients shouldn't be defined concurrently.")
    a, b, c, d, e, f, g, h = perspective_coefficients(startpoints, endpoints) if coefficients is None else coefficients
    scale = a * e - b * d
    if scale == 0:
        what = "bounding boxes" if isinstance(inpt, BoundingBoxes) else "keypoints"
        raise RuntimeError(
            f"Provided perspective_coeffs {[a, b, c, d, e, f, g, h]} can not be inverted to transform {what}. "
            f"Denominator is zero, denom={scale}"
        )
    above = [e - f * h, c * h - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f]
    below = [d * h - e * g, b * g - a * h]  # the inverse of the map from the result's pixels to the image's

    def move(points: Any) -> Any:
        top = tensor([x / scale for x in above], dtype=points.dtype, device=points.device).reshape(2, 3)
        under = tensor([x / scale for x in below] + [1.0], dtype=points.dtype, device=points.device)
        points = _with_one(points)
        return points @ top.T / (points @ under)[:, None]

    return _taken_along(inpt, move, inpt.canvas_size)


def elastic(inpt: Any, displacement: Any, interpolation: Any = None, fill: Any = None) -> Any:
    """Where a point comes to is only known for the other direction: the move at the point itself is taken back."""
    _refuse_rotated(inpt)
    height, width = inpt.canvas_size
    if not hasattr(displacement, "_data"):
        raise TypeError("Argument displacement should be a Tensor")
    if displacement.shape != (1, height, width, 2):
        raise ValueError(
            f"Argument displacement shape should be {(1, height, width, 2)}, but given {displacement.shape}"
        )
    boxes = isinstance(inpt, BoundingBoxes)

    def move(points: Any) -> Any:
        at = (points.ceil() if boxes else points).long()
        x, y = at[:, 0].clamp(0, width - 1), at[:, 1].clamp(0, height - 1)
        sides = tensor([width, height], dtype=points.dtype, device=points.device)
        middle = (functions["stack"]([x, y], 1).to(points.dtype) * 2 + 1 - sides) / sides
        moved = (middle - displacement.to(points.dtype)[0, y, x] + 1) * (0.5 * sides) - 0.5
        return moved if inpt.is_floating_point() else moved.to(inpt.dtype).to(points.dtype)

    return _taken_along(inpt, move, inpt.canvas_size)
