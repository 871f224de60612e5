"""What data sets have in common whose files are fetched on demand: one archive or several, and pictures listed with their classes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from .folder import default_loader
from .utils import check_integrity, download_and_extract_archive, verify_str_arg
from .vision import Transform, VisionDataset

Root = str | os.PathLike[str]
Loader = Callable[[Any], Any]
Joint = Callable[[Any, Any], tuple[Any, Any]]  # a transform of image and target

NOT_FOUND = "Dataset not found. You can use download=True to download it"
NOT_WHOLE = "Dataset not found or corrupted. You can use download=True to download it"


class Fetched(VisionDataset):
    """A set whose files are fetched on demand: subclasses say whether they are there, and from where they come."""

    _missing: ClassVar[str] = NOT_FOUND
    _archives: ClassVar[tuple[tuple[str, str | None], ...]] = ()  # address and MD5 checksum of each

    def _get_ready(self, download: bool) -> None:
        """Fetch the files if asked to. RuntimeError unless they are there."""
        if download:
            self.download()
        if not self._check_exists():
            raise RuntimeError(self._missing)

    def _check_exists(self) -> bool:
        raise NotImplementedError

    def _unpack_in(self) -> Root:
        """The folder that the archives go to."""
        return self.root  # type: ignore[return-value]

    def download(self) -> None:
        """Fetch, check and unpack the files, unless they are there."""
        if not self._check_exists():
            for url, md5 in self._archives:
                download_and_extract_archive(url, self._unpack_in(), md5=md5)


class Listed(Fetched):
    """Picture files and their classes, of one of several splits: ``_image_files`` and ``_labels``."""

    _splits: ClassVar[tuple[str, ...]] = ("train", "test")
    _folder: ClassVar[str]  # under root
    _shows_split: ClassVar[bool] = True
    _image_files: list[Any]
    _labels: list[Any]

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self._split = verify_str_arg(split, "split", self._splits)
        self._base_folder = Path(self.root or "") / self._folder
        self.loader = loader
        self._get_ready(download)
        self._read()

    def _read(self) -> None:
        """Fill the lists, and ``classes`` where the set has them."""
        raise NotImplementedError

    def _name_classes(self, names: list[Any]) -> None:
        self.classes = names
        self.class_to_idx = {name: i for i, name in enumerate(names)}

    def _check_exists(self) -> bool:
        return self._base_folder.is_dir()

    def _entry(self, index: int) -> tuple[Any, Any]:
        return self._image_files[index], self._labels[index]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, label = self._entry(index)
        return self._transformed(self.loader(path), label)

    def __len__(self) -> int:
        return len(self._image_files)

    def extra_repr(self) -> str:
        return f"split={self._split}" if self._shows_split else ""


class Sampled(Listed):
    """As `Listed`, with the pairs of file and class in one list, ``_samples``."""

    _samples: list[tuple[Any, Any]]

    def _entry(self, index: int) -> tuple[Any, Any]:
        return self._samples[index]

    def __len__(self) -> int:
        return len(self._samples)


def mat_reader() -> Callable[..., Any]:
    """SciPy's function that reads Matlab's files; RuntimeError in torchvision's words where SciPy is not installed."""
    try:
        from scipy.io import loadmat
    except ImportError:
        raise RuntimeError(
            "Scipy is not found. This dataset needs to have scipy installed: pip install scipy"
        ) from None
    return loadmat  # type: ignore[no-any-return]


def all_intact(folder: Root, files: Any) -> bool:
    """Whether every one of the files, given with their MD5 checksums, is in the folder."""
    return all(check_integrity(Path(folder, name), md5) for name, md5 in files)


def lines_of(path: Root) -> list[str]:
    """The lines of a text, without white space at their ends."""
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file]


def as_list(value: Any) -> list[Any]:
    """One value or a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def one_or_all(targets: list[Any]) -> Any:
    """The only one, or a tuple of several; None for none."""
    return tuple(targets) if len(targets) > 1 else targets[0] if targets else None
