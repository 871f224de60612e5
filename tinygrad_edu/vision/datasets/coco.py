"""COCO: pictures of everyday scenes with boxes, outlines, points or sentences."""

from __future__ import annotations

import os
from typing import Any

from PIL import Image

from .annotations import read_annotations
from .fetched import Joint, Root
from .vision import Transform, VisionDataset


class CocoDetection(VisionDataset):
    """Pictures in the folder ``root`` and what the JSON file ``annFile`` says is on them.

    An item's target is the list of the picture's annotations, dictionaries with ``bbox`` (x, y, width, height),
    ``category_id`` and more. ``ids`` are the pictures' numbers, ``coco`` is the annotation file: pycocotools' object where
    that is installed, else one with the same look-ups.
    """

    def __init__(
        self,
        root: Root,
        annFile: str,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        transforms: Joint | None = None,
    ) -> None:
        super().__init__(root, transforms, transform, target_transform)
        self.coco = read_annotations(annFile)
        self.ids = sorted(self.coco.imgs)

    def _load_image(self, id: int) -> Any:
        return Image.open(os.path.join(self.root or "", self.coco.loadImgs(id)[0]["file_name"])).convert("RGB")

    def _load_target(self, id: int) -> list[Any]:
        return self.coco.loadAnns(self.coco.getAnnIds(id))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not isinstance(index, int):
            raise ValueError(f"Index must be of type integer, got {type(index)} instead.")
        id = self.ids[index]
        return self._transformed_together(self._load_image(id), self._load_target(id))

    def __len__(self) -> int:
        return len(self.ids)


class CocoCaptions(CocoDetection):
    """As `CocoDetection`, for a file of sentences: an item's target is the list of those about the picture."""

    def _load_target(self, id: int) -> list[Any]:
        return [entry["caption"] for entry in super()._load_target(id)]
