"""`GeneralizedRCNN`: backbone, proposals, heads, one after the other."""

from __future__ import annotations

from typing import Any

from .... import nn
from ....autograd.variable import Variable

Target = dict[str, Any]


def check_targets(targets: list[Target] | None, *, tell_type: bool = True, tell_shape: bool = True) -> None:
    """AssertionError when there is nothing to learn from."""
    if targets is None:
        raise AssertionError("targets should not be none when in training mode")
    for target in targets:
        boxes = target["boxes"]
        if not isinstance(boxes, Variable):
            found = f", got {type(boxes)}" if tell_type else ""
            raise AssertionError(f"Expected target boxes to be of type Tensor{found}.")
        shape = boxes._data.shape
        if len(shape) != 2 or shape[-1] != 4:
            found = f", got {target['boxes'].shape}" if tell_shape else ""
            raise AssertionError(f"Expected target boxes to be a tensor of shape [N, 4]{found}.")


def check_boxes(targets: list[Target] | None) -> None:
    """AssertionError for boxes without an area."""
    for i, target in enumerate(targets or []):
        boxes = target["boxes"]
        empty = (boxes[:, 2:] <= boxes[:, :2]).any(dim=1)
        if empty.any():
            raise AssertionError(
                "All bounding boxes should have positive height and width. "
                f"Found invalid box {boxes[empty][0].tolist()} for target at index {i}."
            )


def sizes_of(images: Any) -> list[tuple[int, int]]:
    """Height and width of each image."""
    sizes = [tuple(image.shape[-2:]) for image in images]
    for image, size in zip(images, sizes):
        if len(size) != 2:
            raise AssertionError(
                f"expecting the last two dimensions of the Tensor to be H and W instead got {image.shape[-2:]}"
            )
    return sizes


class GeneralizedRCNN(nn.Module):
    """``transform`` (images to one tensor and back), ``backbone`` (features), ``rpn`` (proposals), ``roi_heads`` (detections).

    Takes a list of images (C, H, W) and, to learn, of targets. A dict of losses in training, a list of dicts else.
    """

    def __init__(self, backbone: nn.Module, rpn: nn.Module, roi_heads: nn.Module, transform: nn.Module) -> None:
        super().__init__()
        self.transform, self.backbone, self.rpn, self.roi_heads = transform, backbone, rpn, roi_heads

    def eager_outputs(self, losses: dict[str, Any], detections: list[Target]) -> Any:
        """What `forward` returns."""
        return losses if self.training else detections

    def forward(self, images: list[Any], targets: list[Target] | None = None) -> Any:
        if self.training:
            check_targets(targets)
        sizes = sizes_of(images)
        batch, targets = self.transform(images, targets)
        check_boxes(targets)
        features = self.backbone(batch.tensors)
        if isinstance(features, Variable):
            features = {"0": features}
        proposals, proposal_losses = self.rpn(batch, features, targets)
        found, losses = self.roi_heads(features, proposals, batch.image_sizes, targets)
        found = self.transform.postprocess(found, batch.image_sizes, sizes)  # type: ignore[operator]
        return self.eager_outputs({**losses, **proposal_losses}, found)
