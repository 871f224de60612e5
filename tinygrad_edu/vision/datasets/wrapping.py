"""Data sets whose targets the ``v2`` transforms understand: boxes, masks and labels in place of what the files hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from copy import copy
from typing import Any

from ...ops.data import tensor
from ...ops.joining import stack
from ..transforms.v2 import functional as F
from ..tv_tensors import BoundingBoxes, BoundingBoxFormat, Mask
from .caltech import Caltech101, Caltech256
from .celeba import CelebA
from .cifar import CIFAR10
from .coco import CocoCaptions, CocoDetection
from .faces import WIDERFace
from .folder import DatasetFolder
from .kinds import GTSRB, Imagenette
from .mnist import MNIST
from .outlines import mask_of
from .pets import OxfordIIITPet
from .streets import Cityscapes, Kitti
from .vision import VisionDataset
from .voc import SBDataset, VOCDetection, VOCSegmentation

Sample = tuple[Any, Any]
Wrapper = Callable[[int, Sample], Sample]  # makes an item with this index into one that the transforms understand
Keys = Collection[str] | str | None

_VOC_CLASSES = [
    "__background__", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
]  # fmt: skip
_KITTI_CLASSES = ["Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Tram", "Misc", "DontCare"]
_VOC_NUMBERS = {name: i for i, name in enumerate(_VOC_CLASSES)}
_KITTI_NUMBERS = {name: i for i, name in enumerate(_KITTI_CLASSES)}


def wrap_dataset_for_transforms_v2(dataset: Any, target_keys: Keys = None) -> Any:
    """The data set with targets as the ``v2`` transforms take them; still an instance of its class.

    - `CocoDetection`: a dictionary with ``image_id``, ``boxes`` (two corners), ``labels``, and if asked for ``masks``
      and what is in the file, each as a list.
    - `VOCDetection`: ``boxes``, ``labels``, and if asked for ``annotation``. `Kitti`: ``boxes``, ``labels`` and what is in the
      file. `WIDERFace`: as before, with ``bbox`` as boxes of two corners.
    - `VOCSegmentation`, `SBDataset`, `OxfordIIITPet`, `Cityscapes`: masks are `Mask`; the instances of `Cityscapes` become a
      dictionary of ``masks`` and ``labels``. `CelebA`: "bbox" becomes boxes of two corners.
    - Sets with one class a picture, and `CocoCaptions`, stay as they are.

    ``target_keys`` says what targets that are dictionaries hold: None for the first ones named above, "all", or a list. The
    set's own transforms are then applied to what was wrapped.

    Raises TypeError for a set without a wrapper, ValueError for keys that there are not.
    """
    listed = isinstance(target_keys, Collection) and all(isinstance(key, str) for key in target_keys)
    if not (target_keys is None or target_keys == "all" or listed):
        raise ValueError(
            "`target_keys` can be None, 'all', or a collection of strings denoting the keys to be returned, "
            f"but got {target_keys}"
        )
    kind = type(f"Wrapped{type(dataset).__name__}", (_Wrapped, type(dataset)), {})
    return kind(dataset, target_keys)


class _Wrapped:
    """Goes before the class of a data set: items come from ``_dataset``, without its transforms, and are wrapped first."""

    def __init__(self, dataset: Any, target_keys: Keys) -> None:
        make = _find(dataset, target_keys)
        self._dataset, self._target_keys, self._wrapper = dataset, target_keys, make(dataset, target_keys)
        for name in ("transform", "target_transform", "transforms"):
            setattr(self, name, getattr(dataset, name))
            setattr(dataset, name, None)

    def __getattr__(self, name: str) -> Any:
        if name == "_dataset":
            raise AttributeError(name)
        return getattr(self._dataset, name)

    def __getitem__(self, index: int) -> Any:
        sample = self._wrapper(index, self._dataset[index])
        return sample if self.transforms is None else self.transforms(*sample)

    def __len__(self) -> int:
        return len(self._dataset)

    def __reduce__(self) -> Any:
        """For worker processes: the set with its transforms, to be wrapped there."""
        dataset = copy(self._dataset)
        for name in ("transform", "target_transform", "transforms"):
            setattr(dataset, name, getattr(self, name))
        return wrap_dataset_for_transforms_v2, (dataset, self._target_keys)


def _find(dataset: Any, target_keys: Keys) -> Callable[[Any, Keys], Wrapper]:
    kind = type(dataset)
    if not isinstance(dataset, VisionDataset):
        raise TypeError(
            "This wrapper is meant for subclasses of `torchvision.datasets.VisionDataset`, "
            f"but got a '{kind.__name__}' instead."
        )
    found = next((base for base in kind.mro() if base in _WRAPPERS), None)
    if found is None:
        raise TypeError(f"No wrapper exists for dataset class {kind.__name__}. Please wrap the output yourself.")
    if target_keys is not None and found not in (CocoDetection, VOCDetection, Kitti, WIDERFace):
        raise ValueError(
            "`target_keys` is currently only supported for `CocoDetection`, `VOCDetection`, `Kitti`, "
            f"and `WIDERFace`, but got {found.__name__}."
        )
    return _WRAPPERS[found]


def _chosen(target_keys: Keys, known: set[str], default: set[str]) -> set[str]:
    if target_keys is None:
        return default
    if target_keys == "all":
        return known
    if unknown := set(target_keys) - known:
        raise ValueError(f"Target keys {sorted(unknown)} are not available")
    return set(target_keys)


def _refuse(what: str) -> None:
    raise RuntimeError(
        f"{what} is currently not supported by this wrapper. "
        "If this would be helpful for you, please open an issue at https://github.com/pytorch/vision/issues."
    )


def _by_key(things: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    """A dictionary of lists, from a list of dictionaries."""
    found: dict[str, list[Any]] = {}
    for thing in things:
        for key, value in thing.items():
            found.setdefault(key, []).append(value)
    return found


def _corners(boxes: Any, canvas_size: tuple[int, int]) -> Any:
    """Boxes of two corners, from corner and size."""
    given = BoundingBoxes(boxes, format=BoundingBoxFormat.XYWH, canvas_size=canvas_size)
    return F.convert_bounding_box_format(given, new_format=BoundingBoxFormat.XYXY)


def _each(kinds: list[str], target: Any, change: dict[str, Callable[[Any], Any]]) -> Any:
    """Targets of several kinds, those of which ``change`` speaks changed."""
    targets = target if isinstance(target, (tuple, list)) else [target]
    changed = tuple(change.get(kind, lambda x: x)(item) for kind, item in zip(kinds, targets))
    return changed[0] if len(changed) == 1 else changed


# ------------------------------------------------------------------------------------- one function a kind of set
def _same(dataset: Any, target_keys: Keys) -> Wrapper:
    return lambda index, sample: sample


def _caltech101(dataset: Any, target_keys: Keys) -> Wrapper:
    if "annotation" in dataset.target_type:
        _refuse("Caltech101 dataset with `target_type=['annotation', ...]`")
    return _same(dataset, target_keys)


def _masks(dataset: Any, target_keys: Keys) -> Wrapper:
    return lambda index, sample: (sample[0], Mask(sample[1]))


def _sbd(dataset: Any, target_keys: Keys) -> Wrapper:
    if dataset.mode == "boundaries":
        _refuse("SBDataset with mode='boundaries'")
    return _masks(dataset, target_keys)


def _coco(dataset: Any, target_keys: Keys) -> Wrapper:
    in_file = {"segmentation", "area", "iscrowd", "image_id", "bbox", "category_id"}
    keys = _chosen(target_keys, in_file | {"boxes", "masks", "labels"}, {"image_id", "boxes", "labels"})

    def wrapper(index: int, sample: Sample) -> Sample:
        number = dataset.ids[index]
        image, things = sample
        if not things:
            return image, {"image_id": number}
        height, width = F.get_size(image)
        listed = _by_key(things)
        target: dict[str, Any] = {}
        if "image_id" in keys:
            target["image_id"] = number
        if "boxes" in keys:
            target["boxes"] = _corners(listed["bbox"], (height, width))
        if "masks" in keys:
            target["masks"] = Mask(stack([tensor(mask_of(each, height, width)) for each in listed["segmentation"]]))
        if "labels" in keys:
            target["labels"] = tensor(listed["category_id"])
        return image, {**target, **{key: listed[key] for key in keys & in_file - {"image_id"}}}

    return wrapper


def _voc(dataset: Any, target_keys: Keys) -> Wrapper:
    keys = _chosen(target_keys, {"annotation", "boxes", "labels"}, {"boxes", "labels"})

    def wrapper(index: int, sample: Sample) -> Sample:
        image, content = sample
        things = _by_key(content["annotation"]["object"])
        target = content if "annotation" in keys else {}
        if "boxes" in keys:
            corners = [[int(box[edge]) for edge in ("xmin", "ymin", "xmax", "ymax")] for box in things["bndbox"]]
            size = (image.height, image.width)
            target["boxes"] = BoundingBoxes(corners, format=BoundingBoxFormat.XYXY, canvas_size=size)
        if "labels" in keys:
            target["labels"] = tensor([_VOC_NUMBERS[name] for name in things["name"]])
        return image, target

    return wrapper


def _kitti(dataset: Any, target_keys: Keys) -> Wrapper:
    in_file = {"type", "truncated", "occluded", "alpha", "bbox", "dimensions", "location", "rotation_y"}
    keys = _chosen(target_keys, in_file | {"boxes", "labels"}, {"boxes", "labels"})

    def wrapper(index: int, sample: Sample) -> Sample:
        image, things = sample
        if things is None:
            return sample
        listed = _by_key(things)
        target: dict[str, Any] = {}
        if "boxes" in keys:
            size = (image.height, image.width)
            target["boxes"] = BoundingBoxes(listed["bbox"], format=BoundingBoxFormat.XYXY, canvas_size=size)
        if "labels" in keys:
            target["labels"] = tensor([_KITTI_NUMBERS[name] for name in listed["type"]])
        return image, {**target, **{key: listed[key] for key in keys & in_file}}

    return wrapper


def _celeba(dataset: Any, target_keys: Keys) -> Wrapper:
    if {"attr", "landmarks"} & set(dataset.target_type):
        _refuse("`CelebA` dataset with `target_type=['attr', 'landmarks', ...]`")

    def wrapper(index: int, sample: Sample) -> Sample:
        image, target = sample
        size = (image.height, image.width)
        return image, _each(dataset.target_type, target, {"bbox": lambda box: _corners(box, size)})

    return wrapper


def _pets(dataset: Any, target_keys: Keys) -> Wrapper:
    def wrapper(index: int, sample: Sample) -> Sample:
        image, target = sample
        return image, None if target is None else _each(dataset._target_types, target, {"segmentation": Mask})

    return wrapper


def _cityscapes(dataset: Any, target_keys: Keys) -> Wrapper:
    if {"polygon", "color"} & set(dataset.target_type):
        _refuse("`Cityscapes` dataset with `target_type=['polygon', 'color', ...]`")

    def instances(picture: Any) -> dict[str, Any]:
        """A pixel has its class, or where things are counted, a thousand times its class and the thing's number."""
        pixels = Mask(picture)
        numbers = pixels.unique()
        labels = [number // 1000 if number >= 1000 else number for number in numbers]
        return {"masks": Mask(stack([pixels == number for number in numbers])), "labels": stack(labels)}

    def wrapper(index: int, sample: Sample) -> Sample:
        image, target = sample
        return image, _each(dataset.target_type, target, {"instance": instances, "semantic": Mask})

    return wrapper


def _widerface(dataset: Any, target_keys: Keys) -> Wrapper:
    known = {"bbox", "blur", "expression", "illumination", "occlusion", "pose", "invalid"}
    keys = _chosen(target_keys, known, known)

    def wrapper(index: int, sample: Sample) -> Sample:
        image, facts = sample
        if facts is None:
            return sample
        target = {key: facts[key] for key in keys}
        if "bbox" in keys:
            target["bbox"] = _corners(target["bbox"], (image.height, image.width))
        return image, target

    return wrapper


_WRAPPERS: dict[type, Callable[[Any, Keys], Wrapper]] = {
    **dict.fromkeys((Caltech256, CIFAR10, MNIST, GTSRB, DatasetFolder, Imagenette, CocoCaptions), _same),
    Caltech101: _caltech101,
    VOCSegmentation: _masks,
    SBDataset: _sbd,
    CocoDetection: _coco,
    VOCDetection: _voc,
    Kitti: _kitti,
    CelebA: _celeba,
    OxfordIIITPet: _pets,
    Cityscapes: _cityscapes,
    WIDERFace: _widerface,
}
