"""LSUN: scenes, each class in a database file (LMDB) of its own."""

from __future__ import annotations

import io
import os
from typing import Any, ClassVar

from PIL import Image

from .fetched import Root
from .utils import iterable_to_str, verify_str_arg
from .vision import Transform, VisionDataset


class LSUNClass(VisionDataset):
    """One class: the folder ``root`` of a database. Targets are None. Needs the package lmdb."""

    def __init__(
        self, root: str, transform: Transform | None = None, target_transform: Transform | None = None
    ) -> None:
        import lmdb

        super().__init__(root, transform=transform, target_transform=target_transform)
        self.env = lmdb.open(root, max_readers=1, readonly=True, lock=False, readahead=False, meminit=False)
        with self.env.begin(write=False) as transaction:
            self.length = transaction.stat()["entries"]
            self.keys = list(transaction.cursor().iternext(keys=True, values=False))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        with self.env.begin(write=False) as transaction:
            content = transaction.get(self.keys[index])
        return self._transformed(Image.open(io.BytesIO(content)).convert("RGB"), None)

    def __len__(self) -> int:
        return self.length


class LSUN(VisionDataset):
    """Pictures of ten kinds of scenes, millions in all.

    ``classes`` is "train", "val" or "test" for all of them, or a list such as ["bedroom_train", "tower_train"]; targets
    count these. A class is the database in ``root/bedroom_train_lmdb``. Needs the package lmdb.
    """

    _scenes: ClassVar[tuple[str, ...]] = (
        "bedroom", "bridge", "church_outdoor", "classroom", "conference_room", "dining_room", "kitchen", "living_room",
        "restaurant", "tower",
    )  # fmt: skip
    _parts: ClassVar[tuple[str, ...]] = ("train", "val", "test")

    def __init__(
        self,
        root: Root,
        classes: str | list[str] = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.classes = self._verify_classes(classes)
        self.dbs = [LSUNClass(os.path.join(root, f"{name}_lmdb"), transform=transform) for name in self.classes]
        self.indices = [sum(map(len, self.dbs[: i + 1])) for i in range(len(self.dbs))]
        self.length = self.indices[-1] if self.indices else 0

    def _verify_classes(self, classes: Any) -> list[str]:
        if isinstance(classes, str) and classes in self._parts:
            return [classes] if classes == "test" else [f"{scene}_{classes}" for scene in self._scenes]
        try:
            names = list(classes)
        except TypeError:
            raise ValueError(
                f"Expected type str or Iterable for argument classes, but got type {type(classes)}."
            ) from None
        for name in names:
            verify_str_arg(
                name, custom_msg=f"Expected type str for elements in argument classes, but got type {type(name)}."
            )
            scene, _, part = name.rpartition("_")
            for value, what, known in ((scene, "LSUN class", self._scenes), (part, "postfix", self._parts)):
                text = f"Unknown value '{value}' for {what}. Valid values are {{{iterable_to_str(known)}}}."
                verify_str_arg(value, valid_values=known, custom_msg=text)
        return names

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        number = next((i for i, end in enumerate(self.indices) if index < end), len(self.indices))
        start = self.indices[number - 1] if number else 0
        target: Any = number if self.target_transform is None else self.target_transform(number)
        return self.dbs[number][index - start][0], target

    def __len__(self) -> int:
        return self.length

    def extra_repr(self) -> str:
        return f"Classes: {self.classes}"
