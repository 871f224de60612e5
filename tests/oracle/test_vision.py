"""The vision package against torchvision 0.28: data sets, transforms, utils."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision_ops import torchvision

import tinygrad_edu as tg
from tests.oracle.vision_kit import OURS, THEIRS, both, facts, floats, image, nbytes, outcome
from tinygrad_edu import vision

MODES = ["L", "RGB", "RGBA", "LA", "1", "P", "I", "F", "I;16", "CMYK", "YCbCr"]


TENSORS = {
    "chw": floats(3, 12, 9),
    "bchw": floats(2, 1, 7, 7),
    "bytes": nbytes(3, 8, 11),
    "double": floats(3, 5, 6).astype(np.float64),
}
PLACES: list[Any] = [
    *((f"PIL {mode}", image(mode)) for mode in ("L", "RGB", "RGBA")),
    *TENSORS.items(),
]
ON_ANY = pytest.mark.parametrize("img", [img for _, img in PLACES], ids=[name for name, _ in PLACES])


# ----------------------------------------------------------------------------------- images and tensors
@pytest.mark.parametrize("mode", MODES)
def test_images_become_tensors(mode: str) -> None:
    both(lambda t: t.ToTensor(), image(mode))
    both(lambda t: t.PILToTensor(), image(mode))


@pytest.mark.parametrize(
    "array", [nbytes(4, 5, 3), nbytes(4, 5), floats(4, 5, 2), np.ones(3), np.ones((2, 2, 2, 2)), np.ones((2, 2))]
)
def test_arrays_become_tensors(array: np.ndarray) -> None:
    assert outcome(lambda: OURS.ToTensor()(array)) == outcome(lambda: THEIRS.ToTensor()(array))


@pytest.mark.parametrize("value", ["x", None, [1, 2]])
def test_what_is_no_image(value: Any) -> None:
    both(lambda t: t.ToTensor(), value)
    both(lambda t: t.PILToTensor(), value)
    both(lambda t: t.ToPILImage(), value)


def test_the_default_dtype_is_used() -> None:
    try:
        torch.set_default_dtype(torch.float64)
        tg.set_default_dtype(tg.float64)
        both(lambda t: t.ToTensor(), image("L"))
    finally:
        torch.set_default_dtype(torch.float32)
        tg.set_default_dtype(tg.float32)


PICTURES = [
    floats(3, 4, 5),
    floats(1, 4, 5),
    floats(4, 5),
    nbytes(3, 4, 5),
    nbytes(2, 4, 5),
    nbytes(4, 4, 5),
    nbytes(5, 4, 5),
    nbytes(3),
    np.ones((1, 3, 4), np.int16),
    np.ones((1, 3, 4), np.int32),
    np.ones((3, 3, 4), np.int32),
    np.ones((1, 3, 4), np.int64),
    np.ones((1, 1, 3, 4), np.uint8),
]


@pytest.mark.parametrize("mode", [None, "L", "F", "RGB", "YCbCr", "LA", "CMYK", "I"])
@pytest.mark.parametrize("picture", PICTURES, ids=lambda a: f"{a.dtype}{a.shape}")
def test_tensors_become_images(picture: np.ndarray, mode: str | None) -> None:
    both(lambda t: t.ToPILImage(mode), picture)
    if picture.ndim == 3:
        turned = picture.transpose(1, 2, 0)
        assert outcome(lambda: OURS.ToPILImage(mode)(turned)) == outcome(lambda: THEIRS.ToPILImage(mode)(turned))


DTYPES = ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool"]


@pytest.mark.parametrize("to", DTYPES)
@pytest.mark.parametrize("have", DTYPES)
def test_convert_image_dtype(have: str, to: str) -> None:
    values = (floats(3, 4, 4) if "float" in have else nbytes(3, 4, 4) // 2).astype(have)
    theirs = outcome(lambda: THEIRS.ConvertImageDtype(getattr(torch, to))(torch.from_numpy(values)))
    ours = outcome(lambda: OURS.ConvertImageDtype(getattr(tg, to))(tg.from_numpy(values)))
    assert ours == theirs


# -------------------------------------------------------------------------------------------- geometry
@ON_ANY
def test_crops_and_flips(img: Any) -> None:
    for size in (4, (3, 5), [6], (20, 4), (13, 30), 7):
        both(lambda t, size=size: t.CenterCrop(size), img)
    for box in ((0, 0, 3, 4), (-2, 1, 5, 30), (3, -4, 40, 5), (20, 20, 3, 3)):
        both(lambda t, box=box: lambda x: t.functional.crop(x, *box), img)
    both(lambda t: t.functional.hflip, img)
    both(lambda t: t.functional.vflip, img)


@ON_ANY
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
@pytest.mark.parametrize("padding", [1, (1, 2), [0, 1, 2, 3], [2]])
def test_pad(img: Any, padding: Any, mode: str) -> None:
    both(lambda t: t.Pad(padding, padding_mode=mode), img)
    if mode == "constant":
        both(lambda t: t.Pad(padding, fill=7), img)
        both(lambda t: t.Pad(padding, fill=(1, 2, 3)), img)


@ON_ANY
def test_resize(img: Any) -> None:
    for size in (5, (4, 7), [16], (24, 18), (1, 1), 12):
        for mode in ("NEAREST", "BILINEAR", "BICUBIC", "NEAREST_EXACT"):
            for antialias in (True, False) if isinstance(img, np.ndarray) else (True,):
                make = lambda t, size=size, mode=mode, antialias=antialias: t.Resize(  # noqa: E731
                    size, getattr(t.InterpolationMode, mode), antialias=antialias
                )
                theirs = make(THEIRS)(torch.from_numpy(img) if isinstance(img, np.ndarray) else img)
                ours = make(OURS)(tg.from_numpy(img) if isinstance(img, np.ndarray) else img)
                if not isinstance(img, np.ndarray):
                    assert facts(ours) == facts(theirs)
                    continue
                assert facts(ours)[:2] == facts(theirs)[:2]
                a, b = ours.numpy().astype(float), theirs.numpy().astype(float)
                # sums of a few products, in another order; bytes may then round to the neighbour
                assert np.abs(a - b).max() <= (1 if img.dtype == np.uint8 else 2e-6)
                assert np.abs(a - b).mean() < (0.05 if img.dtype == np.uint8 else 1e-6)


def test_resize_arguments() -> None:
    both(lambda t: t.Resize(6, max_size=7), image("L"))
    both(lambda t: t.Resize(6, max_size=6), image("L"))
    both(lambda t: t.Resize((6, 6), max_size=7), image("L"))
    both(lambda t: t.Resize("x"), image("L"))
    both(lambda t: t.Resize((1, 2, 3)), image("L"))
    both(lambda t: t.Resize(6, interpolation=2), image("L"))
    for t in (THEIRS, OURS):
        with pytest.warns(UserWarning, match="Anti-alias option is always applied"):
            t.Resize(6, antialias=False)(image("L"))


# ---------------------------------------------------------------------------------------------- colour
@ON_ANY
def test_grayscale(img: Any) -> None:
    for channels in (1, 3, 2):
        both(lambda t, channels=channels: t.Grayscale(channels), img)


@pytest.mark.parametrize("img", [*TENSORS.values(), floats(4, 4), floats(1, 2, 2)], ids=lambda a: f"{a.dtype}{a.shape}")
@pytest.mark.parametrize(
    "mean_std", [(0.5, 0.25), ([0.5], [0.2]), ((0.1, 0.2, 0.3), (1, 2, 3)), (0.5, 0.0), ([0.1, 0.2], [1, 1])]
)
def test_normalize(img: np.ndarray, mean_std: Any) -> None:
    both(lambda t: t.Normalize(*mean_std), img)


def test_normalize_in_place() -> None:
    x = tg.ones(1, 2, 2)
    assert OURS.Normalize([0.5], [0.5], inplace=True)(x) is x
    y = OURS.Normalize([0.5], [0.5])(x)
    assert y is not x
    both(lambda t: t.Normalize(0, 1), image("L"))


# ---------------------------------------------------------------------------------------------- random
RANDOM: list[Callable[[Any], Any]] = [
    lambda t: t.RandomCrop(5),
    lambda t: t.RandomCrop((4, 5), padding=2),
    lambda t: t.RandomCrop(20, pad_if_needed=True),
    lambda t: t.RandomCrop(30),
    lambda t: t.RandomCrop(7, padding=3, padding_mode="reflect"),
    lambda t: t.RandomHorizontalFlip(),
    lambda t: t.RandomHorizontalFlip(p=1.0),
    lambda t: t.RandomVerticalFlip(),
    lambda t: t.RandomVerticalFlip(0.0),
    lambda t: t.RandomApply([t.CenterCrop(3), t.Pad(1)], p=0.5),
    lambda t: t.Compose([t.RandomCrop(5), t.RandomHorizontalFlip(), t.RandomVerticalFlip()]),
]


@ON_ANY
@pytest.mark.parametrize("make", RANDOM)
def test_random_ones_draw_as_torchvisions(make: Callable[[Any], Any], img: Any) -> None:
    for seed in range(6):
        both(make, img, seed=seed)


@pytest.mark.parametrize("seed", range(8))
def test_random_resized_crop_and_erasing(seed: int) -> None:
    both(lambda t: t.RandomResizedCrop(6), image("RGB"), seed=seed)
    both(lambda t: t.RandomResizedCrop((4, 3), scale=(0.9, 1.0), ratio=(9, 10)), image("RGB"), seed=seed)
    for value in (0, "random", (1, 2, 3), (1, 2)):
        both(lambda t, value=value: t.RandomErasing(0.9, value=value), floats(3, 12, 10), seed=seed)


def test_get_params_leave_the_generators_equal() -> None:
    torch.manual_seed(1)
    tg.manual_seed(1)
    for make in RANDOM[:3]:
        make(THEIRS)(image("L"))
        make(OURS)(image("L"))
    assert tg.rand(2).tolist() == torch.rand(2).tolist()


# ----------------------------------------------------------------------------------------------- forms
FORMS: list[Callable[[Any], Any]] = [
    *RANDOM,
    lambda t: t.Compose([]),
    lambda t: t.Compose([t.ToTensor(), t.Normalize((0.5,), (0.5,))]),
    lambda t: t.ToPILImage(),
    lambda t: t.ToPILImage("L"),
    lambda t: t.PILToTensor(),
    lambda t: t.Lambda(len),
    lambda t: t.Resize((3, 4)),
    lambda t: t.Resize(5),
    lambda t: t.Resize(5, t.InterpolationMode.NEAREST, antialias=None),
    lambda t: t.CenterCrop([3]),
    lambda t: t.Pad((1, 2), fill=3),
    lambda t: t.Grayscale(3),
    lambda t: t.ConvertImageDtype(None),
    lambda t: t.RandomResizedCrop(5),
    lambda t: t.RandomErasing(),
    lambda t: t.RandomResizedCrop((3, 4), scale=(0.123456, 1)),
    lambda t: t.Compose([t.Compose([t.ToTensor()])]),
]


@pytest.mark.parametrize("make", FORMS)
def test_printed_forms(make: Callable[[Any], Any]) -> None:
    assert repr(make(OURS)) == repr(make(THEIRS))


WRONG: list[Callable[[Any], Any]] = [
    lambda t: t.Lambda(3),
    lambda t: t.CenterCrop((1, 2, 3)),
    lambda t: t.Pad("x"),
    lambda t: t.Pad(1, fill="x"),
    lambda t: t.Pad((1, 2, 3)),
    lambda t: t.Pad(1, padding_mode="round"),
    lambda t: t.RandomErasing(p=2),
    lambda t: t.RandomErasing(value="x"),
    lambda t: t.RandomErasing(scale=(0, 3)),
    lambda t: t.RandomErasing(scale=1),
    lambda t: t.RandomResizedCrop(3, scale=1),
    lambda t: t.RandomErasing(value=None),
    lambda t: t.Resize(3, interpolation="x")(image("L")),
]


@pytest.mark.parametrize("make", WRONG)
def test_wrong_arguments(make: Callable[[Any], Any]) -> None:
    theirs = outcome(lambda: make(THEIRS))
    assert isinstance(theirs, tuple)
    assert outcome(lambda: make(OURS)) == theirs


# ----------------------------------------------------------------------------------------------- utils
BATCHES = [
    floats(10, 1, 4, 5),
    floats(3, 3, 4, 5),
    floats(1, 3, 4, 5),
    floats(1, 4, 5),
    floats(3, 4, 5),
    floats(4, 5),
    nbytes(5, 1, 3, 3),
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"nrow": 3},
    {"padding": 0},
    {"pad_value": 0.5},
    {"normalize": True},
    {"normalize": True, "scale_each": True},
    {"normalize": True, "value_range": (0.2, 0.8)},
    {"normalize": True, "value_range": [0, 1]},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("batch", BATCHES, ids=lambda a: f"{a.dtype}{a.shape}")
def test_make_grid(batch: np.ndarray, options: dict[str, Any]) -> None:
    theirs = outcome(lambda: torchvision.utils.make_grid(torch.from_numpy(batch), **options))
    assert outcome(lambda: vision.utils.make_grid(tg.from_numpy(batch.copy()), **options)) == theirs


def test_make_grid_of_lists_and_of_nothing_like_it() -> None:
    images = list(floats(3, 1, 4, 4))
    theirs = torchvision.utils.make_grid([torch.from_numpy(i) for i in images])
    assert facts(vision.utils.make_grid([tg.from_numpy(i) for i in images])) == facts(theirs)
    for wrong in ("x", [1], None):
        assert outcome(lambda wrong=wrong: vision.utils.make_grid(wrong)) == outcome(
            lambda wrong=wrong: torchvision.utils.make_grid(wrong)
        )


@pytest.mark.parametrize("name", ["a.png", "b.jpg", "c.bmp"])
def test_save_image(tmp_path: Path, name: str) -> None:
    batch = floats(5, 3, 6, 6)
    torchvision.utils.save_image(torch.from_numpy(batch), tmp_path / ("theirs-" + name), nrow=2)
    vision.utils.save_image(tg.from_numpy(batch), tmp_path / ("ours-" + name), nrow=2)
    assert (tmp_path / ("ours-" + name)).read_bytes() == (tmp_path / ("theirs-" + name)).read_bytes()
    buffer = io.BytesIO()
    vision.utils.save_image(tg.from_numpy(batch), buffer, format="png", nrow=2)
    with Image.open(buffer) as first, Image.open(tmp_path / ("ours-" + name)) as second:
        assert first.size == second.size
    with pytest.raises(ValueError, match="unknown file extension"):
        vision.utils.save_image(tg.from_numpy(batch), tmp_path / "x.nothing")
    assert not (tmp_path / "x.nothing").exists()


# ------------------------------------------------------------------------------------------- data sets
def doubled(target: int) -> int:
    return 2 * target


@pytest.mark.parametrize("train", [True, False])
def test_torchvision_reads_what_we_read(tmp_path: Path, train: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped files, unpacked where torchvision looks for them."""
    import gzip

    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for packed in (Path(__file__).parents[2] / "datasets" / "mnist").glob("*.gz"):
        (raw / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's own use of Pillow and NumPy
        theirs = torchvision.datasets.MNIST(
            tmp_path, train=train, transform=THEIRS.ToTensor(), target_transform=doubled
        )
        ours = vision.datasets.MNIST(tmp_path, train=train, transform=OURS.ToTensor(), target_transform=doubled)
        assert capsys.readouterr().out == ""
        assert facts(ours.data[:50]) == facts(theirs.data[:50])
        assert facts(ours.targets) == facts(theirs.targets)
        for i in (0, 7, -1):
            assert (facts(ours[i][0]), ours[i][1]) == (facts(theirs[i][0]), theirs[i][1])
    assert repr(ours) == repr(theirs)
    assert ours.classes == theirs.classes
    assert ours.class_to_idx == theirs.class_to_idx
    for name in ("MNIST", "FashionMNIST", "KMNIST"):
        assert getattr(vision.datasets, name).resources == getattr(torchvision.datasets, name).resources
        assert getattr(vision.datasets, name).classes == getattr(torchvision.datasets, name).classes


def test_torchvisions_transforms_work_on_our_items(tmp_path: Path) -> None:
    data = vision.datasets.MNIST(tmp_path, train=False, transform=THEIRS.Compose([THEIRS.Pad(2), THEIRS.ToTensor()]))
    assert tuple(data[0][0].shape) == (1, 32, 32)
