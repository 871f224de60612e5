"""Sets of pictures with one class each, from lists of files: flowers, food, cars, aircraft, textures, scenes, signs, sentences."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, ClassVar

from .fetched import NOT_WHOLE, Listed, Loader, Root, Sampled, all_intact, lines_of, mat_reader
from .folder import default_loader, find_classes, make_dataset
from .names import FLOWERS, IMAGENETTE
from .utils import download_and_extract_archive, download_url, verify_str_arg
from .vision import Transform


class Flowers102(Listed):
    """8,189 flowers of 102 kinds that grow in Britain, in ``root/flowers-102``; needs SciPy, which reads its files.

    ``split`` is "train" and "val" (ten pictures a kind) or "test" (the others).
    """

    _splits, _folder, _missing = ("train", "val", "test"), "flowers-102", NOT_WHOLE
    _download_url_prefix: ClassVar[str] = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"
    _file_dict: ClassVar[dict[str, tuple[str, str]]] = {
        "image": ("102flowers.tgz", "52808999861908f626f3c1f4e79d11fa"),
        "label": ("imagelabels.mat", "e0620be6f572b9609742df49c70aed4d"),
        "setid": ("setid.mat", "a5357ecc9cb78c4bef273ce3793fc85c"),
    }
    classes: ClassVar[list[str]] = FLOWERS  # type: ignore[misc]

    def _read(self) -> None:
        from scipy.io import loadmat

        def content(what: str) -> Any:
            return loadmat(self._base_folder / self._file_dict[what][0], squeeze_me=True)

        numbers = content("setid")[{"train": "trnid", "val": "valid", "test": "tstid"}[self._split]].tolist()
        labels = (content("label")["labels"] - 1).tolist()
        self._labels = [labels[number - 1] for number in numbers]
        self._image_files = [self._base_folder / "jpg" / f"image_{number:05d}.jpg" for number in numbers]

    def _check_exists(self) -> bool:
        return self._check_integrity()

    def _check_integrity(self) -> bool:
        lists = [self._file_dict[what] for what in ("label", "setid")]
        return (self._base_folder / "jpg").is_dir() and all_intact(self._base_folder, lists)

    def download(self) -> None:
        if self._check_integrity():
            return
        for what, (name, md5) in self._file_dict.items():
            fetch = download_and_extract_archive if what == "image" else download_url
            fetch(self._download_url_prefix + name, self._base_folder, md5=md5)


class Food101(Listed):
    """101,000 pictures of 101 dishes, in ``root/food-101``; ``split`` is "train" (750 a dish, not cleaned) or "test" (250)."""

    _folder = "food-101"
    _archives = (("http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz", "85eeb15f3717b99a5da872d97d918f87"),)

    def _read(self) -> None:
        listed = json.loads((self._base_folder / "meta" / f"{self._split}.json").read_text())
        self._name_classes(sorted(listed))
        pairs = [(self.class_to_idx[name], file) for name, files in listed.items() for file in files]
        self._labels = [label for label, _ in pairs]
        self._image_files = [self._base_folder.joinpath("images", *f"{file}.jpg".split("/")) for _, file in pairs]

    def _check_exists(self) -> bool:
        return all((self._base_folder / name).is_dir() for name in ("meta", "images"))


class StanfordCars(Sampled):
    """16,185 cars of 196 models, in ``root/stanford_cars``; needs SciPy, which reads its files. Cannot be fetched any more."""

    _folder, _missing, _shows_split = "stanford_cars", "Dataset not found.", False

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        self._loadmat = mat_reader()
        super().__init__(root, split, transform, target_transform, download, loader)

    @property
    def _annotations_mat_path(self) -> Path:
        name = "devkit/cars_train_annos.mat" if self._split == "train" else "cars_test_annos_withlabels.mat"
        return self._base_folder / name

    @property
    def _images_base_path(self) -> Path:
        return self._base_folder / f"cars_{self._split}"

    def _read(self) -> None:
        listed = self._loadmat(self._annotations_mat_path, squeeze_me=True)["annotations"]
        self._samples = [(str(self._images_base_path / car["fname"]), car["class"] - 1) for car in listed]
        names = self._loadmat(str(self._base_folder / "devkit" / "cars_meta.mat"), squeeze_me=True)["class_names"]
        self._name_classes(names.tolist())

    def _check_exists(self) -> bool:
        folders = (self._base_folder / "devkit", self._images_base_path)
        return all(folder.is_dir() for folder in folders) and self._annotations_mat_path.exists()

    def download(self) -> None:
        raise ValueError("The original URL is broken so the StanfordCars dataset cannot be downloaded anymore.")


class FGVCAircraft(Listed):
    """10,000 aircraft, in ``root/fgvc-aircraft-2013b``.

    ``split`` is "train", "val", "trainval" or "test"; ``annotation_level`` says how finely they are told apart: "variant"
    (100 classes), "family" (70) or "manufacturer" (41).
    """

    _splits, _folder, _shows_split = ("train", "val", "trainval", "test"), "fgvc-aircraft-2013b", False
    _archives = (("https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz", None),)
    _levels: ClassVar[dict[str, str]] = {
        "variant": "variants.txt", "family": "families.txt", "manufacturer": "manufacturers.txt",
    }  # fmt: skip

    def __init__(
        self,
        root: Root,
        split: str = "trainval",
        annotation_level: str = "variant",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        verify_str_arg(split, "split", self._splits)
        self._annotation_level = verify_str_arg(annotation_level, "annotation_level", tuple(self._levels))
        super().__init__(root, split, transform, target_transform, download, loader)

    def _read(self) -> None:
        data = self._base_folder / "data"
        self._name_classes(lines_of(data / self._levels[self._annotation_level]))
        listed = lines_of(data / f"images_{self._annotation_level}_{self._split}.txt")
        pairs = [line.split(" ", 1) for line in listed]
        self._image_files = [str(data / "images" / f"{image}.jpg") for image, _ in pairs]
        self._labels = [self.class_to_idx[name] for _, name in pairs]


class DTD(Listed):
    """5,640 textures as people describe them (banded, bubbly, …), 47 words, in ``root/dtd``.

    ``split`` is "train", "val" or "test"; ``partition``, 1 to 10, chooses which pictures these are.
    """

    _splits, _folder = ("train", "val", "test"), "dtd"
    _archives = (
        ("https://www.robots.ox.ac.uk/~vgg/data/dtd/download/dtd-r1.0.1.tar.gz", "fff73e5086ae6bdbea199a49dfb8a4c1"),
    )

    def __init__(
        self,
        root: Root,
        split: str = "train",
        partition: int = 1,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        verify_str_arg(split, "split", self._splits)
        if not isinstance(partition, int) and not (1 <= partition <= 10):
            raise ValueError(
                f"Parameter 'partition' should be an integer with `1 <= partition <= 10`, but got {partition} instead"
            )
        self._partition = partition
        super().__init__(root, split, transform, target_transform, download, loader)

    def _read(self) -> None:
        data = self._base_folder / "dtd"
        pairs = [line.split("/") for line in lines_of(data / "labels" / f"{self._split}{self._partition}.txt")]
        self._image_files = [data.joinpath("images", name, file) for name, file in pairs]
        self._name_classes(sorted({name for name, _ in pairs}))
        self._labels = [self.class_to_idx[name] for name, _ in pairs]

    def _check_exists(self) -> bool:
        return (self._base_folder / "dtd").is_dir()

    def _unpack_in(self) -> Root:
        return self._base_folder

    def extra_repr(self) -> str:
        return f"split={self._split}, partition={self._partition}"


class SUN397(Listed):
    """108,753 places of 397 kinds, in ``root/SUN397``; there is one split."""

    _folder, _shows_split = "SUN397", False
    _archives = (("http://vision.princeton.edu/projects/2010/SUN/SUN397.tar.gz", "8ca2778205c41d23104230ba66911c7a"),)

    def __init__(
        self,
        root: Root,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
        loader: Loader = default_loader,
    ) -> None:
        super().__init__(root, "train", transform, target_transform, download, loader)

    def _read(self) -> None:
        names = lines_of(self._base_folder / "ClassName.txt")
        self._name_classes([name[3:] for name in names])  # without its first letter's folder: /a/abbey
        self._image_files = list(self._base_folder.rglob("sun_*.jpg"))
        folders = [path.relative_to(self._base_folder).parts[1:-1] for path in self._image_files]
        self._labels = [self.class_to_idx["/".join(parts)] for parts in folders]


class GTSRB(Sampled):
    """51,839 German traffic signs of 43 kinds, in ``root/gtsrb``; ``split`` is "train" or "test"."""

    _folder, _shows_split = "gtsrb", False
    _at: ClassVar[str] = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
    _files: ClassVar[dict[str, tuple[tuple[str, str], ...]]] = {
        "train": (("GTSRB-Training_fixed.zip", "513f3c79a4c5141765e10e952eaa2478"),),
        "test": (
            ("GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185"),
            ("GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5"),
        ),
    }

    def __init__(
        self,
        root: Root,
        split: str = "train",
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, split, transform, target_transform, download)

    @property
    def _target_folder(self) -> Path:
        return self._base_folder / "GTSRB" / ("Training" if self._split == "train" else "Final_Test/Images")

    def _read(self) -> None:
        if self._split == "train":
            self._samples = list(make_dataset(str(self._target_folder), extensions=(".ppm",)))
            return
        with (self._base_folder / "GT-final_test.csv").open() as file:
            rows = list(csv.DictReader(file, delimiter=";", skipinitialspace=True))
        self._samples = [(str(self._target_folder / row["Filename"]), int(row["ClassId"])) for row in rows]

    def _check_exists(self) -> bool:
        return self._target_folder.is_dir()

    def download(self) -> None:
        if not self._check_exists():
            for name, md5 in self._files[self._split]:
                download_and_extract_archive(self._at + name, self._base_folder, md5=md5)


class RenderedSST2(Sampled):
    """Sentences about films as pictures of text, negative or positive, in ``root/rendered-sst2``.

    ``split`` is "train", "val" or "test".
    """

    _splits, _folder = ("train", "val", "test"), "rendered-sst2"
    _archives = (
        ("https://openaipublic.azureedge.net/clip/data/rendered-sst2.tgz", "2384d08e9dcfa4bd55b324e610496ee5"),
    )

    def _read(self) -> None:
        self._name_classes(["negative", "positive"])
        self._samples = list(make_dataset(str(self._split_folder()), extensions=("png",)))

    def _split_folder(self) -> Path:
        return self._base_folder / ("valid" if self._split == "val" else self._split)

    def _check_exists(self) -> bool:
        return all((self._split_folder() / name).is_dir() for name in ("negative", "positive"))


class Imagenette(Sampled):
    """Ten classes of ImageNet that are easy to tell apart; ``split`` is "train" (9,469) or "val" (3,925).

    ``size`` is "full", "320px" or "160px". ``classes`` has all names of each class.
    """

    _splits, _missing, _shows_split = (
        ("train", "val"),
        "Dataset not found. You can use download=True to download it.",
        False,
    )
    _ARCHIVES: ClassVar[dict[str, tuple[str, str]]] = {
        size: (f"https://s3.amazonaws.com/fast-ai-imageclas/{name}.tgz", md5)
        for size, name, md5 in (
            ("full", "imagenette2", "fe2fc210e6bb7c5664d602c3cd71e612"),
            ("320px", "imagenette2-320", "3df6f0d01a2c9592104656642f5e78a3"),
            ("160px", "imagenette2-160", "e793b78cc4c9e9a4ccc0c1155377a412"),
        )
    }

    def __init__(
        self,
        root: Root,
        split: str = "train",
        size: str = "full",
        download: bool = False,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        loader: Loader = default_loader,
    ) -> None:
        verify_str_arg(split, "split", self._splits)
        self._size = verify_str_arg(size, "size", tuple(self._ARCHIVES))
        self._url, self._md5 = self._ARCHIVES[size]
        self._folder = Path(self._url).stem  # type: ignore[misc]
        super().__init__(root, split, transform, target_transform, download, loader)

    def _read(self) -> None:
        folder = str(self._base_folder / self._split)
        self.wnids, self.wnid_to_idx = find_classes(folder)
        self.classes = [IMAGENETTE[wnid] for wnid in self.wnids]
        self.class_to_idx = {name: i for i, names in enumerate(self.classes) for name in names}
        self._samples = list(make_dataset(folder, self.wnid_to_idx, extensions=".jpeg"))

    def download(self) -> None:
        if not self._check_exists():
            download_and_extract_archive(self._url, self.root or "", md5=self._md5)


class CLEVRClassification(Listed):
    """100,000 rendered scenes of simple solids, in ``root/clevr``: the class is how many there are.

    ``split`` is "train", "val" or "test", whose classes are None.
    """

    _splits, _folder, _missing = ("train", "val", "test"), "clevr", NOT_WHOLE
    _archives = (("https://dl.fbaipublicfiles.com/clevr/CLEVR_v1.0.zip", "b11922020e72d0cd9154779b2d3d07d2"),)

    @property
    def _data_folder(self) -> Path:
        return self._base_folder / "CLEVR_v1.0"

    def _read(self) -> None:
        self._image_files = sorted((self._data_folder / "images" / self._split).glob("*"))
        if self._split == "test":
            self._labels = [None] * len(self._image_files)
            return
        listed = json.loads((self._data_folder / "scenes" / f"CLEVR_{self._split}_scenes.json").read_text())["scenes"]
        counts = {scene["image_filename"]: len(scene["objects"]) for scene in listed}
        self._labels = [counts[path.name] for path in self._image_files]

    def _check_exists(self) -> bool:
        return self._data_folder.is_dir()

    def _unpack_in(self) -> Root:
        return self._base_folder
