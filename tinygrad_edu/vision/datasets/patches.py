"""Pieces of pictures: corners seen from several sides (PhotoTour), tissue with or without a tumour (PCAM)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

import numpy
from PIL import Image

from ...io import load, save
from ...ops.data import from_numpy, tensor
from .archives import extract_archive
from .fetched import Fetched, Root, lines_of
from .utils import download_file_from_google_drive, download_url, verify_str_arg
from .vision import Transform, VisionDataset

_SIDE = 64  # of a patch in pixels


class PhotoTour(VisionDataset):
    """Patches of 64 x 64 pixels around corners of buildings and rocks, found again on photographs from other places.

    ``name`` says of what: "notredame", "yosemite" or "liberty", with "_harris" found in another way. With ``train`` an item
    is a patch, a uint8 tensor; without, two patches and whether they show the same point, 0 or 1.
    """

    urls: ClassVar[dict[str, list[str]]] = {
        name: [f"{place}/{name}.zip", f"{name}.zip", md5]
        for place, name, md5 in (
            ("http://matthewalunbrown.com/patchdata", "notredame_harris", "69f8c90f78e171349abdf0307afefe4d"),
            ("http://matthewalunbrown.com/patchdata", "yosemite_harris", "a73253d1c6fbd3ba2613c45065c00d46"),
            ("http://matthewalunbrown.com/patchdata", "liberty_harris", "c731fcfb3abb4091110d0ae8c7ba182c"),
            ("http://icvl.ee.ic.ac.uk/vbalnt", "notredame", "509eda8535847b8c0a90bbb210c83484"),
            ("http://icvl.ee.ic.ac.uk/vbalnt", "yosemite", "533b2e8eb7ede31be40abc317b2fd4f0"),
            ("http://icvl.ee.ic.ac.uk/vbalnt", "liberty", "fdd9152f138ea5ef2091746689176414"),
        )
    }
    means: ClassVar[dict[str, float]] = {
        "notredame": 0.4854, "yosemite": 0.4844, "liberty": 0.4437,
        "notredame_harris": 0.4854, "yosemite_harris": 0.4844, "liberty_harris": 0.4437,
    }  # fmt: skip
    stds: ClassVar[dict[str, float]] = {
        "notredame": 0.1864, "yosemite": 0.1818, "liberty": 0.2019,
        "notredame_harris": 0.1864, "yosemite_harris": 0.1818, "liberty_harris": 0.2019,
    }  # fmt: skip
    lens: ClassVar[dict[str, int]] = {
        "notredame": 468159, "yosemite": 633587, "liberty": 450092,
        "liberty_harris": 379587, "yosemite_harris": 450912, "notredame_harris": 325295,
    }  # fmt: skip
    image_ext: ClassVar[str] = "bmp"
    info_file: ClassVar[str] = "info.txt"
    matches_files: ClassVar[str] = "m50_100000_100000_0.txt"

    def __init__(
        self, root: Root, name: str, train: bool = True, transform: Transform | None = None, download: bool = False
    ) -> None:
        super().__init__(root, transform=transform)
        self.name, self.train = name, train
        self.data_dir, self.data_down, self.data_file = (
            os.path.join(self.root or "", name + suffix) for suffix in ("", ".zip", ".pt")
        )
        self.mean, self.std = self.means[name], self.stds[name]
        if download:
            self.download()
        if not os.path.exists(self.data_file):
            self.cache()
        self.data, self.labels, self.matches = load(self.data_file, weights_only=True)

    def __getitem__(self, index: int) -> Any:
        change = self.transform or (lambda patch: patch)
        if self.train:
            return change(self.data[index])
        one, other, same = self.matches[index]
        return change(self.data[one]), change(self.data[other]), same

    def __len__(self) -> int:
        return len(self.data if self.train else self.matches)

    def download(self) -> None:
        """Fetch and unpack the pictures, unless they are there."""
        if os.path.exists(self.data_file) or os.path.exists(self.data_dir):
            return
        url, name, md5 = self.urls[self.name]
        download_url(url, self.root or "", name, md5)
        extract_archive(os.path.join(self.root or "", name), self.data_dir, remove_finished=True)

    def cache(self) -> None:
        """Cut the pictures into patches, and keep these in one file."""
        folder = Path(self.data_dir)
        patches: list[numpy.ndarray] = []
        for name in sorted(name for name in os.listdir(folder) if name.endswith(self.image_ext)):
            with Image.open(folder / name) as image:
                sheet = numpy.asarray(image.convert("L"))
            rows, columns = (size // _SIDE for size in sheet.shape)
            cut = sheet.reshape(rows, _SIDE, columns, _SIDE).swapaxes(1, 2)
            patches.extend(cut.reshape(-1, _SIDE, _SIDE))
        labels = [int(line.split()[0]) for line in lines_of(folder / self.info_file)]
        lines = [line.split() for line in lines_of(folder / self.matches_files)]
        matches = [[int(line[0]), int(line[3]), int(line[1] == line[4])] for line in lines]
        data = from_numpy(numpy.stack(patches[: self.lens[self.name]]))
        save((data, tensor(labels), tensor(matches)), self.data_file)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class PCAM(Fetched):
    """PatchCamelyon: 327,680 patches of lymph nodes, 96 x 96 in colour, with (1) or without a tumour; needs h5py.

    ``split`` is "train", "val" or "test". Files are in ``root/pcam``.
    """

    _FILES: ClassVar[dict[str, dict[str, tuple[str, str, str]]]] = {  # name, Google Drive's number, MD5 checksum
        "train": {
            "images": (
                "camelyonpatch_level_2_split_train_x.h5", "1Ka0XfEMiwgCYPdTI-vv6eUElOBnKFKQ2",
                "1571f514728f59376b705fc836ff4b63",
            ),
            "targets": (
                "camelyonpatch_level_2_split_train_y.h5", "1269yhu3pZDP8UYFQs-NYs3FPwuK-nGSG",
                "35c2d7259d906cfc8143347bb8e05be7",
            ),
        },
        "test": {
            "images": (
                "camelyonpatch_level_2_split_test_x.h5", "1qV65ZqZvWzuIVthK8eVDhIwrbnsJdbg_",
                "d8c2d60d490dbd479f8199bdfa0cf6ec",
            ),
            "targets": (
                "camelyonpatch_level_2_split_test_y.h5", "17BHrSrwWKjYsOgTMmoqrIjDy6Fa2o_gP",
                "60a7035772fbdb7f34eb86d4420cf66a",
            ),
        },
        "val": {
            "images": (
                "camelyonpatch_level_2_split_valid_x.h5", "1hgshYGWK8V-eGRy8LToWJJgDU_rXWVJ3",
                "d5b63470df7cfa627aeec8b9dc0c066e",
            ),
            "targets": (
                "camelyonpatch_level_2_split_valid_y.h5", "1bH8ZRbhSVAhScTS0p9-ZzGnX91cHT3uO",
                "2b85f58b927af9964a4c15b8f7e8f179",
            ),
        },
    }  # fmt: skip

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        try:
            import h5py
        except ImportError:
            raise RuntimeError(
                "h5py is not found. This dataset needs to have h5py installed: please run pip install h5py"
            ) from None
        self.h5py = h5py
        self._split = verify_str_arg(split, "split", ("train", "test", "val"))
        super().__init__(root, transform=transform, target_transform=target_transform)
        self._base_folder = Path(self.root or "", "pcam")
        self._get_ready(download)

    def _file(self, what: str) -> Any:
        return self.h5py.File(self._base_folder / self._FILES[self._split][what][0])

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        with self._file("images") as images, self._file("targets") as targets:
            image = Image.fromarray(images["x"][index]).convert("RGB")
            return self._transformed(image, int(targets["y"][index, 0, 0, 0]))

    def __len__(self) -> int:
        with self._file("images") as images:
            return images["x"].shape[0]

    def _check_exists(self) -> bool:
        return all((self._base_folder / name).exists() for name, *_ in self._FILES[self._split].values())

    def download(self) -> None:
        """Fetch and unpack the files of this split, unless they are there; needs the package gdown."""
        if self._check_exists():
            return
        for name, number, md5 in self._FILES[self._split].values():
            download_file_from_google_drive(number, self._base_folder, f"{name}.gz", md5)
            extract_archive(self._base_folder / f"{name}.gz")
