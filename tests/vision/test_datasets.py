"""Data sets beside torchvision's, on tiny copies of their files: lengths, items, forms, attributes, errors, addresses."""

from __future__ import annotations

import inspect
import pickle
import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from tests.vision import dataset_files as files
from tests.vision.comparing import THEIRS, item, made, plain, told
from tinygrad_edu import compat
from tinygrad_edu.vision import datasets

pytestmark = pytest.mark.usefixtures("packages")

# the set, what makes its files, and arguments to try
CASES: list[tuple[str, files.Builder, list[dict[str, Any]]]] = [
    ("SVHN", files.svhn, [{}, {"split": "test"}, {"split": "extra"}, {"split": "none"}, {"split": 3}]),
    ("STL10", files.stl10, [{}, {"split": "test"}, {"split": "unlabeled"}, {"split": "train+unlabeled"}, {"folds": 1}]),
    ("STL10", files.stl10, [{"split": "train+unlabeled", "folds": 2}, {"folds": 10}, {"folds": "1"}, {"split": "x"}]),
    ("USPS", files.usps, [{}, {"train": False}]),
    ("SEMEION", files.semeion, [{}, {"download": False}]),
    ("EMNIST", files.emnist, [{"split": split} for split in ("byclass", "bymerge", "balanced", "letters")]),
    ("EMNIST", files.emnist, [{"split": "digits", "train": False}, {"split": "mnist"}, {"split": "all"}]),
    ("QMNIST", files.qmnist, [{"what": what} for what in ("nist", "train", "test50k", "x")]),
    ("QMNIST", files.qmnist, [{"compat": False}, {"what": "test50k", "compat": False}]),
    ("CelebA", files.celeba, [{"split": split} for split in ("train", "valid", "test", "ALL", "none")]),
    ("CelebA", files.celeba, [{"split": "all", "target_type": kind} for kind in ("identity", "bbox", "landmarks", "x")]),
    ("CelebA", files.celeba, [{"target_type": ["attr", "bbox"]}, {"target_type": []}]),
    ("VOCDetection", files.voc, [{}, {"year": "2007", "image_set": "test"}, {"image_set": "val"}, {"year": "2011"}]),
    ("VOCDetection", files.voc, [{"image_set": "test"}, {"year": "2013"}, {"year": 2012}, {"year": "2008"}]),
    ("VOCSegmentation", files.voc, [{}, {"image_set": "trainval"}, {"year": "2007", "image_set": "val"}]),
    ("SBDataset", files.sbd, [{}, {"mode": "segmentation", "image_set": "val"}, {"image_set": "train_noval"}, {"mode": "x"}]),
    ("Flowers102", files.flowers, [{}, {"split": "val"}, {"split": "test"}, {"split": "trainval"}]),
    ("OxfordIIITPet", files.pets, [{}, {"split": "test", "target_types": "segmentation"}, {"target_types": "x"}]),
    ("OxfordIIITPet", files.pets, [{"target_types": ["binary-category", "category", "segmentation"]}, {"target_types": []}]),
    ("Food101", files.food, [{}, {"split": "test"}, {"split": "val"}]),
    ("Caltech101", files.caltech101, [{}, {"target_type": "annotation"}, {"target_type": ["annotation", "category"]}, {"target_type": "x"}]),
    ("Caltech256", files.caltech256, [{}]),
    ("DTD", files.dtd, [{}, {"split": "val", "partition": 7}, {"partition": "1"}, {"partition": 11.5}, {"split": "x"}]),
    ("EuroSAT", files.euro_sat, [{}]),
    ("GTSRB", files.gtsrb, [{}, {"split": "test"}, {"split": "val"}]),
    ("Imagenette", files.imagenette, [{}, {"split": "val", "size": "160px"}, {"size": "320px"}, {"size": "x"}]),
    ("Omniglot", files.omniglot, [{}, {"background": False}]),
    ("MovingMNIST", files.moving_mnist, [{}, {"split": "train"}, {"split": "test", "split_ratio": 19}, {"split_ratio": 20}]),
    ("MovingMNIST", files.moving_mnist, [{"split_ratio": 1.0}, {"split": "val"}]),
    ("LFWPeople", files.lfw, [{}, {"split": "train"}, {"split": "Test", "image_set": "original"}, {"image_set": "x"}, {"download": True}]),
    ("LFWPairs", files.lfw, [{}, {"split": "train"}, {"split": "test", "image_set": "deepfunneled"}, {"split": "x"}]),
    ("Country211", files.country, [{}, {"split": "valid"}, {"split": "test"}, {"split": "val"}]),
    ("FGVCAircraft", files.aircraft, [{}, {"split": "val", "annotation_level": "family"}, {"annotation_level": "manufacturer"}]),
    ("StanfordCars", files.cars, [{}, {"split": "test"}, {"split": "val"}, {"download": True}]),
    ("SUN397", files.sun, [{}]),
    ("RenderedSST2", files.sst2, [{}, {"split": "val"}, {"split": "test"}, {"split": "valid"}]),
    ("FER2013", files.fer_parts, [{}, {"split": "test"}, {"split": "val"}]),
    ("FER2013", files.fer_whole, [{}, {"split": "test"}]),
    ("FER2013", files.fer_icml, [{}, {"split": "test"}]),
    ("PCAM", files.pcam, [{}, {"split": "val"}, {"split": "test"}, {"split": "valid"}]),
    ("INaturalist", files.inat_2021, [{}, {"version": "2021_valid", "target_type": ["full", "genus", "kingdom"]}, {"target_type": "super"}]),
    ("INaturalist", files.inat_2018, [{"version": "2018"}, {"version": "2018", "target_type": "super"}, {"version": "2020"}]),
    ("INaturalist", files.inat_2017, [{"version": "2017", "target_type": ["super", "full"]}, {"version": "2017", "target_type": "genus"}]),
    ("Places365", files.places, [{}, {"small": True}, {"split": "val"}, {"split": "test"}, {"split": "train-challenge"}, {"split": "train"}]),
    ("Cityscapes", files.cityscapes, [{}, {"split": "val", "target_type": ["semantic", "color", "polygon"]}, {"split": "train_extra"}]),
    ("Cityscapes", files.cityscapes, [{"mode": "coarse", "split": "train_extra"}, {"mode": "coarse", "split": "test"}, {"mode": "x"}, {"target_type": "x"}]),
    ("Kitti", files.kitti, [{}, {"train": False}]),
    ("WIDERFace", files.wider, [{}, {"split": "val"}, {"split": "test"}, {"split": "x"}]),
    ("PhotoTour", files.photo_tour, [{"name": "liberty"}, {"name": "liberty", "train": False}, {"name": "x"}]),
    ("SBU", files.sbu, [{}]),
    ("CLEVRClassification", files.clevr, [{}, {"split": "val"}, {"split": "test"}, {"split": "x"}]),
    ("LSUN", files.lsun, [{}, {"classes": "test"}, {"classes": ["tower_val", "bedroom_train"]}, {"classes": "val"}]),
    ("LSUN", files.lsun, [{"classes": ["tower_x"]}, {"classes": ["zoo_train"]}, {"classes": [3]}, {"classes": 3}, {"classes": "x"}]),
]  # fmt: skip
OLD_FILES = ("training_file", "test_file", "data_file")  # of MNIST's family, which torchvision has no more
NAMES = sorted({name for name, *_ in CASES})
IN_ROOT = {  # arguments that are files
    "CocoDetection": (files.coco, {"annFile": "instances.json"}),
    "CocoCaptions": (files.coco, {"annFile": "captions.json"}),
    "Flickr8k": (files.flickr8k, {"ann_file": "page.html"}),
    "Flickr30k": (files.flickr30k, {"ann_file": "results.token"}),
}


