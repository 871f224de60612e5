"""Pictures with sentences about them: SBU, Flickr8k, Flickr30k."""

from __future__ import annotations

import os
from collections import defaultdict
from glob import glob
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

from ...utils.download import DownloadError
from .fetched import NOT_WHOLE, Fetched, Loader, Root, lines_of
from .folder import default_loader
from .utils import check_integrity, download_and_extract_archive, download_url
from .vision import Transform, VisionDataset


class SBU(Fetched):
    """A million pictures from Flickr with the sentence of the person who put each there: what can still be fetched of them.

    ``photos`` are the names of the pictures in ``root/dataset``, ``captions`` the sentences, which are the targets.
    """

    _missing = NOT_WHOLE
    url: ClassVar[str] = "https://www.cs.rice.edu/~vo9/sbucaptions/SBUCaptionedPhotoDataset.tar.gz"
    filename: ClassVar[str] = "SBUCaptionedPhotoDataset.tar.gz"
    md5_checksum: ClassVar[str] = "9aec147b3488753cf758b4d493422285"

    def __init__(
        self,
        root: Root,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = True,
        loader: Loader = default_loader,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.loader = loader
        self._get_ready(download)
        photos = [os.path.basename(url) for url in self._lines("urls")]
        pairs = zip(photos, self._lines("captions"), strict=False)
        there = [(photo, sentence) for photo, sentence in pairs if self._path(photo).exists()]
        self.photos = [photo for photo, _ in there]
        self.captions = [sentence for _, sentence in there]

    def _path(self, name: str) -> Path:
        return Path(self.root or "", "dataset", name)

    def _lines(self, what: str) -> list[str]:
        return lines_of(self._path(f"SBU_captioned_photo_dataset_{what}.txt"))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self.loader(os.fspath(self._path(self.photos[index]))), self.captions[index])

    def __len__(self) -> int:
        return len(self.photos)

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        return check_integrity(os.path.join(self.root or "", self.filename), self.md5_checksum)

    def download(self) -> None:
        """Fetch the lists, then every picture that is still at its address."""
        if self._check_integrity():
            return
        download_and_extract_archive(self.url, self.root or "", filename=self.filename, md5=self.md5_checksum)
        for url in filter(None, self._lines("urls")):
            try:
                download_url(url, self._path(""))
            except DownloadError:
                continue  # many have been taken away


class _Flickr(VisionDataset):
    """Pictures (``ids``) and several sentences about each (``annotations``), which are the targets."""

    def __init__(
        self,
        root: Root,
        ann_file: str,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        loader: Loader = default_loader,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.ann_file = os.path.expanduser(ann_file)
        self.annotations = self._read(self.ann_file)
        self.ids = sorted(self.annotations)
        self.loader = loader

    def _read(self, path: str) -> dict[str, list[str]]:
        raise NotImplementedError

    def _path(self, id: str) -> str:
        return id

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        id = self.ids[index]
        return self._transformed(self.loader(self._path(id)), self.annotations[id])

    def __len__(self) -> int:
        return len(self.ids)


class Flickr8k(_Flickr):
    """8,000 pictures with five sentences each: ``root`` is the folder of the pictures, ``ann_file`` the page that lists them."""

    def _read(self, path: str) -> dict[str, list[str]]:
        page = _Page(self.root or "")
        page.feed(Path(path).read_text(encoding="utf-8"))
        return page.annotations


class Flickr30k(_Flickr):
    """31,000 pictures with five sentences each: ``ann_file`` has on a line a picture's name, a number and a sentence."""

    def _read(self, path: str) -> dict[str, list[str]]:
        found = defaultdict(list)
        for line in lines_of(path):
            name, sentence = line.split("\t")
            found[name[:-2]].append(sentence)  # without "#0"
        return found

    def _path(self, id: str) -> str:
        return os.path.join(self.root or "", id)


class _Page(HTMLParser):
    """Flickr8k's page: a table in which a link to a picture is followed by a list of sentences."""

    def __init__(self, folder: Root) -> None:
        super().__init__()
        self.folder = folder
        self.annotations: dict[str, list[str]] = {}
        self._in_table = False
        self._tag: str | None = None
        self._picture: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._tag = tag
        self._in_table |= tag == "table"

    def handle_endtag(self, tag: str) -> None:
        self._tag = None
        self._in_table &= tag != "table"

    def handle_data(self, data: str) -> None:
        if not self._in_table:
            return
        if data == "Image Not Found":
            self._picture = None
        elif self._tag == "a":  # …/photos/who/number/: the file is number_key.jpg
            number = data.split("/")[-2]
            self._picture = glob(os.path.join(self.folder, f"{number}_*.jpg"))[0]
            self.annotations[self._picture] = []
        elif self._tag == "li" and self._picture:
            self.annotations[self._picture].append(data.strip())
