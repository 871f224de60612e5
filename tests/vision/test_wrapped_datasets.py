"""`wrap_dataset_for_transforms_v2` beside torchvision's, on tiny copies of the files."""

from __future__ import annotations

import importlib
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch

import tinygrad_edu as tg
from tests.vision import dataset_files as files
from tests.vision.comparing import THEIRS, item, made, plain, told
from tinygrad_edu import vision
from tinygrad_edu.vision import datasets
from tinygrad_edu.vision.datasets.annotations import Annotations
from tinygrad_edu.vision.datasets.outlines import mask_of

# the set, its files, its arguments, the keys to try
CASES: list[tuple[str, files.Builder, dict[str, Any], list[Any]]] = [
    ("CocoDetection", files.coco, {"annFile": "instances.json"}, [None, "all", ["boxes", "area"], {"bbox", "image_id"}, ["x"], 3]),
    ("CocoCaptions", files.coco, {"annFile": "captions.json"}, [None]),
    ("VOCDetection", files.voc, {"image_set": "val"}, [None, "all", ["annotation", "labels"], ["masks"]]),
    ("VOCSegmentation", files.voc, {}, [None, "all"]),
    ("SBDataset", files.sbd, {"mode": "segmentation"}, [None]),
    ("SBDataset", files.sbd, {}, [None]),
    ("Kitti", files.kitti, {}, [None, "all", ["bbox", "type"]]),
    ("Kitti", files.kitti, {"train": False}, [None]),
    ("CelebA", files.celeba, {"target_type": "bbox"}, [None, "all"]),
    ("CelebA", files.celeba, {"target_type": ["identity", "bbox"]}, [None]),
    ("CelebA", files.celeba, {}, [None]),
    ("OxfordIIITPet", files.pets, {"target_types": ["category", "segmentation"]}, [None]),
    ("OxfordIIITPet", files.pets, {"target_types": []}, [None]),
    ("Cityscapes", files.cityscapes, {}, [None]),
    ("Cityscapes", files.cityscapes, {"target_type": ["semantic", "instance"]}, [None]),
    ("Cityscapes", files.cityscapes, {"target_type": "polygon"}, [None]),
    ("WIDERFace", files.wider, {}, [None, "all", ["blur"], ["boxes"]]),
    ("WIDERFace", files.wider, {"split": "test"}, [None]),
    ("Caltech101", files.caltech101, {}, [None]),
    ("Caltech101", files.caltech101, {"target_type": "annotation"}, [None]),
    ("Caltech256", files.caltech256, {}, [None]),
    ("GTSRB", files.gtsrb, {}, [None]),
    ("Imagenette", files.imagenette, {}, [None]),
    ("EuroSAT", files.euro_sat, {}, [None]),
    ("EMNIST", files.emnist, {"split": "digits"}, [None]),
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("any_checksum", "packages")


@pytest.fixture(autouse=True)
def coco_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for pycocotools, with our own reader and masks (test_outlines.py compares these)."""

    module = types.ModuleType("pycocotools")
    module.coco = types.ModuleType("pycocotools.coco")
    module.coco.COCO = Annotations
    module.mask = types.ModuleType("pycocotools.mask")
    vars(module.mask).update(
        decode=lambda packed: mask_of(packed, *packed["size"]) if isinstance(packed, dict) else mask_of(*packed),
        merge=lambda outlines: outlines,
        frPyObjects=lambda outline, height, width: (outline, height, width),
    )
    for name in ("", ".coco", ".mask"):
        monkeypatch.setitem(sys.modules, f"pycocotools{name}", getattr(module, name[1:]) if name else module)


def shown(x: Any) -> Any:
    """With the kinds of tensors, and what these know."""
    if isinstance(x, (torch.Tensor, tg.Tensor)):
        known = str(getattr(x, "format", "")), getattr(x, "canvas_size", None)
        return type(x).__name__, known, plain(x)
    if isinstance(x, dict):
        return {key: shown(value) for key, value in x.items()}
    return tuple(map(shown, x)) if isinstance(x, (tuple, list)) else plain(x)


def each(data: Any) -> list[Any]:
    return [shown(data[i]) for i in range(len(data))]


def wrapped(room: Any, name: str, root: Path, arguments: dict[str, Any], keys: Any) -> Any:
    arguments = {key: str(root / value) if key == "annFile" else value for key, value in arguments.items()}
    data = made(getattr(room, name), root=str(root), **arguments)
    return made(lambda: room.wrap_dataset_for_transforms_v2(data, target_keys=keys))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join([case[0], *map(str, case[2].values())]))
def test_as_torchvision(case: Any, tmp_path: Path) -> None:
    name, build, arguments, tries = case
    build(tmp_path)
    for keys in tries:
        theirs, ours = (wrapped(room, name, tmp_path, arguments, keys) for room in (THEIRS, datasets))
        if isinstance(theirs, Exception):
            assert told(ours) == told(theirs)
            continue
        assert type(ours).__name__ == type(theirs).__name__ == f"Wrapped{name}"
        assert isinstance(ours, getattr(datasets, name))
        text = made(lambda: repr(theirs))  # torchvision fails where extra_repr looks into __dict__  # noqa: B023
        assert repr(ours) == text or isinstance(text, KeyError)
        assert each(ours) == each(theirs)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_transforms_and_worker_processes(tmp_path: Path) -> None:
    files.coco(tmp_path)
    seen = []
    for room, v2 in ((THEIRS, importlib.import_module("torchvision.transforms.v2")), (datasets, vision.transforms.v2)):
        flip = v2.Compose([v2.ToImage(), v2.RandomHorizontalFlip(1.0)])
        data = room.CocoDetection(str(tmp_path), str(tmp_path / "instances.json"), transforms=flip)
        wrapped = room.wrap_dataset_for_transforms_v2(data)
        assert wrapped.transforms is flip
        assert wrapped.ids == [3, 5, 7]  # the set's own attributes
        assert not hasattr(wrapped, "nothing")
        seen.append(each(wrapped))
        if room is datasets:
            assert each(pickle.loads(pickle.dumps(wrapped))) == seen[-1]
    assert seen[0] == seen[1]


def test_what_cannot_be_wrapped(tmp_path: Path) -> None:
    for room in (THEIRS, datasets):
        with pytest.raises(
            TypeError,
            match=r"^This wrapper is meant for subclasses of `torchvision.datasets.VisionDataset`, but got a 'list'",
        ):
            room.wrap_dataset_for_transforms_v2([])
        with pytest.raises(
            TypeError, match=r"^No wrapper exists for dataset class FakeData\. Please wrap the output yourself\."
        ):
            room.wrap_dataset_for_transforms_v2(room.FakeData())


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_outlines_of_coco(tmp_path: Path) -> None:
    files.coco(tmp_path)
    data = datasets.CocoDetection(str(tmp_path), str(tmp_path / "instances.json"))
    data.coco.anns[2]["segmentation"] = "x"
    data = datasets.wrap_dataset_for_transforms_v2(data, ["masks"])
    assert item(data, 0) == ("ValueError", "COCO segmentation expected to be a dict or a list, got <class 'str'>")
    assert data[2][1]["masks"].shape == (2, 5, 7)