def attributes(data: Any, theirs: Any) -> dict[str, Any]:
    kept = [name for name in vars(theirs) if not name.startswith("_") and name not in ("h5py", "dbs", *OLD_FILES)]
    return {name: plain(getattr(data, name)) for name in kept if not callable(getattr(theirs, name))}


def equal(ours: Any, theirs: Any) -> None:
    if isinstance(theirs, Exception):
        assert isinstance(ours, Exception), ours
        assert told(ours) == told(theirs)
        return
    assert not isinstance(ours, Exception), repr(ours)
    assert len(ours) == len(theirs) > 0
    assert repr(ours) == repr(theirs)
    indices = range(len(theirs)) if len(theirs) < 100 else (0, 1, len(theirs) - 1)
    for index in indices:
        assert item(ours, index) == item(theirs, index)
    assert attributes(ours, theirs) == attributes(theirs, theirs)


def changes(name: str) -> dict[str, Any]:
    """Transforms and a loader, as far as the set takes them."""
    functions = {"transform": form_of, "target_transform": words, "loader": in_grey}
    return {
        key: value for key, value in functions.items() if key in inspect.signature(getattr(THEIRS, name)).parameters
    }


def words(target: Any) -> str:
    return f"a {plain(target)}"


def form_of(image: Any) -> Any:
    return (image.mode, image.size) if isinstance(image, Image.Image) else tuple(image.shape)


