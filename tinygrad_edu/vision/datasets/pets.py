"""Cats and dogs of 37 breeds (Oxford's pets), and all living things (iNaturalist)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from .fetched import NOT_WHOLE, Fetched, Joint, Loader, Root, as_list, lines_of, one_or_all
from .utils import download_and_extract_archive, verify_str_arg
from .vision import Transform


class OxfordIIITPet(Fetched):
    """7,349 cats and dogs, in ``root/oxford-iiit-pet``; ``split`` is "trainval" or "test".

    ``target_types``, one or several, says what targets are: "category" (the breed), "binary-category" (cat or dog) or
    "segmentation" (a PIL image: 1 for the animal, 2 for what is around it, 3 for the border).
    """

    _archives = (
        ("https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz", "5c4f3ee8e5d25df40f4fd59a7f44e54c"),
        ("https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz", "95a8c909bbe2e81eed6a22bccdf3f68f"),
    )
    _VALID_TARGET_TYPES: ClassVar[tuple[str, ...]] = ("category", "binary-category", "segmentation")

    def __init__(
        self,
        root: Root,
        split: str = "trainval",
        target_types: Sequence[str] | str = "category",
        transforms: Joint | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        self._split = verify_str_arg(split, "split", ("trainval", "test"))
        kinds = [target_types] if isinstance(target_types, str) else target_types
        self._target_types = [verify_str_arg(kind, "target_types", self._VALID_TARGET_TYPES) for kind in kinds]
        super().__init__(root, transforms, transform, target_transform)
        self._base_folder = Path(self.root or "", "oxford-iiit-pet")
        self._images_folder, self._anns_folder = self._base_folder / "images", self._base_folder / "annotations"
        self._get_ready(download)
        # each line: the picture's name (the breed and a number), breed, cat or dog, a number within these
        lines = [line.split() for line in lines_of(self._anns_folder / f"{split}.txt")]
        self._labels = [int(breed) - 1 for _, breed, _, _ in lines]
        self._bin_labels = [int(species) - 1 for _, _, species, _ in lines]
        self.bin_classes = ["Cat", "Dog"]
        breeds = {(label, line[0].rpartition("_")[0]) for label, line in zip(self._labels, lines, strict=True)}
        self.classes = [" ".join(word.title() for word in breed.split("_")) for _, breed in sorted(breeds)]
        self.bin_class_to_idx = {name: i for i, name in enumerate(self.bin_classes)}
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self._images = [self._images_folder / f"{line[0]}.jpg" for line in lines]
        self._segs = [self._anns_folder / "trimaps" / f"{line[0]}.png" for line in lines]

    def _target(self, kind: str, index: int) -> Any:
        if kind == "segmentation":
            return Image.open(self._segs[index])
        return (self._labels if kind == "category" else self._bin_labels)[index]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = Image.open(self._images[index]).convert("RGB")
        target = one_or_all([self._target(kind, index) for kind in self._target_types])
        return self._transformed_together(image, target)

    def __len__(self) -> int:
        return len(self._images)

    def _check_exists(self) -> bool:
        return self._images_folder.is_dir() and self._anns_folder.is_dir()

    def _unpack_in(self) -> Root:
        return self._base_folder


_RANKS = ("kingdom", "phylum", "class", "order", "family", "genus")
_VERSIONS = {  # address, MD5 checksum
    version: (f"https://ml-inat-competition-datasets.s3.amazonaws.com/{path}.tar.gz", md5)
    for version, path, md5 in (
        ("2017", "2017/train_val_images", "7c784ea5e424efaec655bd392f87301f"),
        ("2018", "2018/train_val2018", "b1c6952ce38f31868cc50ea72d066cc3"),
        ("2019", "2019/train_val2019", "c60a6e2962c9b8ccbd458d12c8582644"),
        ("2021_train", "2021/train", "e0526d53c7f7b2e3167b2b43bb2690ed"),
        ("2021_train_mini", "2021/train_mini", "db6ed8330e634445efc8fec83ae81442"),
        ("2021_valid", "2021/val", "f6f6e0e242e3d4c9569ba56400938afc"),
    )
}


class INaturalist(Fetched):
    """Plants, animals and fungi as people photographed them, in ``root/version``.

    ``version`` is "2017", "2018", "2019", "2021_train", "2021_train_mini" or "2021_valid". ``target_type``, one or a list
    of them, is "full" (the species), and from 2021 on a rank ("kingdom", "phylum", "class", "order", "family", "genus"),
    before that "super". `category_name` tells the name of a target.
    """

    _missing = NOT_WHOLE

    def __init__(
        self,
        root: Root,
        version: str = "2021_train",
        target_type: list[str] | str = "full",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader | None = None,
    ) -> None:
        self.version = verify_str_arg(version, "version", tuple(_VERSIONS))
        super().__init__(os.path.join(root, version), transform=transform, target_transform=target_transform)
        os.makedirs(root, exist_ok=True)
        self._get_ready(download)
        self.all_categories: list[str] = []
        self.categories_index: dict[str, dict[str, int]] = {}
        self.categories_map: list[dict[str, int]] = []
        new = version.startswith("2021")
        known = ("full", *(_RANKS if new else ("super",)))
        self.target_type = [verify_str_arg(kind, "target_type", known) for kind in as_list(target_type)]
        (self._find_ranks if new else self._find_above)()
        self.index = [
            (number, name)
            for number, category in enumerate(self.all_categories)
            for name in os.listdir(self._path(category))
        ]
        self.loader = loader

    def _path(self, *names: str) -> str:
        return os.path.join(self.root or "", *names)

    def _find_ranks(self) -> None:
        """From 2021 on a folder's name is a number, the six ranks and the species."""
        self.all_categories = sorted(os.listdir(self._path()))
        self.categories_index = {rank: {} for rank in _RANKS}
        for number, folder in enumerate(self.all_categories):
            parts = folder.split("_")
            if len(parts) != 8:
                raise RuntimeError(f"Unexpected category name {folder}, wrong number of pieces")
            if parts[0] != f"{number:05d}":
                raise RuntimeError(f"Unexpected category id {parts[0]}, expecting {number:05d}")
            known = self.categories_index
            ranks = zip(_RANKS, parts[1:7], strict=True)
            self.categories_map.append({rank: known[rank].setdefault(name, len(known[rank])) for rank, name in ranks})

    def _find_above(self) -> None:
        """Before 2021 there are folders within a folder for each above-category, named by numbers after 2017."""
        found: dict[int, tuple[int, str]] = {}
        above = sorted(os.listdir(self._path()))
        self.categories_index = {"super": {name: i for i, name in enumerate(above)}}
        for i, name in enumerate(above):
            for folder in sorted(os.listdir(self._path(name))):
                if self.version != "2017" and not folder.isdecimal():
                    raise RuntimeError(f"Unexpected non-numeric dir name: {folder}")
                number = len(found) if self.version == "2017" else int(folder)
                if number in found:
                    raise RuntimeError(f"Duplicate category {folder}")
                found[number] = i, os.path.join(name, folder)
        missing = next((number for number in range(max(found, default=-1)) if number not in found), None)
        if missing is not None:
            raise RuntimeError(f"Missing category {missing}")
        self.categories_map = [{"super": found[number][0]} for number in sorted(found)]
        self.all_categories = [found[number][1] for number in sorted(found)]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        category, name = self.index[index]
        path = self._path(self.all_categories[category], name)
        image: Any = Image.open(path) if self.loader is None else self.loader(path)
        ids = {"full": category, **self.categories_map[category]}
        return self._transformed(image, one_or_all([ids[kind] for kind in self.target_type]))

    def __len__(self) -> int:
        return len(self.index)

    def category_name(self, category_type: str, category_id: int) -> str:
        """The name of a target of the type "full", "super" or a rank."""
        if category_type == "full":
            return self.all_categories[category_id]
        if category_type not in self.categories_index:
            raise ValueError(f"Invalid category type '{category_type}'")
        for name, number in self.categories_index[category_type].items():
            if number == category_id:
                return name
        raise ValueError(f"Invalid category id {category_id} for {category_type}")

    def _check_exists(self) -> bool:
        return os.path.exists(self._path()) and len(os.listdir(self._path())) > 0

    def download(self) -> None:
        """Fetch and unpack the pictures, unless they are there."""
        if self._check_exists():
            return
        folder = os.path.dirname(self._path())
        url, md5 = _VERSIONS[self.version]
        download_and_extract_archive(url, folder, filename=f"{self.version}.tgz", md5=md5)
        unpacked = os.path.join(folder, os.path.basename(url).removesuffix(".tar.gz"))
        if not os.path.exists(unpacked):
            raise RuntimeError(f"Unable to find downloaded files at {unpacked}")
        os.rename(unpacked, self._path())
