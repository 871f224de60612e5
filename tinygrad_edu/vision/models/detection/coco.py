"""What the data set COCO calls its classes and points, and how weights trained on it are described."""

from __future__ import annotations

from typing import Any

from .... import nn
from ...ops.misc import FrozenBatchNorm2d
from ...transforms.presets import ObjectDetection
from ..pretrained import Weights, WeightsEnum
from ._utils import overwrite_eps
from .backbone_utils import _validate_trainable_layers

# the numbers of the data set run to 90; of some of them there are no boxes
CATEGORIES = [
    "__background__", "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "N/A", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "N/A", "backpack", "umbrella", "N/A", "N/A", "handbag", "tie", "suitcase", "frisbee", "skis",
    "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "N/A", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot",
    "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "N/A", "dining table", "N/A", "N/A", "toilet",
    "N/A", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator",
    "N/A", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
]  # fmt: skip
PERSON_CATEGORIES = ["no person", "person"]
PERSON_KEYPOINTS = ["nose"] + [
    f"{side}_{part}"
    for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
]


def coco(file: str, num_params: int, *, categories: list[str] = CATEGORIES, **measured: Any) -> Weights:
    """A set trained on COCO, with its mean average precisions on the validation images."""
    extra = {"keypoint_names": PERSON_KEYPOINTS} if "kp_map" in measured else {}
    return Weights(
        url=f"https://download.pytorch.org/models/{file}",
        transforms=ObjectDetection,
        meta={
            "num_params": num_params,
            "min_size": measured.pop("min_size", (1, 1)),
            "num_classes": len(categories),
            "categories": categories,
            **extra,
            "_metrics": {"COCO-val2017": measured},
        },
    )


TRAINED: dict[str, Any] = {"weights_backbone": None, "_trained": True}  # how a model is built that gets COCO's weights


def without_eps(model: nn.Module, member: WeightsEnum) -> None:
    """The first sets were trained with frozen norm layers that had no ``eps``."""
    if member.name == "COCO_V1":
        overwrite_eps(model, 0.0)


def start(
    sets: type[WeightsEnum], weights_backbone: Any, trainable: int | None, trained: bool, most: int = 5, usual: int = 3
) -> tuple[Any, int, Any]:
    """The backbone's weights, how many of its parts learn, and its norm layer: frozen where it is trained already."""
    member = None if trained else sets.verify(weights_backbone)
    known = trained or member is not None
    learning = _validate_trainable_layers(known, trainable, most, usual)
    return member, learning, FrozenBatchNorm2d if known else nn.BatchNorm2d