def in_grey(path: Any) -> Any:
    return Image.open(path).convert("L")


def case_name(case: Any) -> str:
    return "-".join([case[0], *(str(value) for value in case[2][0].values())])


@pytest.mark.parametrize("case", CASES, ids=case_name)
@pytest.mark.usefixtures("any_checksum")
def test_as_torchvision(case: Any, tmp_path: Path) -> None:
    name, build, tries = case
    build(tmp_path / "data")
    for arguments in tries:
        both = []
        for room in (THEIRS, datasets):
            (tmp_path / "data" / "liberty.pt").unlink(missing_ok=True)  # each makes its own
            both.append(
                [
                    made(getattr(room, name), **{"root": str(tmp_path / "data"), **arguments, **more})
                    for more in ({}, {**changes(name), "root": tmp_path / "data"})
                ]
            )
        for theirs, ours in zip(*both):
            equal(ours, theirs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("any_checksum")
def test_what_is_missing(name: str, tmp_path: Path) -> None:
    """In an empty folder, and without the packages that read the files."""
    arguments = {"EMNIST": {"split": "digits"}, "PhotoTour": {"name": "liberty"}}.get(name, {})
    takes_download = "download" in inspect.signature(getattr(THEIRS, name)).parameters
    if takes_download:
        arguments["download"] = False
    for root in ("", "nowhere"):
        theirs, ours = (
            made(getattr(room, name), root=str(tmp_path / root), **arguments) for room in (THEIRS, datasets)
        )
        equal(ours, theirs)


@pytest.mark.parametrize("name", ["PCAM", "SBDataset", "StanfordCars"])
def test_without_the_package(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in files.packages():
        monkeypatch.setitem(sys.modules, module, None)
    theirs, ours = (made(getattr(room, name), root=str(tmp_path)) for room in (THEIRS, datasets))
    equal(ours, theirs)


@pytest.mark.parametrize("name", IN_ROOT)
def test_sets_with_a_file_of_annotations(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tinygrad_edu.vision.datasets.annotations import Annotations

    coco = types.ModuleType("pycocotools.coco")
    coco.COCO = Annotations
    monkeypatch.setitem(sys.modules, "pycocotools", types.ModuleType("pycocotools"))
    monkeypatch.setitem(sys.modules, "pycocotools.coco", coco)
    build, argument = IN_ROOT[name]
    build(tmp_path)
    arguments = {key: str(tmp_path / value) for key, value in argument.items()}
    for more in ({}, changes(name)):
        theirs, ours = (
            made(getattr(room, name), root=str(tmp_path), **arguments, **more) for room in (THEIRS, datasets)
        )
        assert (len(ours), repr(ours), ours.ids) == (len(theirs), repr(theirs), theirs.ids)
        assert [item(ours, i) for i in range(len(ours))] == [item(theirs, i) for i in range(len(ours))]
        assert item(ours, "0") == item(theirs, "0")


def test_coco_look_ups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pycocotools documents them; without that package."""
    monkeypatch.setitem(sys.modules, "pycocotools", None)
    files.coco(tmp_path)
    coco = datasets.CocoDetection(tmp_path, str(tmp_path / "instances.json")).coco
    assert coco.getCatIds(catNms=["dog"]) == coco.getCatIds(supNms="animal") == coco.getCatIds(catIds=18) == [18]
    assert coco.getCatIds() == [1, 18]
    assert coco.getAnnIds() == [1, 2, 9]
    assert coco.getAnnIds(imgIds=[7], catIds=1) == [9]
    assert coco.getAnnIds(areaRng=[3.5, 100], iscrowd=False) == [1]
    assert coco.getAnnIds(imgIds=5) == []
    assert coco.getImgIds() == [7, 3, 5]
    assert sorted(coco.getImgIds(catIds=[1])) == [3, 7]
    assert coco.getImgIds(imgIds=[7, 5], catIds=[1, 18]) == [7]
    assert coco.loadCats(18)[0]["name"] == "dog"
    assert [thing["id"] for thing in coco.loadAnns(coco.getAnnIds(7))] == [1, 9]
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(TypeError, match="annotation file format"):
        datasets.CocoDetection(tmp_path, str(tmp_path / "list.json"))


@pytest.mark.usefixtures("any_checksum")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_imagenet(tmp_path: Path) -> None:
    """From its archives, and once more from what they became."""
    roots = [tmp_path / "ours" / "data", tmp_path / "their" / "data"]
    for root in roots:
        files.image_net(root)
    for arguments in ({"split": "val"}, {"split": "val"}, {}, {"split": "test"}):
        ours, theirs = (
            made(room.ImageNet, root=str(root), **arguments) for room, root in zip((datasets, THEIRS), roots)
        )
        if isinstance(theirs, Exception):
            equal(ours, theirs)
            continue
        assert repr(ours) == repr(theirs).replace("their", "ours")
        assert [item(ours, i) for i in range(len(ours))] == [item(theirs, i) for i in range(len(theirs))]
        for name in ("classes", "class_to_idx", "wnids", "wnid_to_idx", "targets", "split"):
            assert getattr(ours, name) == getattr(theirs, name)
    meta = [torch.load(root / "meta.bin") for root in roots]
    assert (
        meta[0]
        == meta[1]
        == ({"n01440764": ("tench", "Tinca tinca"), "n02119789": ("kit fox",)}, ["n02119789", "n01440764", "n02119789"])
    )
    for root in roots:
        (root / "meta.bin").unlink()
        (root / "ILSVRC2012_devkit_t12.tar.gz").unlink()
    told_by = [told(made(room.ImageNet, root=str(roots[0]))) for room in (datasets, THEIRS)]
    assert told_by[0] == told_by[1]


@pytest.mark.usefixtures("any_checksum")
def test_cityscapes_from_its_archives(tmp_path: Path) -> None:
    files.cityscapes(tmp_path / "parts")
    (tmp_path / "data").mkdir()
    for name, part in (("leftImg8bit_trainvaltest.zip", "leftImg8bit"), ("gtFine_trainvaltest.zip", "gtFine")):
        files.zipped(tmp_path / "data" / name, tmp_path / "parts", part)
    assert len(datasets.Cityscapes(tmp_path / "data", target_type="semantic")) == 2


# ----------------------------------------------------------------------------------------------- names, addresses, checksums
def class_facts(kind: Any) -> dict[str, Any]:
    """What torchvision's class says of itself: addresses, checksums, names of files and classes."""
    found = {
        name: value for base in kind.__mro__[-2::-1] for name, value in vars(base).items() if not name.startswith("_")
    }
    return {name: value for name, value in found.items() if isinstance(value, (str, int, float, tuple, list, dict))}


@pytest.mark.parametrize("name", [*NAMES, *IN_ROOT, "ImageNet", "MNIST", "CIFAR10", "ImageFolder"])
def test_arguments_and_facts(name: str) -> None:
    ours, theirs = getattr(datasets, name), getattr(THEIRS, name)

    def arguments(kind: Any) -> list[Any]:
        each = inspect.signature(kind).parameters.values()
        return [(p.name, p.kind, None if p.name == "root" or callable(p.default) else p.default) for p in each]

    assert arguments(ours) == arguments(theirs)
    facts = class_facts(theirs)
    for left in ("mirrors", *OLD_FILES):
        facts.pop(left, None)
    assert {fact: plain(getattr(ours, fact)) for fact in facts} == {fact: plain(value) for fact, value in facts.items()}


@pytest.mark.parametrize("name", [*NAMES, *IN_ROOT, "ImageNet"])
def test_the_module_that_torchvision_has_it_in(name: str) -> None:
    """``from torchvision.datasets.svhn import SVHN`` finds ours after `install_as_torch`."""
    place = getattr(THEIRS, name).__module__
    ours = getattr(datasets, name)
    assert getattr(compat._ours(place), name) is ours
    room = ours.__module__.removeprefix("tinygrad_edu.vision.")
    assert f"torchvision.{compat._tv_place(room, name)}" == place


class Fetching:
    """Stands for the network on both sides: notes each address and checksum, and leaves an empty file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: set[Any] = set()
        gdown = types.ModuleType("gdown")
        gdown.download = lambda id, output, **options: self.put(id, output)
        monkeypatch.setitem(sys.modules, "gdown", gdown)
        monkeypatch.setattr(THEIRS.utils, "_get_redirect_url", lambda url, max_hops: url)
        monkeypatch.setattr(THEIRS.utils, "_urlretrieve", self.put)
        monkeypatch.setattr(datasets.utils, "download", self.ours)
        for module in (THEIRS.utils, datasets.utils):
            monkeypatch.setattr(module, "check_md5", lambda path, md5: bool(self.seen.add(md5)) or True)
        for name, module in list(sys.modules.items()):
            if name.startswith((f"{THEIRS.__name__}.", f"{datasets.__name__}.")):
                for unpack in {"extract_archive", "_decompress"} & set(vars(module)):
                    monkeypatch.setattr(module, unpack, lambda *args, **options: None)

    def put(self, address: str, path: Any) -> None:
        self.seen.add(address.replace("https://", "http://"))
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(b"")

    def ours(self, urls: list[str], path: Any, checksum: str | None, **options: Any) -> None:
        self.put(urls[0], path)
        if checksum is not None:
            self.seen.add(checksum.removeprefix("md5:"))


FETCHED: list[tuple[str, dict[str, Any]]] = [
    *[
        (name, {})
        for name in NAMES
        if name not in ("FER2013", "LFWPairs", "LFWPeople", "LSUN", "Cityscapes", "StanfordCars")
    ],
    *[("VOCDetection", {"year": str(year)}) for year in range(2007, 2012)],
    ("VOCSegmentation", {"year": "2007", "image_set": "test"}),
    *[("SVHN", {"split": split}) for split in ("test", "extra")],
    ("USPS", {"train": False}),
    *[("QMNIST", {"what": what}) for what in ("test", "nist")],
    ("Omniglot", {"background": False}),
    ("GTSRB", {"split": "test"}),
    *[("Imagenette", {"size": size}) for size in ("320px", "160px")],
    *[("PCAM", {"split": split}) for split in ("val", "test")],
    *[("INaturalist", {"version": version}) for version in ("2017", "2018", "2019", "2021_train_mini", "2021_valid")],
    *[("PhotoTour", {"name": name}) for name in THEIRS.PhotoTour.urls],
]


@pytest.mark.parametrize(("name", "arguments"), FETCHED)
def test_addresses_and_checksums(
    name: str, arguments: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in ("EMNIST", "PhotoTour"):
        arguments = {"EMNIST": {"split": "mnist"}, "PhotoTour": {"name": "liberty"}}[name] | arguments
    seen = []
    for room in (THEIRS, datasets):
        fetching = Fetching(monkeypatch)
        made(getattr(room, name), root=str(tmp_path / room.__name__), download=True, **arguments)
        seen.append(fetching.seen)
    assert seen[1] == seen[0] - {None}
    assert any(str(address).startswith("http") for address in seen[0]) or name in ("PCAM", "CelebA", "WIDERFace")


def test_all_checksums() -> None:
    """Also those of sets that cannot be fetched, and of archives that come later."""

    def of(room: Any) -> set[str]:
        modules = {sys.modules[getattr(room, name).__module__] for name in (*NAMES, "ImageNet", "MNIST")}
        code = "".join(re.sub(r"(?m)^ *#.*$", "", inspect.getsource(module)) for module in modules)
        return set(re.findall(r"\b[0-9a-f]{32}\b", code))

    assert of(THEIRS) <= of(datasets)


@pytest.mark.parametrize(
    "name", ["Flowers102", "CelebA", "EMNIST", "VOCDetection", "Kitti", "Omniglot", "INaturalist", "Cityscapes"]
)
@pytest.mark.usefixtures("any_checksum")
def test_as_worker_processes_get_them(name: str, tmp_path: Path) -> None:
    build, tries = next((build, tries) for known, build, tries in CASES if known == name)
    build(tmp_path)
    data = getattr(datasets, name)(tmp_path, **tries[0])
    again = pickle.loads(pickle.dumps(data))
    assert item(again, 0) == item(data, 0)


def test_old_names_of_mnist(tmp_path: Path) -> None:
    files.emnist(tmp_path)
    data, theirs = (room.EMNIST(str(tmp_path), "digits") for room in (datasets, THEIRS))
    for kind in ("processed_folder", "raw_folder", "images_file", "labels_file", "class_to_idx"):
        assert getattr(data, kind) == getattr(theirs, kind)
    for read in ("read_image_file", "read_label_file"):
        path = data.images_file if "image" in read else data.labels_file
        assert plain(getattr(datasets.mnist, read)(path)) == plain(getattr(THEIRS.mnist, read)(path))
    for old, new in (
        ("train_data", "data"),
        ("test_data", "data"),
        ("train_labels", "targets"),
        ("test_labels", "targets"),
    ):
        with pytest.warns(UserWarning, match=f"^{old} has been renamed {new}$"):
            assert getattr(data, old) is getattr(data, new)
