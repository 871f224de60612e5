"""MNIST and the sets that share its format: FashionMNIST, KMNIST, EMNIST with letters, QMNIST with all that is known of each digit."""

from __future__ import annotations

import gzip
import os
import shutil
import string
import warnings
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from ...autograd.variable import wrap
from ...io.atomic import atomic_write
from ...utils.download import DownloadError, download, is_intact
from .archives import extract_archive
from .fetched import NOT_FOUND, Root
from .idx import DataFileError, find, read_idx
from .places import how_to_restore, shipped, where_shipped
from .utils import download_and_extract_archive, verify_str_arg
from .vision import Transform, VisionDataset


def read_image_file(path: Root) -> Any:
    """The images in an IDX file, a uint8 tensor (N, H, W)."""
    return wrap(read_idx(path, 3, ""))


def read_label_file(path: Root) -> Any:
    """The labels in an IDX file, an int64 tensor (N,)."""
    return wrap(read_idx(path, 1, "").astype("int64"))


def _renamed(old: str, new: str) -> property:
    def get(self: Any) -> Any:
        warnings.warn(f"{old} has been renamed {new}", stacklevel=2)
        return getattr(self, new)

    return property(get)


class MNIST(VisionDataset):
    """Handwritten digits: 28 x 28 grey images and their classes 0 to 9.

    With ``download=True`` the full set (60,000 for training, 10,000 for testing) is fetched into ``root/MNIST/raw``,
    where torchvision keeps it too. When it is neither there nor to be had, the digits shipped with the course (4,000
    and 1,000) are used, and a printed line says so.

    An item is ``(image, class)``: a PIL image, or what ``transform`` makes of it, and an int, or what
    ``target_transform`` makes of it. ``data`` holds all images, uint8 (N, 28, 28), ``targets`` all classes, int64 (N,).

    Raises RuntimeError for a missing or damaged file (naming it) and when no mirror delivers.
    """

    mirrors: ClassVar[list[str]] = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ]
    resources: ClassVar[list[tuple[str, str]]] = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    classes: ClassVar[list[str]] = [
        "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four",
        "5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine",
    ]  # fmt: skip
    shipped_as: ClassVar[str | None] = "mnist"
    train_data, test_data = _renamed("train_data", "data"), _renamed("test_data", "data")
    train_labels, test_labels = _renamed("train_labels", "targets"), _renamed("test_labels", "targets")
    full_size: ClassVar[str] = "60,000 training and 10,000 test images"
    max_bytes: ClassVar[int] = 1 << 27  # far more than any of the files: a server that does not stop is cut off

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
        if download:
            self._download_or_say_why()
        folder, advice = self._source()
        self.data, self.targets = self._load(folder, advice)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(Image.fromarray(self.data[index].numpy()), int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"

    @property
    def raw_folder(self) -> str:
        return os.path.join(self.root or "", type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        """Where torchvision kept tensors once; nothing is read from there."""
        return os.path.join(self.root or "", type(self).__name__, "processed")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The index of each class name."""
        return {name: index for index, name in enumerate(self.classes)}

    def download(self) -> None:
        """Fetch, check and unpack the files of the full set that are not in `raw_folder` yet."""
        for name, md5 in self.resources:
            unpacked = Path(self.raw_folder, name.removesuffix(".gz"))
            if unpacked.is_file() and self._readable(unpacked):
                continue
            packed = Path(self.raw_folder, name)
            if not is_intact(packed, f"md5:{md5}"):
                print(f"Downloading {name} to {self.raw_folder}")
                download([mirror + name for mirror in self.mirrors], packed, f"md5:{md5}", max_bytes=self.max_bytes)
            with gzip.open(packed) as source, atomic_write(unpacked) as target:
                shutil.copyfileobj(source, target)
            packed.unlink()

    def _download_or_say_why(self) -> None:
        """Without a network the shipped part will do, if there is one."""
        try:
            self.download()
        except DownloadError as error:
            if not (error.nothing_came and self.shipped_as and shipped(self.shipped_as)):
                raise
            print(f"{type(self).__name__}: {error}")

    def _files(self, train: bool) -> list[tuple[str, int]]:
        """The image and the label file of a split, each with its number of dimensions."""
        prefix = "train" if train else "t10k"
        return [(f"{prefix}-images-idx3-ubyte", 3), (f"{prefix}-labels-idx1-ubyte", 1)]

    @staticmethod
    def _readable(path: Path) -> bool:
        try:
            read_idx(path, 3 if "idx3" in path.name else 1, "")
        except DataFileError:
            return False
        return True

    def _source(self) -> tuple[Path, str]:
        """The folder to read from, and what to do should a file in it be bad."""
        raw = Path(self.raw_folder)
        names = [name for train in (True, False) for name, _ in self._files(train)]
        missing = [name for name in names if find(raw, name) is None]
        if not missing:
            return raw, "Delete it and use download=True to fetch it again."
        if len(missing) < len(names):
            raise DataFileError(
                f"Dataset not found. You can use download=True to download it: {raw} has only a part of "
                f"{type(self).__name__}; missing: {', '.join(missing)}."
            )
        if self.shipped_as is None:
            raise DataFileError(
                f"Dataset not found. You can use download=True to download it: {raw} has no {type(self).__name__} "
                "files."
            )
        folder = shipped(self.shipped_as)
        if folder is None:
            raise DataFileError(
                f"Dataset not found. You can use download=True to download it: {raw} has no {type(self).__name__} "
                "files, "
                f"and the images shipped with the course are not at hand. {where_shipped()}"
            )
        return folder, how_to_restore(folder)

    def _load(self, folder: Path, advice: str) -> tuple[Any, Any]:
        files = self._files(self.train)
        paths = [find(folder, name) or folder / f"{name}.gz" for name, _ in files]
        images, labels = (read_idx(path, dims, advice) for path, (_, dims) in zip(paths, files, strict=True))
        if len(images) != len(labels):
            raise DataFileError(
                f"{paths[0]} has {len(images)} images but {paths[1]} has {len(labels)} labels: they do not belong "
                "together. " + advice
            )
        if len(labels) and labels.max() >= len(self.classes):
            raise DataFileError(
                f"{paths[1]} has a label {labels.max()}; expected 0 to {len(self.classes) - 1}. {advice}"
            )
        if folder != Path(self.raw_folder):
            print(
                f"{type(self).__name__}: using the {len(labels):,} {'training' if self.train else 'test'} images "
                "shipped with "
                f"the course; download=True fetches all {self.full_size}."
            )
        return wrap(images), wrap(labels.astype("int64"))


class FashionMNIST(MNIST):
    """Zalando's articles of clothing in MNIST's format: ten classes, 60,000 images for training and 10,000 for testing.

    As `MNIST`, but no part of it is shipped: use ``download=True`` the first time.
    """

    mirrors: ClassVar[list[str]] = [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ]
    resources: ClassVar[list[tuple[str, str]]] = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes: ClassVar[list[str]] = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]  # fmt: skip
    shipped_as: ClassVar[str | None] = None


class KMNIST(MNIST):
    """Kuzushiji-MNIST: ten characters of cursive Japanese, 60,000 for training and 10,000 for testing.

    As `MNIST`, but no part of it is shipped: use ``download=True`` the first time.
    """

    mirrors: ClassVar[list[str]] = [
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ]
    resources: ClassVar[list[tuple[str, str]]] = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes: ClassVar[list[str]] = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
    shipped_as: ClassVar[str | None] = None


_LIKE_SMALL = set("cijklmopsuvwxyz")  # letters whose capital looks the same: one class
_CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MERGED = [character for character in _CHARACTERS if character not in _LIKE_SMALL]


class _TwoFiles(MNIST):
    """A set of which each part has a file of images and one of labels, asked for by itself."""

    shipped_as: ClassVar[str | None] = None

    @property
    def images_file(self) -> str:
        return os.path.join(self.raw_folder, self._files(self.train)[0][0])

    @property
    def labels_file(self) -> str:
        return os.path.join(self.raw_folder, self._files(self.train)[1][0])

    def _check_exists(self) -> bool:
        return all(find(Path(self.raw_folder), name) for name, _ in self._files(self.train))

    def _source(self) -> tuple[Path, str]:
        if not self._check_exists():
            raise RuntimeError(NOT_FOUND)
        return Path(self.raw_folder), "Delete it and use download=True to fetch it again."


class EMNIST(_TwoFiles):
    """Handwritten digits and letters in MNIST's format, which turns them on their side: rows and columns are swapped.

    ``split`` says which classes: "byclass" (62 of them), "bymerge" and "balanced" (47: letters whose capital looks alike
    are one), "letters" (26, from 1 on), "digits" or "mnist" (10). Other arguments are `MNIST`'s.
    """

    url: ClassVar[str] = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5: ClassVar[str] = "58c8d27c78d21e728a6bc7b3cc06412e"
    splits: ClassVar[tuple[str, ...]] = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict: ClassVar[dict[str, list[str]]] = {
        "byclass": list(_CHARACTERS),
        "bymerge": _MERGED,
        "balanced": _MERGED,
        "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits),
        "mnist": list(string.digits),
    }

    def __init__(self, root: Root, split: str, **kwargs: Any) -> None:
        self.split = verify_str_arg(split, "split", self.splits)
        self.classes = self.classes_split_dict[split]  # type: ignore[misc]
        super().__init__(root, **kwargs)

    def _files(self, train: bool) -> list[tuple[str, int]]:
        prefix = f"emnist-{self.split}-{'train' if train else 'test'}"
        return [(f"{prefix}-images-idx3-ubyte", 3), (f"{prefix}-labels-idx1-ubyte", 1)]

    def download(self) -> None:
        """Fetch, check and unpack the files of all splits, unless those of this one are there."""
        if self._check_exists():
            return
        download_and_extract_archive(self.url, self.raw_folder, md5=self.md5)
        inner = Path(self.raw_folder, "gzip")
        for packed in sorted(inner.glob("*.gz")):
            extract_archive(packed, self.raw_folder)
        shutil.rmtree(inner)


_AT = "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"


class QMNIST(_TwoFiles):
    """MNIST's digits as they were reconstructed from their source, with the 50,000 test digits that had been lost.

    ``what`` is "train", "test" (60,000), "test10k" (MNIST's), "test50k" (the others) or "nist" (all digits); left out,
    ``train`` chooses. With ``compat=False`` a target is not the class, but the tensor of eight numbers that tells class,
    writer and origin.
    """

    subsets: ClassVar[dict[str, str]] = {
        "train": "train", "test": "test", "test10k": "test", "test50k": "test", "nist": "nist",
    }  # fmt: skip
    resources: ClassVar[dict[str, list[tuple[str, str]]]] = {  # type: ignore[assignment]
        "train": [
            (f"{_AT}qmnist-train-images-idx3-ubyte.gz", "ed72d4157d28c017586c42bc6afe6370"),
            (f"{_AT}qmnist-train-labels-idx2-int.gz", "0058f8dd561b90ffdd0f734c6a30e5e4"),
        ],
        "test": [
            (f"{_AT}qmnist-test-images-idx3-ubyte.gz", "1394631089c404de565df7b7aeaf9412"),
            (f"{_AT}qmnist-test-labels-idx2-int.gz", "5b5b05890a5e13444e108efe57b788aa"),
        ],
        "nist": [
            (f"{_AT}xnist-images-idx3-ubyte.xz", "7f124b3b8ab81486c9d8c2749c17f834"),
            (f"{_AT}xnist-labels-idx2-int.xz", "5ed0e788978e45d4a8bd4b7caec3d79d"),
        ],
    }

    def __init__(
        self, root: Root, what: str | None = None, compat: bool = True, train: bool = True, **kwargs: Any
    ) -> None:
        self.what = verify_str_arg(
            ("train" if train else "test") if what is None else what, "what", tuple(self.subsets)
        )
        self.compat = compat
        super().__init__(root, train, **kwargs)

    def _files(self, train: bool) -> list[tuple[str, int]]:
        names = [os.path.splitext(os.path.basename(url))[0] for url, _ in self.resources[self.subsets[self.what]]]
        return list(zip(names, (3, 2), strict=True))

    def _load(self, folder: Path, advice: str) -> tuple[Any, Any]:
        (images_name, _), (facts_name, _) = self._files(self.train)
        images = read_idx(find(folder, images_name) or folder / images_name, 3, advice)
        facts = read_idx(find(folder, facts_name) or folder / facts_name, 2, advice, kind=0xC)
        part = {"test10k": slice(10_000), "test50k": slice(10_000, None)}.get(self.what, slice(None))
        return wrap(images[part].copy()), wrap(facts[part].astype("int64"))

    def download(self) -> None:
        """Fetch, check and unpack the two files that were asked for, unless they are there."""
        if not self._check_exists():
            for url, md5 in self.resources[self.subsets[self.what]]:
                download_and_extract_archive(url, self.raw_folder, md5=md5)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, facts = Image.fromarray(self.data[index].numpy()), self.targets[index]
        return self._transformed(image, int(facts[0]) if self.compat else facts)

    def extra_repr(self) -> str:
        return f"Split: {self.what}"
