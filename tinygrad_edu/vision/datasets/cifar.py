"""CIFAR10 and CIFAR100: small colour pictures in ten or a hundred classes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

import numpy
from PIL import Image

from ...utils.download import DownloadError, download, is_intact
from .archives import extract_archive
from .idx import DataFileError, find
from .pickles import read_pickle
from .places import how_to_restore, shipped
from .vision import Transform, VisionDataset

Checked = list[str]  # a file's name and its MD5 checksum
_MISSING = "Dataset not found or corrupted. You can use download=True to download it"


class CIFAR10(VisionDataset):
    """32 x 32 colour pictures of ten classes from aeroplane to truck: 50,000 for training, 10,000 for testing.

    With ``download=True`` the set is fetched into ``root/cifar-10-batches-py``, where torchvision keeps it too. Where it
    is neither there nor to be had, the ten classes of drawn shapes that come with the course are used in its place (the
    same format, 4,000 and 1,000 pictures), and a printed line says so; its classes are in ``classes``.

    An item is ``(image, class)``: a PIL image, or what ``transform`` makes of it, and an int, or what
    ``target_transform`` makes of it. ``data`` holds all pictures, a uint8 array (N, 32, 32, 3), ``targets`` all classes.

    Raises RuntimeError for a missing or damaged file.
    """

    base_folder: ClassVar[str] = "cifar-10-batches-py"
    url: ClassVar[str] = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename: ClassVar[str] = "cifar-10-python.tar.gz"
    tgz_md5: ClassVar[str] = "c58f30108f718f92721af3b95e74349a"
    train_list: ClassVar[list[Checked]] = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list: ClassVar[list[Checked]] = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta: ClassVar[dict[str, str]] = {
        "filename": "batches.meta",
        "key": "label_names",
        "md5": "5ff9c542aee3614f3951f8cda6e48888",
    }
    labels_key: ClassVar[str] = "labels"
    shipped_as: ClassVar[str | None] = "shapes"

    def __init__(
        self,
        root: str | os.PathLike[str] = "datasets/full",
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        folder = self._own_folder(download)
        advice = "Delete it and use download=True to fetch it again."
        files = [name for name, _ in (self.train_list if train else self.test_list)]
        from_course = folder is None
        if folder is None:
            folder = shipped(self.shipped_as) if self.shipped_as else None
            if folder is None:
                raise DataFileError(_MISSING)
            advice = how_to_restore(folder)
            files = files[:1]
        names = read_pickle(self._path(folder, self.meta["filename"]), advice).get(self.meta["key"])
        if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
            raise DataFileError(f"{folder / self.meta['filename']} does not name the classes. {advice}")
        self.classes: list[str] = names
        self.class_to_idx = {name: i for i, name in enumerate(names)}
        batches = [self._read(self._path(folder, name), advice) for name in files]
        self.data = numpy.concatenate([images for images, _ in batches])
        self.targets = [label for _, labels in batches for label in labels]
        if from_course:
            print(
                f"{type(self).__name__}: using the {len(self):,} drawn shapes ({'training' if train else 'test'}) that "
                "come with the course, in ten classes of their own; download=True fetches the real pictures."
            )

    def _own_folder(self, download: bool) -> Path | None:
        """The folder with the set's own files; None when nothing of the set is there, nor to be had."""
        folder = Path(self.root or "", self.base_folder)
        if download:
            try:
                self.download()
            except DownloadError as error:
                if not (error.nothing_came and self.shipped_as and shipped(self.shipped_as)):
                    raise
                print(f"{type(self).__name__}: {error}")
        if self._check_integrity():
            if not is_intact(folder / self.meta["filename"], f"md5:{self.meta['md5']}"):
                raise DataFileError(
                    "Dataset metadata file not found or corrupted. You can use download=True to download it"
                )
            return folder
        if any((folder / name).exists() for name, _ in self.train_list + self.test_list):
            raise DataFileError(_MISSING)
        return None

    @staticmethod
    def _path(folder: Path, name: str) -> Path:
        return find(folder, name) or folder / name

    def _read(self, path: Path, advice: str) -> tuple[numpy.ndarray, list[int]]:
        """The pictures (N, 32, 32, 3) and labels in one file."""
        batch = read_pickle(path, advice)
        data, labels = batch.get("data"), batch.get(self.labels_key)
        if not (isinstance(data, numpy.ndarray) and data.dtype == numpy.uint8 and data.shape[1:] == (3072,)):
            raise DataFileError(f"{path} has no pictures: expected data of uint8 and shape (N, 3072). {advice}")
        if not (isinstance(labels, list) and len(labels) == len(data)):
            raise DataFileError(f"{path} has {len(data)} pictures, but not as many {self.labels_key}. {advice}")
        if not all(type(label) is int and 0 <= label < len(self.classes) for label in labels):
            raise DataFileError(f"{path} has {self.labels_key} other than 0 to {len(self.classes) - 1}. {advice}")
        return data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(Image.fromarray(self.data[index]), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"

    def _check_integrity(self) -> bool:
        folder = Path(self.root or "", self.base_folder)
        return all(is_intact(folder / name, f"md5:{md5}") for name, md5 in self.train_list + self.test_list)

    def download(self) -> None:
        """Fetch, check and unpack the set, unless it is there."""
        if self._check_integrity():
            return
        packed = Path(self.root or "", self.filename)
        download([self.url], packed, f"md5:{self.tgz_md5}")
        extract_archive(packed)


class CIFAR100(CIFAR10):
    """As `CIFAR10`, with a hundred classes (and none of it shipped)."""

    base_folder: ClassVar[str] = "cifar-100-python"
    url: ClassVar[str] = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename: ClassVar[str] = "cifar-100-python.tar.gz"
    tgz_md5: ClassVar[str] = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list: ClassVar[list[Checked]] = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list: ClassVar[list[Checked]] = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta: ClassVar[dict[str, str]] = {
        "filename": "meta",
        "key": "fine_label_names",
        "md5": "7973b15100ade9c7d40fb424638fde48",
    }
    labels_key: ClassVar[str] = "fine_labels"
    shipped_as: ClassVar[str | None] = None
