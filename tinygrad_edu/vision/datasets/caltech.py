"""Caltech101 and Caltech256: pictures of things, a folder a kind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from .archives import extract_archive
from .fetched import NOT_WHOLE, Fetched, Root, one_or_all
from .utils import download_and_extract_archive, verify_str_arg
from .vision import Transform


class _Caltech(Fetched):
    """Numbered pictures in a folder a category: ``categories``, and each picture's category ``y`` and number ``index``."""

    _missing = NOT_WHOLE
    _categories_in: ClassVar[str]

    def _list(self, categories: list[str], suffix: str) -> None:
        self.categories = categories
        self.index: list[int] = []
        self.y: list[int] = []
        for i, category in enumerate(categories):
            n = sum(name.endswith(suffix) for name in os.listdir(self._path(category)))
            self.index += range(1, n + 1)
            self.y += [i] * n

    def _path(self, *names: str) -> str:
        return os.path.join(self.root or "", self._categories_in, *names)

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        return os.path.exists(self._path())

    def __len__(self) -> int:
        return len(self.index)


class Caltech101(_Caltech):
    """8,677 pictures of 101 kinds of things, in ``root/caltech101``.

    ``target_type``, one or a list of them, says what targets are: "category", or "annotation" for the points of an outline
    drawn by hand (an array; needs SciPy, which reads its files).
    """

    _categories_in = "101_ObjectCategories"
    _outlines_of: ClassVar[dict[str, str]] = {  # where the folder of outlines has another name than that of pictures
        "Faces": "Faces_2",
        "Faces_easy": "Faces_3",
        "Motorbikes": "Motorbikes_16",
        "airplanes": "Airplanes_Side_2",
    }

    def __init__(
        self,
        root: Root,
        target_type: list[str] | str = "category",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(os.path.join(root, "caltech101"), transform=transform, target_transform=target_transform)
        os.makedirs(self.root or "", exist_ok=True)
        types = [target_type] if isinstance(target_type, str) else target_type
        self.target_type = [verify_str_arg(kind, "target_type", ("category", "annotation")) for kind in types]
        self._get_ready(download)
        categories = sorted(os.listdir(self._path()))
        categories.remove("BACKGROUND_Google")  # whatever a search engine found
        self._list(categories, "")
        self.annotation_categories = [self._outlines_of.get(name, name) for name in categories]

    def _target(self, kind: str, index: int) -> Any:
        if kind == "category":
            return self.y[index]
        from scipy.io import loadmat

        folder = os.path.join(self.root or "", "Annotations", self.annotation_categories[self.y[index]])
        return loadmat(os.path.join(folder, f"annotation_{self.index[index]:04d}.mat"))["obj_contour"]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = Image.open(self._path(self.categories[self.y[index]], f"image_{self.index[index]:04d}.jpg"))
        return self._transformed(image, one_or_all([self._target(kind, index) for kind in self.target_type]))

    def download(self) -> None:
        """Fetch the archive and unpack it and those in it, unless they are there."""
        if self._check_integrity():
            return
        url = "https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip"
        root = self.root or ""
        download_and_extract_archive(url, root, md5="3138e1922a9193bfa496528edbbc45d0", remove_finished=True)
        inner = Path(root, "caltech-101")
        for packed in inner.glob("*.gz"):
            extract_archive(packed, root)
        shutil.rmtree(inner)

    def extra_repr(self) -> str:
        return f"Target type: {self.target_type}"


class Caltech256(_Caltech):
    """30,607 pictures of 256 kinds of things and of clutter, in ``root/caltech256``."""

    _categories_in = "256_ObjectCategories"
    _archives = (
        (
            "https://data.caltech.edu/records/nyy15-4j048/files/256_ObjectCategories.tar",
            "67b4f42ca05d46448c6bb8ecd2220f6d",
        ),
    )

    def __init__(
        self,
        root: str,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(os.path.join(root, "caltech256"), transform=transform, target_transform=target_transform)
        os.makedirs(self.root or "", exist_ok=True)
        self._get_ready(download)
        self._list(sorted(os.listdir(self._path())), ".jpg")

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        kind = self.y[index]
        path = self._path(self.categories[kind], f"{kind + 1:03d}_{self.index[index]:04d}.jpg")
        return self._transformed(Image.open(path), kind)
