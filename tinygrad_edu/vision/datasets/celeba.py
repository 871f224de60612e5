"""CelebA: pictures of faces with forty yes-or-no attributes, the person, a box and five points."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from ...ops.data import tensor
from .archives import extract_archive
from .fetched import NOT_WHOLE, Fetched, Root, all_intact, as_list, one_or_all
from .utils import download_file_from_google_drive, verify_str_arg
from .vision import Transform

_SPLITS = {"train": 0, "valid": 1, "test": 2, "all": None}
_TARGETS = {"attr": "attr", "identity": "identity", "bbox": "bbox", "landmarks": "landmarks_align"}


class CelebA(Fetched):
    """202,599 faces of 10,177 known people, in ``root/celeba``.

    ``split`` is "train", "valid", "test" or "all". ``target_type``, one or a list of them, says what targets are: "attr"
    (40 numbers 0 or 1; ``attr_names`` tells which), "identity" (the person's number), "bbox" (x, y, width, height),
    "landmarks" (x and y of eyes, nose and corners of the mouth). With an empty list there is no target.
    """

    _missing = NOT_WHOLE
    base_folder: ClassVar[str] = "celeba"
    file_list: ClassVar[list[tuple[str, str, str]]] = [  # Google Drive's number, MD5 checksum, name
        ("0B7EVK8r0v71pZjFTYXZWM3FlRnM", "00d2c5bc6d35e252742224ab0c1e8fcb", "img_align_celeba.zip"),
        ("0B7EVK8r0v71pblRyaVFSWGxPY0U", "75e246fa4810816ffd6ee81facbd244c", "list_attr_celeba.txt"),
        ("1_ee_0u7vcNLOfNLegJRHmolfH5ICW-XS", "32bd1bd63d3c78cd57e08160ec5ed1e2", "identity_CelebA.txt"),
        ("0B7EVK8r0v71pbThiMVRxWXZ4dU0", "00566efa6fedff7a56946cd1c10f1c16", "list_bbox_celeba.txt"),
        ("0B7EVK8r0v71pd0FJY3Blby1HUTQ", "cc24ecafdb5b50baae59b03474781f8c", "list_landmarks_align_celeba.txt"),
        ("0B7EVK8r0v71pY0NSMzRuSXJEVkk", "d32c9cbf5e040fd4025c592c306e6668", "list_eval_partition.txt"),
    ]

    def __init__(
        self,
        root: Root,
        split: str = "train",
        target_type: list[str] | str = "attr",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = split
        self.target_type = as_list(target_type)
        if not self.target_type and target_transform is not None:
            raise RuntimeError("target_transform is specified but target_type is empty")
        self._get_ready(download)
        named = split.lower() if isinstance(split, str) else split
        wanted = _SPLITS[verify_str_arg(named, "split", tuple(_SPLITS))]
        _, names, parts = self._table("list_eval_partition.txt")
        chosen = [i for i, (part,) in enumerate(parts) if wanted in (None, part)]
        self.filename = [names[i] for i in chosen]

        def read(name: str, header: int | None = 1) -> tuple[list[str], Any]:
            columns, _, rows = self._table(name, header)
            return columns, tensor([rows[i] for i in chosen])

        self.identity = read("identity_CelebA.txt", None)[1]
        self.bbox = read("list_bbox_celeba.txt")[1]
        self.landmarks_align = read("list_landmarks_align_celeba.txt")[1]
        self.attr_names, attributes = read("list_attr_celeba.txt")
        self.attr = (attributes + 1) // 2  # the file says -1 for no

    def _table(self, name: str, header: int | None = None) -> tuple[list[str], list[str], list[list[int]]]:
        """The names of the columns (on line ``header``), the first word of each row, the numbers after it."""
        with self._path(name).open() as file:
            rows = list(csv.reader(file, delimiter=" ", skipinitialspace=True))
        columns = [] if header is None else rows[header]
        rows = rows if header is None else rows[header + 1 :]
        return columns, [row[0] for row in rows], [[int(number) for number in row[1:]] for row in rows]

    def _path(self, name: str) -> Path:
        return Path(self.root or "", self.base_folder, name)

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        texts = [(name, md5) for _, md5, name in self.file_list if not name.endswith(".zip")]
        return all_intact(self._path(""), texts) and self._path("img_align_celeba").is_dir()

    def download(self) -> None:
        """Fetch, check and unpack the files, unless they are there; needs the package gdown."""
        if self._check_integrity():
            return
        for number, md5, name in self.file_list:
            download_file_from_google_drive(number, self._path(""), name, md5)
        extract_archive(self._path("img_align_celeba.zip"))

    def _target(self, kind: str, index: int) -> Any:
        if kind not in _TARGETS:
            raise ValueError(f'Target type "{kind}" is not recognized.')
        row = getattr(self, _TARGETS[kind])[index]
        return row[0] if kind == "identity" else row

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image: Any = Image.open(self._path("img_align_celeba") / self.filename[index])
        targets = [self._target(kind, index) for kind in self.target_type]
        if targets:
            return self._transformed(image, one_or_all(targets))
        return image if self.transform is None else self.transform(image), None

    def __len__(self) -> int:
        return len(self.attr)

    def extra_repr(self) -> str:
        return f"Target type: {self.target_type}\nSplit: {self.split}"
