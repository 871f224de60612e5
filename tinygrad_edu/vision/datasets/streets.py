"""Streets as cars see them: Cityscapes with masks, Kitti with boxes in space."""

from __future__ import annotations

import csv
import json
import os
from typing import Any, ClassVar

from PIL import Image

from .archives import extract_archive
from .fetched import Fetched, Joint, Root, as_list, one_or_all
from .names import CITYSCAPES, CityscapesClass
from .utils import download_and_extract_archive, iterable_to_str, verify_str_arg
from .vision import Transform, VisionDataset


class Cityscapes(VisionDataset):
    """5,000 streets with fine masks, 20,000 with coarse ones; the archives have to be fetched by hand and put into ``root``.

    ``split`` is "train", "val" or "test" with the ``mode`` "fine", "train", "train_extra" or "val" with "coarse".
    ``target_type``, one or a list of them: "instance", "semantic", "color" (PIL images) or "polygon" (a dictionary).
    """

    CityscapesClass: ClassVar[Any] = CityscapesClass
    classes: ClassVar[list[CityscapesClass]] = CITYSCAPES
    _suffixes: ClassVar[dict[str, str]] = {
        "instance": "instanceIds.png", "semantic": "labelIds.png", "polygon": "polygons.json", "color": "color.png",
    }  # fmt: skip

    def __init__(
        self,
        root: Root,
        split: str = "train",
        mode: str = "fine",
        target_type: list[str] | str = "instance",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        transforms: Joint | None = None,
    ) -> None:
        super().__init__(root, transforms, transform, target_transform)
        verify_str_arg(mode, "mode", ("fine", "coarse"))
        splits = ("train", "test", "val") if mode == "fine" else ("train", "train_extra", "val")
        self.split = verify_str_arg(
            split, "split", splits,
            f"Unknown value '{split}' for argument split if mode is '{mode}'. "
            f"Valid values are {{{iterable_to_str(splits)}}}.",
        )  # fmt: skip
        kinds = ("instance", "semantic", "polygon", "color")
        self.target_type = [verify_str_arg(kind, "target_type", kinds) for kind in as_list(target_type)]
        self.mode = "gtFine" if mode == "fine" else "gtCoarse"
        self.images_dir = os.path.join(self.root or "", "leftImg8bit", split)
        self.targets_dir = os.path.join(self.root or "", self.mode, split)
        if not (os.path.isdir(self.images_dir) and os.path.isdir(self.targets_dir)):
            self._unpack()
        self.images: list[str] = []
        self.targets: list[list[str]] = []
        for city in os.listdir(self.images_dir):
            for name in os.listdir(os.path.join(self.images_dir, city)):
                start = f"{name.partition('_leftImg8bit')[0]}_{self.mode}"
                files = [f"{start}_{self._suffixes[kind]}" for kind in self.target_type]
                self.images.append(os.path.join(self.images_dir, city, name))
                self.targets.append([os.path.join(self.targets_dir, city, file) for file in files])

    def _unpack(self) -> None:
        extra = "trainextra" if self.split == "train_extra" else "trainvaltest"
        masks = "gtFine_trainvaltest.zip" if self.mode == "gtFine" else "gtCoarse.zip"
        packed = [os.path.join(self.root or "", name) for name in (f"leftImg8bit_{extra}.zip", masks)]
        if not all(map(os.path.isfile, packed)):
            raise RuntimeError(
                "Dataset not found or incomplete. Please make sure all required folders for the"
                ' specified "split" and "mode" are inside the "root" directory'
            )
        for path in packed:
            extract_archive(path, self.root)

    @staticmethod
    def _target(kind: str, path: str) -> Any:
        if kind != "polygon":
            return Image.open(path)
        with open(path) as file:
            return json.load(file)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = Image.open(self.images[index]).convert("RGB")
        targets = [self._target(kind, path) for kind, path in zip(self.target_type, self.targets[index], strict=True)]
        return self._transformed_together(image, one_or_all(targets))

    def __len__(self) -> int:
        return len(self.images)

    def extra_repr(self) -> str:
        return f"Split: {self.split}\nMode: {self.mode}\nType: {self.target_type}"


class Kitti(Fetched):
    """7,481 streets with cars, people and more in boxes (and 7,518 for testing without), in ``root/Kitti/raw``.

    A target is a list of dictionaries: ``type``, ``truncated``, ``occluded``, ``alpha``, ``bbox`` (two corners in the
    picture), and ``dimensions``, ``location`` and ``rotation_y`` in space. Where ``train`` is False, it is None.
    """

    _missing = "Dataset not found. You may use download=True to download it."
    data_url: ClassVar[str] = "https://s3.eu-central-1.amazonaws.com/avg-kitti/"
    resources: ClassVar[list[str]] = ["data_object_image_2.zip", "data_object_label_2.zip"]
    image_dir_name: ClassVar[str] = "image_2"
    labels_dir_name: ClassVar[str] = "label_2"

    def __init__(
        self,
        root: Root,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        transforms: Joint | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transforms, transform, target_transform)
        self.train = train
        self._location = "training" if train else "testing"
        self._get_ready(download)
        names = os.listdir(self._path(self.image_dir_name))
        self.images = [self._path(self.image_dir_name, name) for name in names]
        self.targets = [self._path(self.labels_dir_name, f"{name.partition('.')[0]}.txt") for name in names if train]

    @property
    def _raw_folder(self) -> str:
        return os.path.join(self.root or "", type(self).__name__, "raw")

    def _path(self, *names: str) -> str:
        return os.path.join(self._raw_folder, self._location, *names)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = Image.open(self.images[index])
        return self._transformed_together(image, self._parse_target(index) if self.train else None)

    def _parse_target(self, index: int) -> list[dict[str, Any]]:
        with open(self.targets[index]) as file:
            return [_thing(line) for line in csv.reader(file, delimiter=" ")]

    def __len__(self) -> int:
        return len(self.images)

    def _check_exists(self) -> bool:
        folders = [self.image_dir_name, *([self.labels_dir_name] if self.train else [])]
        return all(os.path.isdir(self._path(name)) for name in folders)

    def download(self) -> None:
        if not self._check_exists():
            for name in self.resources:
                download_and_extract_archive(self.data_url + name, self._raw_folder, filename=name)


def _thing(line: list[str]) -> dict[str, Any]:
    kind, truncated, occluded, alpha, *numbers = line
    box, size, place, turn = numbers[:4], numbers[4:7], numbers[7:10], numbers[10]
    return {
        "type": kind,
        "truncated": float(truncated),
        "occluded": int(occluded),
        "alpha": float(alpha),
        "bbox": [float(number) for number in box],
        "dimensions": [float(number) for number in size],
        "location": [float(number) for number in place],
        "rotation_y": float(turn),
    }
