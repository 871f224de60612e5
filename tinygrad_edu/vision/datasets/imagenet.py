"""Sets that are a folder a class once they are unpacked: ImageNet, EuroSAT, Country211."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from ...io import load, save
from .archives import extract_archive
from .fetched import NOT_FOUND, Loader, Root
from .folder import ImageFolder, default_loader
from .utils import KNOWN_BYTES, KNOWN_MEMBERS, check_integrity, download_and_extract_archive, verify_str_arg
from .vision import Transform

ARCHIVE_META = {
    "train": ("ILSVRC2012_img_train.tar", "1d675b47d978889d74fa0da5fadfb00e"),
    "val": ("ILSVRC2012_img_val.tar", "29b22e2961454d5413ddabcf34fc5622"),
    "devkit": ("ILSVRC2012_devkit_t12.tar.gz", "fa75699e90414af021442c21a62c3abf"),
}
META_FILE = "meta.bin"


class ImageNet(ImageFolder):
    """ImageNet 2012: 1,281,167 pictures for training and 50,000 for validation ("val"), of 1,000 classes.

    It cannot be fetched without an account: put the archives (`ARCHIVE_META` names them) into ``root``, and they are
    unpacked the first time, for which SciPy is needed. ``classes`` has all names of each class, ``wnids`` WordNet's numbers.
    Other arguments are `ImageFolder`'s.
    """

    def __init__(self, root: Root, split: str = "train", **kwargs: Any) -> None:
        root = self.root = os.path.expanduser(root)
        self.split = verify_str_arg(split, "split", ("train", "val"))
        self.parse_archives()
        names = load_meta_file(root)[0]
        super().__init__(self.split_folder, **kwargs)
        self.root = root
        self.wnids, self.wnid_to_idx = self.classes, self.class_to_idx
        self.classes = [names[wnid] for wnid in self.wnids]
        self.class_to_idx = {name: i for i, names in enumerate(self.classes) for name in names}

    def parse_archives(self) -> None:
        """Unpack what is not unpacked yet."""
        root = self.root or ""
        if not check_integrity(os.path.join(root, META_FILE)):
            parse_devkit_archive(root)
        if not os.path.isdir(self.split_folder):
            (parse_train_archive if self.split == "train" else parse_val_archive)(root)

    @property
    def split_folder(self) -> str:
        return os.path.join(self.root or "", self.split)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"


def load_meta_file(root: Root, file: str | None = None) -> tuple[dict[str, Any], list[str]]:
    """The names of each class by WordNet's number, and the number of each validation picture."""
    path = os.path.join(root, file or META_FILE)
    if not check_integrity(path):
        raise RuntimeError(
            f"The meta file {path} is not present in the root directory or is corrupted. "
            "This file is automatically created by the ImageNet dataset."
        )
    return load(path, weights_only=True)


def _archive(root: Root, what: str, file: str | None) -> str:
    name, md5 = ARCHIVE_META[what]
    path = os.path.join(root, file or name)
    if not check_integrity(path, md5):
        raise RuntimeError(
            f"The archive {file or name} is not present in the root directory or is corrupted. "
            f"You need to download it externally and place it in {root}."
        )
    return path


def parse_devkit_archive(root: Root, file: str | None = None) -> None:
    """Make the meta file from the development kit's archive."""
    from scipy.io import loadmat

    with tempfile.TemporaryDirectory() as folder:
        extract_archive(_archive(root, "devkit", file), folder)
        data = Path(folder, "ILSVRC2012_devkit_t12", "data")
        entries = list(loadmat(str(data / "meta.mat"), squeeze_me=True)["synsets"])
        leaves = [entry for entry in entries if entry[4] == 0]  # without children; the others are kinds of kinds
        wnids = {entry[0]: entry[1] for entry in leaves}
        names = {entry[1]: tuple(entry[2].split(", ")) for entry in leaves}
        numbers = (data / "ILSVRC2012_validation_ground_truth.txt").read_text().split()
        save((names, [wnids[int(number)] for number in numbers]), os.path.join(root, META_FILE))


def parse_train_archive(root: Root, file: str | None = None, folder: str = "train") -> None:
    """Unpack the training pictures: an archive of archives, one a class."""
    target = os.path.join(root, folder)
    extract_archive(_archive(root, "train", file), target, max_bytes=KNOWN_BYTES, max_members=KNOWN_MEMBERS)
    for packed in sorted(Path(target).iterdir()):
        extract_archive(packed, packed.with_suffix(""), remove_finished=True)


def parse_val_archive(root: Root, file: str | None = None, wnids: list[str] | None = None, folder: str = "val") -> None:
    """Unpack the validation pictures and sort them into a folder a class."""
    wnids = load_meta_file(root)[1] if wnids is None else wnids
    target = Path(root, folder)
    extract_archive(_archive(root, "val", file), target)
    pictures = sorted(target.iterdir())
    for wnid in set(wnids):
        (target / wnid).mkdir()
    for wnid, picture in zip(wnids, pictures):
        shutil.move(picture, target / wnid / picture.name)


class EuroSAT(ImageFolder):
    """27,000 pictures of Europe from a satellite, 64 x 64 in colour, of ten kinds of land, in ``root/eurosat``."""

    _URL: ClassVar[str] = (
        "https://huggingface.co/datasets/torchgeo/eurosat/resolve/c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip"
    )

    def __init__(
        self,
        root: Root,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        root = os.path.expanduser(root)
        self._base_folder = os.path.join(root, "eurosat")
        self._data_folder = os.path.join(self._base_folder, "2750")
        if download:
            self.download()
        if not self._check_exists():
            raise RuntimeError(NOT_FOUND)
        super().__init__(self._data_folder, transform, target_transform, loader)
        self.root = root

    def _check_exists(self) -> bool:
        return os.path.exists(self._data_folder)

    def download(self) -> None:
        if not self._check_exists():
            download_and_extract_archive(self._URL, self._base_folder, md5="c8fa014336c82ac7804f0398fcb19387")


class Country211(ImageFolder):
    """Pictures and the country where each was taken: 211 countries, in ``root/country211``.

    ``split`` is "train" (150 a country), "valid" (50) or "test" (100).
    """

    _URL: ClassVar[str] = "https://openaipublic.azureedge.net/clip/data/country211.tgz"

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        self._split = verify_str_arg(split, "split", ("train", "valid", "test"))
        self.root = os.path.expanduser(os.fspath(root))
        self._base_folder = Path(self.root, "country211")
        if download:
            self.download()
        if not self._check_exists():
            raise RuntimeError(NOT_FOUND)
        super().__init__(str(self._base_folder / split), transform, target_transform, loader)
        self.root = os.path.expanduser(os.fspath(root))

    def _check_exists(self) -> bool:
        return self._base_folder.is_dir()

    def download(self) -> None:
        if not self._check_exists():
            download_and_extract_archive(self._URL, self.root or "", md5="84988d7644798601126c29e9877aab6a")
