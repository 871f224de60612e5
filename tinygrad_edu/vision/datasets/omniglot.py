"""Omniglot: characters of fifty alphabets, twenty drawings of each, to learn from few examples."""

from __future__ import annotations

from os.path import join
from typing import Any, ClassVar

from PIL import Image

from .fetched import NOT_WHOLE, Fetched, Loader, Root
from .utils import check_integrity, download_and_extract_archive, list_dir, list_files
from .vision import Transform


class Omniglot(Fetched):
    """105 x 105 black and white drawings, each with the number of its character, in ``root/omniglot-py``.

    ``background`` chooses the thirty alphabets that are meant to learn from; False gives the twenty others.
    """

    _missing = NOT_WHOLE
    folder: ClassVar[str] = "omniglot-py"
    download_url_prefix: ClassVar[str] = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python"
    zips_md5: ClassVar[dict[str, str]] = {
        "images_background": "68d2efa1b9178cc56df9314c21c6e718",
        "images_evaluation": "6b91aef0f799c5bb55b94e3f2daec811",
    }

    def __init__(
        self,
        root: Root,
        background: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader | None = None,
    ) -> None:
        super().__init__(join(root, self.folder), transform=transform, target_transform=target_transform)
        self.background = background
        self._get_ready(download)
        self.target_folder = join(self.root or "", self._get_target_folder())
        self._alphabets = list_dir(self.target_folder)
        self._characters = [
            join(alphabet, name)
            for alphabet in self._alphabets
            for name in list_dir(join(self.target_folder, alphabet))
        ]
        self._character_images = [
            [(image, number) for image in list_files(join(self.target_folder, character), ".png")]
            for number, character in enumerate(self._characters)
        ]
        self._flat_character_images = [item for items in self._character_images for item in items]
        self.loader = loader

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        name, character = self._flat_character_images[index]
        path = join(self.target_folder, self._characters[character], name)
        image: Any = Image.open(path).convert("L") if self.loader is None else self.loader(path)
        return self._transformed(image, character)

    def __len__(self) -> int:
        return len(self._flat_character_images)

    def _get_target_folder(self) -> str:
        return "images_background" if self.background else "images_evaluation"

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        name = self._get_target_folder()
        return check_integrity(join(self.root or "", f"{name}.zip"), self.zips_md5[name])

    def download(self) -> None:
        if not self._check_integrity():
            name = self._get_target_folder()
            url = f"{self.download_url_prefix}/{name}.zip"
            download_and_extract_archive(url, self.root or "", md5=self.zips_md5[name])
