"""COCO's annotation files, which are JSON: what is on which picture. The look-ups have pycocotools' names."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .outlines import mask_of


def _many(ids: Any) -> list[Any]:
    return list(ids) if isinstance(ids, Iterable) and not isinstance(ids, str) else [ids]


class Annotations:
    """The content of an annotation file: ``dataset``, and in it ``imgs``, ``anns`` and ``cats`` by number."""

    def __init__(self, annotation_file: str | os.PathLike[str]) -> None:
        with open(annotation_file) as file:
            self.dataset: dict[str, Any] = json.load(file)
        if not isinstance(self.dataset, dict):
            raise TypeError(f"annotation file format {type(self.dataset)} not supported")
        self.imgs, self.anns, self.cats = (
            {entry["id"]: entry for entry in self.dataset.get(kind, ())}
            for kind in ("images", "annotations", "categories")
        )
        self.imgToAnns: dict[Any, list[Any]] = defaultdict(list)
        self.catToImgs: dict[Any, list[Any]] = defaultdict(list)
        for entry in self.dataset.get("annotations", ()):
            self.imgToAnns[entry["image_id"]].append(entry)
            if self.cats:
                self.catToImgs[entry["category_id"]].append(entry["image_id"])

    def getAnnIds(
        self, imgIds: Any = (), catIds: Any = (), areaRng: Any = (), iscrowd: bool | None = None
    ) -> list[Any]:
        """The numbers of the annotations on these pictures, of these categories, with an area between the two given."""
        images, categories = _many(imgIds), _many(catIds)
        if images:
            found = [entry for image in images if image in self.imgToAnns for entry in self.imgToAnns[image]]
        else:
            found = self.dataset["annotations"]
        return [
            entry["id"]
            for entry in found
            if (not categories or entry["category_id"] in categories)
            and (len(areaRng) == 0 or areaRng[0] < entry["area"] < areaRng[1])
            and (iscrowd is None or entry["iscrowd"] == iscrowd)
        ]

    def getCatIds(self, catNms: Any = (), supNms: Any = (), catIds: Any = ()) -> list[Any]:
        """The numbers of the categories of these names, above-categories and numbers."""
        wanted = {"name": _texts(catNms), "supercategory": _texts(supNms), "id": _many(catIds)}
        return [
            entry["id"]
            for entry in self.dataset["categories"]
            if all(not values or entry[key] in values for key, values in wanted.items())
        ]

    def getImgIds(self, imgIds: Any = (), catIds: Any = ()) -> list[Any]:
        """The numbers of the pictures that have all of these categories."""
        images, categories = _many(imgIds), _many(catIds)
        if not images and not categories:
            return list(self.imgs)
        found = set(images or self.imgs)
        for category in categories:
            found &= set(self.catToImgs.get(category, ()))
        return list(found)

    def annToMask(self, ann: dict[str, Any]) -> Any:
        """The mask of an annotation: a uint8 array (height, width) that is 1 on the thing."""
        picture = self.imgs[ann["image_id"]]
        return mask_of(ann["segmentation"], picture["height"], picture["width"])

    def loadAnns(self, ids: Any = ()) -> list[Any]:
        return [self.anns[i] for i in _many(ids)]

    def loadCats(self, ids: Any = ()) -> list[Any]:
        return [self.cats[i] for i in _many(ids)]

    def loadImgs(self, ids: Any = ()) -> list[Any]:
        return [self.imgs[i] for i in _many(ids)]


def _texts(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def read_annotations(path: str | os.PathLike[str]) -> Any:
    """What pycocotools makes of an annotation file (it also evaluates detections), or `Annotations` where it is not installed."""
    try:
        from pycocotools.coco import COCO
    except ImportError:
        return Annotations(path)
    return COCO(path)
