"""Labeled Faces in the Wild: who is this, and are these two the same person?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from .fetched import NOT_WHOLE, Fetched, Loader, Root, lines_of
from .folder import default_loader
from .utils import check_integrity, verify_str_arg
from .vision import Transform

_GONE = (
    "LFW dataset is no longer available for automatic download."
    "Please download the dataset manually and place it in the specified directory."
    "A commonly used mirror is available at: https://www.kaggle.com/datasets/jessicali9530/lfw-dataset"
)


class _LFW(Fetched):
    """13,233 faces of 5,749 people in ``root/lfw-py``; cannot be fetched any more."""

    _missing = NOT_WHOLE
    _view: ClassVar[str]
    base_folder: ClassVar[str] = "lfw-py"
    download_url_prefix: ClassVar[str] = "http://vis-www.cs.umass.edu/lfw/"
    file_dict: ClassVar[dict[str, tuple[str, str, str]]] = {
        "original": ("lfw", "lfw.tgz", "a17d05bd522c52d84eca14327a23d494"),
        "funneled": ("lfw_funneled", "lfw-funneled.tgz", "1b42dfed7d15c9b2dd63d5e5840c86ad"),
        "deepfunneled": ("lfw-deepfunneled", "lfw-deepfunneled.tgz", "68331da3eb755a505a502b5aacb3c201"),
    }
    checksums: ClassVar[dict[str, str]] = {
        "pairs.txt": "9f1ba174e4e1c508ff7cdf10ac338a7d",
        "pairsDevTest.txt": "5132f7440eb68cf58910c8a45a2ac10b",
        "pairsDevTrain.txt": "4f27cbf15b2da4a85c1907eb4181ad21",
        "people.txt": "450f0863dd89e85e73936a6d71a3474b",
        "peopleDevTest.txt": "e4bf5be0a43b5dcd9dc5ccfcb8fb19c5",
        "peopleDevTrain.txt": "54eaac34beb6d042ed3a7d883e247a21",
        "lfw-names.txt": "a6d0a479bd074669f656265a6e693f6d",
    }
    annot_file: ClassVar[dict[str, str]] = {"10fold": "", "train": "DevTrain", "test": "DevTest"}
    names: ClassVar[str] = "lfw-names.txt"

    def __init__(
        self,
        root: Root,
        split: str = "10fold",
        image_set: str = "funneled",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        super().__init__(os.path.join(root, self.base_folder), transform=transform, target_transform=target_transform)
        self.image_set = verify_str_arg(image_set.lower(), "image_set", self.file_dict)
        folder, self.filename, self.md5 = self.file_dict[self.image_set]
        self.view = self._view
        self.split = verify_str_arg(split.lower(), "split", list(self.annot_file))
        self.labels_file = f"{self.view}{self.annot_file[self.split]}.txt"
        self._get_ready(download)
        self.images_dir = os.path.join(self.root or "", folder)
        self._loader = loader
        self.data: list[Any] = []
        self.targets: list[int] = []
        self._read(self._lines(self.labels_file))

    def _read(self, lines: list[list[str]]) -> None:
        """Fill ``data`` and ``targets`` from the lines of the list, cut at tabs."""
        raise NotImplementedError

    def _lines(self, name: str) -> list[list[str]]:
        return [line.split("\t") for line in lines_of(Path(self.root or "", name))]

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        files = {self.filename: self.md5, self.labels_file: self.checksums[self.labels_file]}
        if self.view == "people":
            files[self.names] = self.checksums[self.names]
        return all(check_integrity(os.path.join(self.root or "", name), md5) for name, md5 in files.items())

    def download(self) -> None:
        raise ValueError(_GONE)

    def _get_path(self, identity: str, no: int | str) -> str:
        return os.path.join(self.images_dir, identity, f"{identity}_{int(no):04d}.jpg")

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Alignment: {self.image_set}\nSplit: {self.split}"


class LFWPeople(_LFW):
    """Faces and who they are: the target is the person's number (``class_to_idx`` by name).

    ``split`` is "10fold" (all), "train" or "test"; ``image_set`` says how faces were aligned: "original", "funneled" or
    "deepfunneled".
    """

    _view = "people"

    def _read(self, lines: list[list[str]]) -> None:
        self.class_to_idx = {line[0].split()[0]: i for i, line in enumerate(self._lines(self.names))}
        folds, start = (int(lines[0][0]), 1) if self.split == "10fold" else (1, 0)
        for _ in range(folds):
            end = start + 1 + int(lines[start][0])
            for identity, count in lines[start + 1 : end]:
                self.data += [self._get_path(identity, number) for number in range(1, int(count) + 1)]
                self.targets += [self.class_to_idx[identity]] * int(count)
            start = end

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self._loader(self.data[index]), self.targets[index])

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}\nClasses (identities): {len(self.class_to_idx)}"


class LFWPairs(_LFW):
    """Pairs of faces: an item is two pictures and 1 for the same person or 0. Arguments are `LFWPeople`'s."""

    _view = "pairs"

    def _read(self, lines: list[list[str]]) -> None:
        folds, pairs = (int(lines[0][0]), int(lines[0][-1])) if self.split == "10fold" else (1, int(lines[0][0]))
        self.pair_names: list[tuple[str, str]] = []
        for number, line in enumerate(lines[1 : 1 + 2 * pairs * folds]):
            same = number // pairs % 2 == 0  # in each fold the equal ones come first
            one, other = ((line[0], line[1]), (line[0], line[2])) if same else ((line[0], line[1]), (line[2], line[3]))
            self.pair_names.append((one[0], other[0]))
            self.data.append((self._get_path(*one), self._get_path(*other)))
            self.targets.append(int(same))

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        one, other = (self._loader(path) for path in self.data[index])
        if self.transform is not None:
            one, other = self.transform(one), self.transform(other)
        target: Any = self.targets[index]
        return one, other, target if self.target_transform is None else self.target_transform(target)
