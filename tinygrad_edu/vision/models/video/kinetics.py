"""How weights trained on the data set Kinetics are described."""

from __future__ import annotations

from functools import partial

from ...transforms.presets import VideoClassification
from ..pretrained import Weights


def kinetics(
    file: str, num_params: int, accuracy: tuple[float, float], crop_size: tuple[int, int] = (112, 112),
    resize_size: tuple[int, int] = (128, 171), min_size: int = 1,
) -> Weights:  # fmt: skip
    """A set trained on the 400 classes of Kinetics, with its accuracy (top 1, top 5) on the validation films."""
    return Weights(
        url=f"https://download.pytorch.org/models/{file}",
        transforms=partial(VideoClassification, crop_size=crop_size, resize_size=resize_size),
        meta={
            "num_params": num_params,
            "min_size": (min_size, min_size),
            "num_classes": 400,
            "_metrics": {"Kinetics-400": {"acc@1": accuracy[0], "acc@5": accuracy[1]}},
        },
    )
