"""Pascal VOC, its objects and its segmentations, and the boundaries that the Berkeley group drew on its pictures (SBD)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

import numpy
from PIL import Image

from .fetched import NOT_WHOLE, Fetched, Joint, Root, lines_of, mat_reader
from .utils import download_and_extract_archive, download_url, verify_str_arg
from .vision import Transform

_YEARS = {  # folder on the server, archive, the name it is kept under, MD5 checksum, where the pictures are in it
    "2012": ("voc2012", "VOCtrainval_11-May-2012.tar", None, "6cd6e144f989b92b3379bac3b3de84fd", "VOCdevkit/VOC2012"),
    "2011": (
        "voc2011", "VOCtrainval_25-May-2011.tar", None, "6c3384ef61512963050cb5d687e5bf1e", "TrainVal/VOCdevkit/VOC2011",
    ),
    "2010": ("voc2010", "VOCtrainval_03-May-2010.tar", None, "da459979d0c395079b5c75ee67908abb", "VOCdevkit/VOC2010"),
    "2009": ("voc2009", "VOCtrainval_11-May-2009.tar", None, "a3e00b113cfcfebf17e343f59da3caa1", "VOCdevkit/VOC2009"),
    "2008": (
        "voc2008", "VOCtrainval_14-Jul-2008.tar", "VOCtrainval_11-May-2012.tar", "2629fa636546599198acfcfbfcf1904a",
        "VOCdevkit/VOC2008",
    ),
    "2007": ("voc2007", "VOCtrainval_06-Nov-2007.tar", None, "c52e279531787c972589f7e41ab4ae64", "VOCdevkit/VOC2007"),
    "2007-test": ("voc2007", "VOCtest_06-Nov-2007.tar", None, "b6e924de25625d8de591ea690078ad9f", "VOCdevkit/VOC2007"),
}  # fmt: skip


class _VOC(Fetched):
    """Pictures and, for each, a file of targets."""

    _missing = NOT_WHOLE
    _lists: ClassVar[str]  # the folder with the lists of pictures
    _target_folder: ClassVar[str]
    _suffix: ClassVar[str]

    def __init__(
        self,
        root: Root,
        year: str = "2012",
        image_set: str = "train",
        download: bool = False,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        transforms: Joint | None = None,
    ) -> None:
        super().__init__(root, transforms, transform, target_transform)
        self.year = verify_str_arg(year, "year", [str(year) for year in range(2007, 2013)])
        sets = ["train", "trainval", "val", *(["test"] if year == "2007" else [])]
        self.image_set = verify_str_arg(image_set, "image_set", sets)
        place, name, kept_as, self.md5, inside = _YEARS["2007-test" if image_set == "test" else year]
        self.url = f"https://thor.robots.ox.ac.uk/pascal/VOC/{place}/{name}"
        self.filename = kept_as or name
        self._voc_root = os.path.join(self.root or "", *inside.split("/"))
        self._get_ready(download)
        names = lines_of(Path(self._voc_root, "ImageSets", self._lists, f"{image_set}.txt"))
        self.images = [os.path.join(self._voc_root, "JPEGImages", f"{name}.jpg") for name in names]
        self.targets = [os.path.join(self._voc_root, self._target_folder, name + self._suffix) for name in names]

    def _check_exists(self) -> bool:
        return os.path.isdir(self._voc_root)

    def download(self) -> None:
        """Fetch the archive, unless it is there, and unpack it."""
        download_and_extract_archive(self.url, self.root or "", filename=self.filename, md5=self.md5)

    def _target(self, path: str) -> Any:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = Image.open(self.images[index]).convert("RGB")
        return self._transformed_together(image, self._target(self.targets[index]))

    def __len__(self) -> int:
        return len(self.images)


class VOCSegmentation(_VOC):
    """Pictures and masks: in each pixel of the target, a PIL image, is the class of what is there, or 255 at borders.

    ``year`` is "2007" to "2012"; ``image_set`` "train", "trainval", "val", for 2007 also "test". Files are in
    ``root/VOCdevkit``. ``transforms`` changes image and mask together.
    """

    _lists, _target_folder, _suffix = "Segmentation", "SegmentationClass", ".png"

    @property
    def masks(self) -> list[str]:
        return self.targets

    def _target(self, path: str) -> Any:
        return Image.open(path)


class VOCDetection(_VOC):
    """Pictures and what is on them: the target is the XML file of the picture as dictionaries, ``object`` in it a list.

    Arguments are `VOCSegmentation`'s.
    """

    _lists, _target_folder, _suffix = "Main", "Annotations", ".xml"

    @property
    def annotations(self) -> list[str]:
        return self.targets

    def _target(self, path: str) -> Any:
        return self.parse_voc_xml(ElementTree.parse(path).getroot())

    @staticmethod
    def parse_voc_xml(node: Any) -> dict[str, Any]:
        """An XML element as a dictionary: what occurs once is itself, what occurs several times is a list.

        >>> VOCDetection.parse_voc_xml(ElementTree.fromstring("<box><x>1</x><y>2</y><y>3</y></box>"))
        {'box': {'x': '1', 'y': ['2', '3']}}
        """
        if not len(node):
            return {node.tag: node.text.strip()} if node.text else {}
        found: dict[str, list[Any]] = {}
        for child in node:
            for name, value in VOCDetection.parse_voc_xml(child).items():
                found.setdefault(name, []).append(value)
        if node.tag == "annotation":  # a list of objects even where there is one
            found["object"] = [found.get("object", [])]
        return {node.tag: {name: values[0] if len(values) == 1 else values for name, values in found.items()}}


class SBDataset(Fetched):
    """11,355 pictures of Pascal VOC 2011 with the outlines of their objects; needs SciPy, which reads its files.

    ``image_set`` is "train", "val" or "train_noval" (those that are not among VOC 2012's validation pictures). With
    ``mode="boundaries"`` a target is an array (20, H, W) with the outlines of each class, with "segmentation" a PIL image
    of classes.
    """

    _missing = NOT_WHOLE
    url: ClassVar[str] = (
        "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/semantic_contours/benchmark.tgz"
    )
    md5: ClassVar[str] = "82b4d87ceb2ed10f6038a1cba92111cb"
    filename: ClassVar[str] = "benchmark.tgz"
    voc_train_url: ClassVar[str] = "https://www.cs.cornell.edu/~bharathh/train_noval.txt"
    voc_split_filename: ClassVar[str] = "train_noval.txt"
    voc_split_md5: ClassVar[str] = "79bff800c5f0b1ec6b21080a3c066722"

    def __init__(
        self,
        root: Root,
        image_set: str = "train",
        mode: str = "boundaries",
        download: bool = False,
        transforms: Joint | None = None,
    ) -> None:
        self._loadmat = mat_reader()
        super().__init__(root, transforms)
        self.image_set = verify_str_arg(image_set, "image_set", ("train", "val", "train_noval"))
        self.mode = verify_str_arg(mode, "mode", ("segmentation", "boundaries"))
        self.num_classes = 20
        self._get_ready(download)
        folder = self.root or ""
        names = lines_of(Path(folder, f"{image_set}.txt"))
        self.images = [os.path.join(folder, "img", f"{name}.jpg") for name in names]
        self.masks = [os.path.join(folder, "cls", f"{name}.mat") for name in names]

    def _check_exists(self) -> bool:
        return os.path.isdir(self.root or "")

    def download(self) -> None:
        """Fetch the archive, unless it is there, and unpack it."""
        folder = self.root or ""
        download_and_extract_archive(self.url, folder, filename=self.filename, md5=self.md5)
        for name in ("cls", "img", "inst", "train.txt", "val.txt"):
            shutil.move(os.path.join(folder, "benchmark_RELEASE", "dataset", name), folder)
        if self.image_set == "train_noval":
            download_url(self.voc_train_url, folder, self.voc_split_filename, self.voc_split_md5)

    def _target(self, path: str) -> Any:
        found = self._loadmat(path)["GTcls"][0]
        if self.mode == "segmentation":
            return Image.fromarray(found["Segmentation"][0])
        outlines = found["Boundaries"][0]
        return numpy.stack([outlines[i][0].toarray() for i in range(self.num_classes)])

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = Image.open(self.images[index]).convert("RGB")
        return self._transformed_together(image, self._target(self.masks[index]))

    def __len__(self) -> int:
        return len(self.images)

    def extra_repr(self) -> str:
        return f"Image set: {self.image_set}\nMode: {self.mode}"
