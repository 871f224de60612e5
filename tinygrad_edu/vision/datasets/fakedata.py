"""Noise with labels, for trying a program before its data are there."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...ops.random_ops import randint, randn
from ...random import get_rng_state, manual_seed, set_rng_state
from ..transforms.functional import to_pil_image
from .vision import Transform, VisionDataset


class FakeData(VisionDataset):
    """Random pictures and classes, each from its own index as the seed: always the same, and none of them stored.

    >>> FakeData(size=100, image_size=(3, 32, 32), num_classes=5)
    Dataset FakeData
        Number of datapoints: 100
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.size, self.num_classes, self.image_size, self.random_offset = size, num_classes, image_size, random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        state = get_rng_state()
        manual_seed(index + self.random_offset)
        noise = randn(*self.image_size)
        target = randint(0, self.num_classes, size=(1,), dtype=dtypes.int64)[0]
        set_rng_state(state)
        image: Any = to_pil_image(noise)
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target.item()

    def __len__(self) -> int:
        return self.size
