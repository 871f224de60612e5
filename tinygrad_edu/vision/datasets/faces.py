"""Faces in a crowd with their boxes (WIDERFace), faces with a mood (FER2013)."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any, ClassVar

import numpy
from PIL import Image

from ...ops.data import from_numpy, tensor
from .archives import extract_archive
from .fetched import Fetched, Root, lines_of
from .utils import check_integrity, download_and_extract_archive, download_file_from_google_drive, verify_str_arg
from .vision import Transform, VisionDataset

_FACTS = ("blur", "expression", "illumination", "occlusion", "pose", "invalid")


class WIDERFace(Fetched):
    """32,203 pictures with 393,703 faces, in ``root/widerface``; ``split`` is "train", "val" or "test".

    A target is a dictionary of int64 tensors: ``bbox`` (faces, 4), of x, y, width and height, and ``blur``,
    ``expression``, ``illumination``, ``occlusion``, ``pose`` and ``invalid``, a number for each face; None for "test".
    """

    _missing = "Dataset not found or corrupted. You can use download=True to download and prepare it"
    BASE_FOLDER: ClassVar[str] = "widerface"
    FILE_LIST: ClassVar[list[tuple[str, str, str]]] = [  # Google Drive's number, MD5 checksum, name
        ("15hGDLhsx8bLgLcIRD5DhYt5iBxnjNF1M", "3fedf70df600953d25982bcd13d91ba2", "WIDER_train.zip"),
        ("1GUCogbp16PMGa39thoMMeWxp7Rp5oM8Q", "dfa7d7e790efa35df3788964cf0bbaea", "WIDER_val.zip"),
        ("1HIfDbVEWKmsYKJZm4lchTBDLW5N7dY5T", "e5d8f4248ed24c334bbd12f49c29dd40", "WIDER_test.zip"),
    ]
    ANNOTATIONS_FILE: ClassVar[tuple[str, str, str]] = (
        "http://shuoyang1213.me/WIDERFACE/support/bbx_annotation/wider_face_split.zip",
        "0e3767bcf0e326556d407bf5bff5d27c",
        "wider_face_split.zip",
    )

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(os.path.join(root, self.BASE_FOLDER), transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", ("train", "val", "test"))
        self._get_ready(download)
        self.img_info = self._listed_pictures() if split == "test" else self._listed_faces()

    def _lines(self, name: str) -> list[str]:
        return lines_of(Path(self.root or "", "wider_face_split", name))

    def _picture(self, name: str) -> dict[str, Any]:
        path = os.path.join(self.root or "", f"WIDER_{self.split}", "images", name)
        return {"img_path": os.path.abspath(os.path.expanduser(path))}

    def _listed_pictures(self) -> list[dict[str, Any]]:
        return [self._picture(name) for name in self._lines("wider_face_test_filelist.txt")]

    def _listed_faces(self) -> list[dict[str, Any]]:
        """For each picture a line with its name, one with the number of faces, and a line a face (also where it is 0)."""
        lines = iter(self._lines(f"wider_face_{self.split}_bbx_gt.txt"))
        found = []
        for name in lines:
            rows = [next(lines) for _ in range(max(1, int(next(lines))))]
            numbers = tensor([[int(number) for number in row.split(" ")] for row in rows])
            facts = {fact: numbers[:, 4 + i].clone() for i, fact in enumerate(_FACTS)}
            found.append({**self._picture(name), "annotations": {"bbox": numbers[:, :4].clone(), **facts}})
        return found

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        info = self.img_info[index]
        return self._transformed(Image.open(info["img_path"]), info.get("annotations"))

    def __len__(self) -> int:
        return len(self.img_info)

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        names = [name for *_, name in (*self.FILE_LIST, self.ANNOTATIONS_FILE)]
        return all(os.path.exists(os.path.join(self.root or "", name.removesuffix(".zip"))) for name in names)

    def download(self) -> None:
        """Fetch and unpack the files, unless they are there; needs the package gdown."""
        if self._check_integrity():
            return
        root = self.root or ""
        for number, md5, name in self.FILE_LIST:
            download_file_from_google_drive(number, root, name, md5)
            extract_archive(os.path.join(root, name))
        url, md5, _ = self.ANNOTATIONS_FILE
        download_and_extract_archive(url, root, md5=md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"


class FER2013(VisionDataset):
    """35,887 faces, 48 x 48 in grey, of seven moods, in ``root/fer2013``; ``split`` is "train" or "test".

    It has to be fetched by hand. Without ``fer2013.csv`` and ``icml_face_data.csv``, the classes of "test" are None.
    """

    _RESOURCES: ClassVar[dict[str, tuple[str, str]]] = {
        "train": ("train.csv", "3f0dfb3d3fd99c811a1299cb947e3131"),
        "test": ("test.csv", "b02c2298636a634e8c2faabbf3ea9a23"),
        "fer": ("fer2013.csv", "f8428a1edbd21e88f42c73edd2a14f95"),
        "icml": ("icml_face_data.csv", "b114b9e04e6949e5fe8b6a98b3892b1d"),
    }
    _usages: ClassVar[dict[str, tuple[str, ...]]] = {"train": ("Training",), "test": ("PublicTest", "PrivateTest")}

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        self._split = verify_str_arg(split, "split", ("train", "test"))
        super().__init__(root, transform=transform, target_transform=target_transform)
        folder = Path(self.root or "", "fer2013")
        whole = next((which for which in ("fer", "icml") if (folder / self._RESOURCES[which][0]).exists()), None)
        name, md5 = self._RESOURCES[whole or split]
        if not check_integrity(folder / name, md5):
            raise RuntimeError(
                f"{name} not found in {folder} or corrupted. You can download it from "
                "https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge"
            )
        with (folder / name).open(newline="") as file:
            rows = [{key.strip(): value for key, value in row.items()} for row in csv.DictReader(file)]
        if whole:
            rows = [row for row in rows if row["Usage"] in self._usages[split]]
        known = whole or split == "train"
        self._samples = [(_pixels(row["pixels"]), int(row["emotion"]) if known else None) for row in rows]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        pixels, mood = self._samples[index]
        return self._transformed(Image.fromarray(pixels.numpy()), mood)

    def __len__(self) -> int:
        return len(self._samples)

    def extra_repr(self) -> str:
        return f"split={self._split}"


def _pixels(text: str) -> Any:
    return from_numpy(numpy.array(text.split(), dtype=numpy.uint8).reshape(48, 48))
