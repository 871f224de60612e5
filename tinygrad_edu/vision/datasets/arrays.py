"""Sets of small pictures that lie in memory as one array: SVHN, STL10, USPS, SEMEION, and videos of moving digits."""

from __future__ import annotations

import bz2
import os
from pathlib import Path
from typing import Any, ClassVar

import numpy
from PIL import Image

from ...ops.data import from_numpy
from .fetched import NOT_FOUND, NOT_WHOLE, Fetched, Root, all_intact, lines_of
from .utils import check_integrity, download_and_extract_archive, download_url, verify_str_arg
from .vision import Transform


class Arrays(Fetched):
    """Pictures in ``data``, a uint8 array (N, H, W) or (N, 3, H, W), and a class for each."""

    _missing = NOT_WHOLE
    data: Any

    def _classes_of_all(self) -> Any:
        return self.labels  # type: ignore[attr-defined]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        pixels = self.data[index]
        image = Image.fromarray(pixels if pixels.ndim == 2 else pixels.transpose(1, 2, 0))
        return self._transformed(image, int(self._classes_of_all()[index]))

    def __len__(self) -> int:
        return len(self.data)


class SVHN(Arrays):
    """House numbers seen from the street: 32 x 32 colour pictures of digits; needs SciPy, which reads its files.

    ``split`` is "train" (73,257 pictures), "test" (26,032) or "extra" (531,131 easier ones). ``data`` is (N, 3, 32, 32),
    ``labels`` the digits 0 to 9 (the files say 10 for 0).
    """

    split_list: ClassVar[dict[str, list[str]]] = {
        split: [f"http://ufldl.stanford.edu/housenumbers/{split}_32x32.mat", f"{split}_32x32.mat", md5]
        for split, md5 in (
            ("train", "e26dedcc434d2e4c54c9b2d4a06d8373"),
            ("test", "eb5a983be6a315427106f1b164d9cef3"),
            ("extra", "a93ce644f1a588dc4d68dda5feec44a7"),
        )
    }

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", tuple(self.split_list))
        self.url, self.filename, self.file_md5 = self.split_list[split]
        self._get_ready(download)
        from scipy.io import loadmat

        content = loadmat(os.path.join(self.root or "", self.filename))
        self.data = content["X"].transpose(3, 2, 0, 1)
        labels = content["y"].astype(numpy.int64).squeeze()
        self.labels = numpy.where(labels == 10, 0, labels)

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        return check_integrity(os.path.join(self.root or "", self.filename), self.file_md5)

    def download(self) -> None:
        download_url(self.url, self.root or "", self.filename, self.file_md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"


class STL10(Arrays):
    """96 x 96 colour pictures of ten classes: 5,000 for training, 8,000 for testing, 100,000 without a class (-1).

    ``split`` is "train", "test", "unlabeled" or "train+unlabeled"; ``folds`` chooses one of the ten lists of 1,000
    training pictures that results are compared on. ``data`` is (N, 3, 96, 96), ``labels`` the classes.
    """

    base_folder: ClassVar[str] = "stl10_binary"
    url: ClassVar[str] = "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"
    filename: ClassVar[str] = "stl10_binary.tar.gz"
    tgz_md5: ClassVar[str] = "91f7769df0f17e558f3565bffb0c7dfb"
    class_names_file: ClassVar[str] = "class_names.txt"
    folds_list_file: ClassVar[str] = "fold_indices.txt"
    train_list: ClassVar[list[list[str]]] = [
        ["train_X.bin", "918c2871b30a85fa023e0c44e0bee87f"],
        ["train_y.bin", "5a34089d4802c674881badbb80307741"],
        ["unlabeled_X.bin", "5242ba1fed5e4be9e1e742405eb56ca4"],
    ]
    test_list: ClassVar[list[list[str]]] = [
        ["test_X.bin", "7f263ba9f9e0b06b93213547f721ac82"],
        ["test_y.bin", "36f9794fa4beb8a2c72628de14fa638e"],
    ]
    splits: ClassVar[tuple[str, ...]] = ("train", "train+unlabeled", "unlabeled", "test")

    def __init__(
        self,
        root: Root,
        split: str = "train",
        folds: int | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", self.splits)
        self.folds = self._verify_folds(folds)
        self._get_ready(download)
        parts = [self._read(part) for part in self.split.split("+")]
        self.data = numpy.concatenate([images for images, _ in parts])
        self.labels = numpy.concatenate([labels for _, labels in parts])
        names = self._path(self.class_names_file)
        if names.is_file():
            self.classes = lines_of(names)

    @staticmethod
    def _verify_folds(folds: Any) -> int | None:
        if folds is not None and not isinstance(folds, int):
            raise ValueError(f"Expected type None or int for argument folds, but got type {type(folds)}.")
        if folds is not None and folds not in range(10):
            raise ValueError(f"Value for argument folds should be in the range [0, 10), but got {folds}.")
        return folds

    def _path(self, name: str) -> Path:
        return Path(self.root or "", self.base_folder, name)

    def _read(self, part: str) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The pictures and classes of one part. The file has each channel column by column."""
        images = numpy.fromfile(self._path(f"{part}_X.bin"), numpy.uint8).reshape(-1, 3, 96, 96).transpose(0, 1, 3, 2)
        if part == "unlabeled":
            return images, numpy.full(len(images), -1)
        labels = numpy.fromfile(self._path(f"{part}_y.bin"), numpy.uint8) - 1
        if part == "train" and self.folds is not None:
            chosen = [int(i) for i in lines_of(self._path(self.folds_list_file))[self.folds].split()]
            images, labels = images[chosen], labels[chosen]
        return images, labels

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        return all_intact(self._path(""), self.train_list + self.test_list)

    def download(self) -> None:
        if not self._check_integrity():
            download_and_extract_archive(self.url, self.root or "", filename=self.filename, md5=self.tgz_md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"


class USPS(Arrays):
    """Digits from envelopes: 16 x 16 grey pictures, 7,291 for training and 2,007 for testing.

    ``data`` is (N, 16, 16), ``targets`` a list of the digits. A line of the file is a digit's number from 1 on, then
    ``index:value`` for each pixel, from -1 (black) to 1.
    """

    split_list: ClassVar[dict[str, list[str]]] = {
        split: [f"https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/{name}", name, md5]
        for split, name, md5 in (
            ("train", "usps.bz2", "ec16c51db3855ca6c91edd34d0e9b197"),
            ("test", "usps.t.bz2", "8ea070ee2aca1ac39742fdd1ef5ed118"),
        )
    }

    def __init__(
        self,
        root: Root,
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        url, name, md5 = self.split_list["train" if train else "test"]
        path = os.path.join(self.root or "", name)
        if download and not os.path.exists(path):
            download_url(url, self.root or "", name, md5)
        with bz2.open(path, "rt") as file:
            rows = [line.split() for line in file]
        values = numpy.array([[value.rpartition(":")[2] for value in row[1:]] for row in rows], numpy.float32)
        self.data = ((values.reshape(-1, 16, 16) + 1) / 2 * 255).astype(numpy.uint8)
        self.targets = [int(row[0]) - 1 for row in rows]

    def _classes_of_all(self) -> list[int]:
        return self.targets


class SEMEION(Arrays):
    """1,593 digits written by about eighty people, scanned to 16 x 16 black and white pixels.

    ``data`` is (N, 16, 16), ``labels`` the digits.
    """

    url: ClassVar[str] = "http://archive.ics.uci.edu/ml/machine-learning-databases/semeion/semeion.data"
    filename: ClassVar[str] = "semeion.data"
    md5_checksum: ClassVar[str] = "cb545d371d2ce14ec121470795a77432"

    def __init__(
        self,
        root: Root,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = True,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self._get_ready(download)
        rows = numpy.loadtxt(os.path.join(self.root or "", self.filename))
        self.data = (rows[:, :256] * 255).astype(numpy.uint8).reshape(-1, 16, 16)
        self.labels = rows[:, 256:].nonzero()[1]

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        return check_integrity(os.path.join(self.root or "", self.filename), self.md5_checksum)

    def download(self) -> None:
        if not self._check_integrity():
            download_url(self.url, self.root or "", self.filename, self.md5_checksum)


class MovingMNIST(Fetched):
    """10,000 videos of 20 frames in which two digits move about: an item is a uint8 tensor (frames, 1, 64, 64), no class.

    ``split`` "train" gives the first ``split_ratio`` frames of each, "test" the others, None all of them.
    """

    _missing = NOT_FOUND + "."
    _URL: ClassVar[str] = "http://www.cs.toronto.edu/~nitish/unsupervised_video/mnist_test_seq.npy"

    def __init__(
        self,
        root: Root,
        split: str | None = None,
        split_ratio: int = 10,
        download: bool = False,
        transform: Transform | None = None,
    ) -> None:
        super().__init__(root, transform=transform)
        self._base_folder = os.path.join(self.root or "", type(self).__name__)
        self._filename = self._URL.rpartition("/")[2]
        self.split = split if split is None else verify_str_arg(split, "split", ("train", "test"))
        if not isinstance(split_ratio, int):
            raise TypeError(f"`split_ratio` should be an integer, but got {type(split_ratio)}")
        if not 1 <= split_ratio <= 19:
            raise ValueError(f"`split_ratio` should be `1 <= split_ratio <= 19`, but got {split_ratio} instead.")
        self.split_ratio = split_ratio
        self._get_ready(download)
        frames = numpy.load(os.path.join(self._base_folder, self._filename))
        chosen = {None: slice(None), "train": slice(split_ratio), "test": slice(split_ratio, None)}[split]
        self.data = from_numpy(frames[chosen].swapaxes(0, 1)[:, :, None].copy())

    def __getitem__(self, index: int) -> Any:
        return self.data[index] if self.transform is None else self.transform(self.data[index])

    def __len__(self) -> int:
        return len(self.data)

    def _check_exists(self) -> bool:
        return os.path.exists(os.path.join(self._base_folder, self._filename))

    def download(self) -> None:
        if not self._check_exists():
            download_url(self._URL, self._base_folder, self._filename, "be083ec986bfe91a449d63653c411eb2")
