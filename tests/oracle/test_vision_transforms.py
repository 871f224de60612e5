"""Colours, warps, policies: torchvision's values on PIL images and tensors for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_edu as tg
from tests.oracle.vision_kit import OURS, THEIRS, both, close, floats, image, nbytes, outcome, run

PICTURES: dict[str, Any] = {
    "PIL L": image("L"),
    "PIL RGB": image("RGB"),
    "float": floats(3, 12, 9),
    "grey": floats(2, 1, 7, 8),
    "bytes": nbytes(3, 8, 11),
    "batch": nbytes(2, 3, 6, 5),
    "double": floats(3, 5, 6).astype(np.float64),
}
ON_ANY = pytest.mark.parametrize("img", PICTURES.values(), ids=PICTURES)
Call = Callable[[Any], Any]


def values(img: Any) -> Any:
    """The image without the order in which torchvision happens to leave its numbers in memory."""
    return img.contiguous() if hasattr(img, "contiguous") else img


# ------------------------------------------------------------------------------------------------------- colour
@ON_ANY
@pytest.mark.parametrize("factor", [0, 0.3, 1, 1.7, 5.0])
@pytest.mark.parametrize("name", ["brightness", "saturation"])
def test_adjust(img: Any, name: str, factor: float) -> None:
    both(lambda t: lambda x: getattr(t.functional, f"adjust_{name}")(x, factor), img)


@ON_ANY
@pytest.mark.parametrize("factor", [0, 0.3, 1.7])
def test_contrast_and_sharpness(img: Any, factor: float) -> None:
    close(lambda t: lambda x: t.functional.adjust_contrast(x, factor), img, within=1e-6)
    close(lambda t: lambda x: t.functional.adjust_sharpness(x, factor), img, within=2e-6)


@ON_ANY
@pytest.mark.parametrize("factor", [-0.5, -0.2, 0, 0.01, 0.33, 0.5])
def test_hue(img: Any, factor: float) -> None:
    both(lambda t: lambda x: values(t.functional.adjust_hue(x, factor)), img)


def test_hue_of_greys_and_pure_colours() -> None:
    corners = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], np.uint8).T.reshape(3, 2, 4)
    for factor in (-0.3, 0.0, 0.25):
        for dtype in (np.uint8, np.float32):
            picture = corners if dtype == np.uint8 else corners.astype(dtype) / 255
            both(lambda t, factor=factor: lambda x: values(t.functional.adjust_hue(x, factor)), picture)


@ON_ANY
@pytest.mark.parametrize("gamma", [(0,), (0.5,), (2.2, 0.9), (1, 2)])
def test_gamma(img: Any, gamma: tuple[float, ...]) -> None:
    close(lambda t: lambda x: t.functional.adjust_gamma(x, *gamma), img, within=1e-6)


@ON_ANY
def test_tables(img: Any) -> None:
    for call in (
        lambda t: t.functional.invert,
        lambda t: t.functional.autocontrast,
        lambda t: t.functional.equalize,
        lambda t: lambda x: t.functional.posterize(x, 3),
        lambda t: lambda x: t.functional.posterize(x, 0),
        lambda t: lambda x: t.functional.posterize(x, 8),
        lambda t: lambda x: t.functional.solarize(x, 0.5),
        lambda t: lambda x: t.functional.solarize(x, 300),
        lambda t: lambda x: t.functional.solarize(x, 1),
    ):
        both(call, img)


def test_tables_of_flat_pictures() -> None:
    for value in (0, 7, 255):
        flat = np.full((3, 6, 6), value, np.uint8)
        both(lambda t: t.functional.autocontrast, flat)
        both(lambda t: t.functional.equalize, flat)
    both(lambda t: t.functional.equalize, np.arange(4096, dtype=np.uint8).reshape(1, 64, 64) // 3)


@ON_ANY
@pytest.mark.parametrize("size", [(3, 3), 5, [5, 3]])
@pytest.mark.parametrize("sigma", [None, 0.7, [0.5, 2.0]])
def test_gaussian_blur(img: Any, size: Any, sigma: Any) -> None:
    close(lambda t: lambda x: t.functional.gaussian_blur(x, size, sigma), img)


WRONG_COLOURS: list[Call] = [
    lambda t: lambda x: t.functional.adjust_brightness(x, -1.0),
    lambda t: lambda x: t.functional.adjust_contrast(x, -1.0),
    lambda t: lambda x: t.functional.adjust_saturation(x, -1.0),
    lambda t: lambda x: t.functional.adjust_sharpness(x, -1.0),
    lambda t: lambda x: t.functional.adjust_hue(x, 0.6),
    lambda t: lambda x: t.functional.adjust_gamma(x, -1.0),
    lambda t: lambda x: t.functional.posterize(x, 9),
    lambda t: lambda x: t.functional.gaussian_blur(x, 4),
    lambda t: lambda x: t.functional.gaussian_blur(x, (3, 3, 3)),
    lambda t: lambda x: t.functional.gaussian_blur(x, "x"),
    lambda t: lambda x: t.functional.gaussian_blur(x, 3, "x"),
    lambda t: lambda x: t.functional.gaussian_blur(x, 3, -1.0),
    lambda t: lambda x: t.functional.gaussian_blur(x, 3, [1.0, 2.0, 3.0]),
]


@pytest.mark.parametrize("call", WRONG_COLOURS)
def test_wrong_factors(call: Call) -> None:
    both(call, floats(3, 5, 5))


@pytest.mark.parametrize("img", [floats(2, 4, 4), floats(4), floats(4, 4), "text", None], ids=str)
def test_what_has_no_colours(img: Any) -> None:
    for name in ("brightness", "contrast", "saturation", "sharpness", "hue"):
        both(lambda t, name=name: lambda x: getattr(t.functional, f"adjust_{name}")(x, 0.5), img)
    for name in ("invert", "autocontrast", "equalize"):
        both(lambda t, name=name: getattr(t.functional, name), img)


# -------------------------------------------------------------------------------------------------------- warps
@ON_ANY
@pytest.mark.parametrize("mode", ["NEAREST", "BILINEAR"])
@pytest.mark.parametrize("angle", [0, 17.3, -141.9, 180])
@pytest.mark.parametrize(
    "options", [{}, {"expand": True}, {"center": [2, 3], "fill": 0.25}, {"fill": [0.5], "expand": True}]
)
def test_rotate(img: Any, mode: str, angle: float, options: dict[str, Any]) -> None:
    close(
        lambda t: lambda x: t.functional.rotate(x, angle, getattr(t.InterpolationMode, mode), **options),
        img,
        within=2e-5,
    )


@ON_ANY
@pytest.mark.parametrize("mode", ["NEAREST", "BILINEAR"])
@pytest.mark.parametrize(
    "how",
    [
        (0.0, [2, -1], 1.0, [0.0, 0.0]),
        (33.0, (0, 0), 1.3, 10),
        (-71.5, [1, 2], 0.6, (5.0, -8.0)),
        (10, [0, 0], 1.0, [4.0]),
    ],
)
def test_affine(img: Any, mode: str, how: tuple[Any, ...]) -> None:
    for more in ({}, {"fill": 0.5}, {"center": [1, 2]}):
        close(
            lambda t, more=more: (
                lambda x: t.functional.affine(x, *how, interpolation=getattr(t.InterpolationMode, mode), **more)
            ),
            img,
            within=2e-5,
        )


@ON_ANY
@pytest.mark.parametrize("mode", ["NEAREST", "BILINEAR"])
def test_perspective(img: Any, mode: str) -> None:
    start, end = [[0, 0], [8, 0], [8, 11], [0, 11]], [[1, 0], [7, 1], [6, 9], [0, 8]]
    for fill in (None, 0.5):
        close(
            lambda t, fill=fill: (
                lambda x: t.functional.perspective(x, start, end, getattr(t.InterpolationMode, mode), fill)
            ),
            img,
            within=1e-4,
        )


def test_elastic_transform() -> None:
    moved = (floats(1, 12, 9, 2) - 0.5) / 4
    for img in (floats(3, 12, 9), nbytes(3, 12, 9), image("RGB")):
        close(lambda t: t.functional.elastic_transform, img, moved, within=1e-5)
    both(lambda t: t.functional.elastic_transform, floats(3, 5, 5), moved)


WRONG_WARPS: list[Call] = [
    lambda t: lambda x: t.functional.rotate(x, "x"),
    lambda t: lambda x: t.functional.rotate(x, 3, center=3),
    lambda t: lambda x: t.functional.rotate(x, 3, interpolation="x"),
    lambda t: lambda x: t.functional.rotate(x, 3, interpolation=t.InterpolationMode.BICUBIC),
    lambda t: lambda x: t.functional.rotate(x, 3, fill=[1, 2]),
    lambda t: lambda x: t.functional.affine(x, "x", [0, 0], 1.0, 0),
    lambda t: lambda x: t.functional.affine(x, 0, 3, 1.0, 0),
    lambda t: lambda x: t.functional.affine(x, 0, [0, 0, 0], 1.0, 0),
    lambda t: lambda x: t.functional.affine(x, 0, [0, 0], 0.0, 0),
    lambda t: lambda x: t.functional.affine(x, 0, [0, 0], 1.0, "x"),
    lambda t: lambda x: t.functional.affine(x, 0, [0, 0], 1.0, [1, 2, 3]),
    lambda t: lambda x: t.functional.affine(x, 0, [0, 0], 1.0, 0, center=1),
    lambda t: lambda x: t.functional.perspective(x, [[0, 0]] * 3, [[0, 0]] * 4),
    lambda t: lambda x: t.functional.five_crop(x, 50),
    lambda t: lambda x: t.functional.five_crop(x, (1, 2, 3)),
]


@pytest.mark.parametrize("call", WRONG_WARPS)
def test_wrong_warps(call: Call) -> None:
    both(call, floats(3, 6, 6))


@ON_ANY
def test_several_crops(img: Any) -> None:
    for size in (4, (2, 3), [5]):
        both(lambda t, size=size: t.FiveCrop(size), img)
        both(lambda t, size=size: t.TenCrop(size), img)
        both(lambda t, size=size: t.TenCrop(size, vertical_flip=True), img)
    both(lambda t: t.functional.get_image_size, img)
    both(lambda t: t.functional.get_image_num_channels, img)
    both(lambda t: lambda x: t.functional.resized_crop(x, 1, 1, 4, 4, (4, 4)), img)


# ------------------------------------------------------------------------------------------------------- random
DRAWN: list[Call] = [
    lambda t: t.ColorJitter(0.4, 0, (0.2, 1.5), 0.3),
    lambda t: t.ColorJitter(),
    lambda t: t.RandomGrayscale(0.5),
    lambda t: t.RandomInvert(),
    lambda t: t.RandomSolarize(0.5),
    lambda t: t.RandomAutocontrast(),
    lambda t: t.RandomChoice([t.CenterCrop(3), t.Pad(1), t.RandomInvert(0.5)]),
    lambda t: t.RandomChoice([t.CenterCrop(3), t.Pad(1)], p=[0.9, 0.1]),
    lambda t: t.RandomOrder([t.CenterCrop(3), t.Pad(1), t.RandomInvert(0.5)]),
]
WARPED: list[Call] = [
    lambda t: t.ColorJitter(0.4, 0.4, 0.4, 0.1),
    lambda t: t.RandomRotation(30),
    lambda t: t.RandomRotation((10, 60), interpolation=2, expand=True, fill=1),
    lambda t: t.RandomAffine(20, (0.1, 0.2), (0.8, 1.2), 5),
    lambda t: t.RandomAffine((0, 0), shear=[-5, 5, -3, 3], fill=1, center=(2, 2)),
    lambda t: t.RandomPerspective(0.4, p=0.7),
    lambda t: t.GaussianBlur(3),
    lambda t: t.GaussianBlur((5, 3), 0.8),
    lambda t: t.RandomAdjustSharpness(2),
]


@ON_ANY
@pytest.mark.parametrize("make", DRAWN)
def test_the_same_seed_draws_the_same(make: Call, img: Any) -> None:
    for seed in range(4):
        close(make, img, seed=seed, within=0, levels=0)


@ON_ANY
@pytest.mark.parametrize("make", WARPED)
def test_the_same_seed_warps_the_same(make: Call, img: Any) -> None:
    for seed in range(4):
        close(make, img, seed=seed, within=5e-5, levels=2)


POLICIES: list[Call] = [
    lambda t: t.TrivialAugmentWide(),
    lambda t: t.TrivialAugmentWide(7, fill=5),
    lambda t: t.RandAugment(),
    lambda t: t.RandAugment(1, 5, 11, fill=[9]),
    lambda t: t.AutoAugment(),
    lambda t: t.AutoAugment(t.AutoAugmentPolicy.CIFAR10),
    lambda t: t.AutoAugment(t.AutoAugmentPolicy.SVHN, fill=3),
]


@pytest.mark.parametrize("make", POLICIES)
def test_policies(make: Call) -> None:
    for seed in range(10):
        for img in (image("RGB", 20, 24), nbytes(3, 20, 24)):
            close(make, img, seed=seed, levels=2, ties=0.015)


def test_all_learned_policies_are_torchvisions() -> None:
    for member in THEIRS.AutoAugmentPolicy:
        ours = OURS.AutoAugment(OURS.AutoAugmentPolicy[member.name])
        theirs = THEIRS.AutoAugment(member)
        assert [tuple(pair) for pair in ours.policies] == theirs.policies


def test_the_generators_are_left_equal() -> None:
    for make in (*DRAWN, *WARPED, *POLICIES):
        run(make, THEIRS, torch, 3, (image("RGB"),))
        run(make, OURS, tg, 3, (image("RGB"),))
        assert tg.rand(2).tolist() == torch.rand(2).tolist()


@pytest.mark.parametrize(
    "make", [*DRAWN, *WARPED, *POLICIES, lambda t: t.FiveCrop(3), lambda t: t.TenCrop((1, 2), True)]
)
def test_printed_forms(make: Call) -> None:
    assert repr(make(OURS)) == repr(make(THEIRS))


WRONG: list[Call] = [
    lambda t: t.ColorJitter(-1),
    lambda t: t.ColorJitter("x"),
    lambda t: t.ColorJitter((2, 1)),
    lambda t: t.ColorJitter(hue=0.6),
    lambda t: t.RandomRotation(-3),
    lambda t: t.RandomRotation((1, 2, 3)),
    lambda t: t.RandomRotation("xyz"),
    lambda t: t.RandomRotation(None),
    lambda t: t.RandomRotation(3, center=3),
    lambda t: t.RandomRotation(3, fill={}),
    lambda t: t.RandomAffine(3, translate=(2, 0)),
    lambda t: t.RandomAffine(3, translate=1),
    lambda t: t.RandomAffine(3, scale=(0, 1)),
    lambda t: t.RandomAffine(3, shear=(1, 2, 3)),
    lambda t: t.RandomPerspective(fill={}),
    lambda t: t.GaussianBlur(2),
    lambda t: t.GaussianBlur((1, 2, 3)),
    lambda t: t.GaussianBlur(3, 0),
    lambda t: t.GaussianBlur(3, (2, 1)),
    lambda t: t.GaussianBlur(3, "x"),
    lambda t: t.RandomChoice([t.Pad(1)], p=1),
    lambda t: t.RandomOrder(3),
    lambda t: t.FiveCrop((1, 2, 3)),
    lambda t: t.AutoAugment("x"),
]


@pytest.mark.parametrize("make", WRONG)
def test_wrong_arguments(make: Call) -> None:
    theirs = outcome(lambda: make(THEIRS))
    assert isinstance(theirs, tuple)
    assert outcome(lambda: make(OURS)) == theirs


# ---------------------------------------------------------------------------------------------------- the corners
CHW, HW = floats(3, 6, 7), floats(5, 6)
CORNERS: list[Call] = [
    lambda t: t.functional.resize(image("L"), (4, 5), max_size=6),
    lambda t: t.functional.resize(image("L"), [1, 2, 3]),
    lambda t: t.functional.pad(image("L"), (1, 2, 3)),
    lambda t: t.functional.pad(image("L"), "x"),
    lambda t: t.functional.pad(image("L"), 1, fill="x"),
    lambda t: t.functional.pad(image("L"), 1, padding_mode="round"),
    lambda t: t.functional.pad(image("L"), 1, fill=None),
    lambda t: t.functional.pad(image("P"), 2),
    lambda t: t.functional.pad(image("P"), 2, padding_mode="edge"),
    lambda t: t.functional.pad(image("RGB"), [-1, 2, 1, -2], padding_mode="edge"),
    lambda t: t.functional.pad(image("RGB"), [-1, -2]),
    lambda t: t.Lambda(lambda x: x.size)(image("L")),
    lambda t: t.Resize(None),
    lambda t: t.RandomCrop((12, 9))(image("L")),
    lambda t: t.RandomResizedCrop(3, ratio=1),
    lambda t: t.RandomErasing(ratio=1),
    lambda t: t.RandomResizedCrop(4, scale=(1.0, 1.0), ratio=(5.0, 6.0))(image("L")),
    lambda t: t.RandomResizedCrop(4, scale=(1.0, 1.0), ratio=(0.1, 0.2))(image("L")),
    lambda t: t.functional.rgb_to_grayscale(tensor_of(t, HW)),
    lambda t: t.functional.rgb_to_grayscale(tensor_of(t, floats(2, 3, 3))),
    lambda t: t.functional.to_grayscale(image("RGB"), 3),
    lambda t: t.functional.to_grayscale(tensor_of(t, CHW)),
    lambda t: t.functional.erase(image("L"), 0, 0, 1, 1, 0),
    lambda t: t.functional.adjust_sharpness(tensor_of(t, CHW[:, :2].copy()), 2.0),
    lambda t: t.functional.gaussian_blur("x", 3),
    lambda t: t.functional.posterize(tensor_of(t, HW), 3),
    lambda t: t.functional.posterize(tensor_of(t, CHW), 3),
    lambda t: t.functional.perspective("x", [[0, 0], [4, 0], [4, 4], [0, 4]], [[0, 0], [4, 1], [4, 4], [0, 3]]),
    lambda t: t.functional.rotate("x", 3),
    lambda t: t.functional.affine("x", 0, [0, 0], 1.0, 0),
    lambda t: t.functional.elastic_transform(image("L"), 3),
    lambda t: t.functional.elastic_transform("x", tensor_of(t, floats(1, 2, 2, 2))),
    lambda t: t.functional.rotate(tensor_of(t, CHW), 10, fill=[1.0, 2.0]),
    lambda t: t.functional.rotate(image("RGB"), 10, fill=[1.0, 2.0]),
    lambda t: t.functional.rotate(image("RGB"), 10, fill=[7.0]),
    lambda t: t.functional.rotate(image("F"), 10, fill=1.5),
    lambda t: t.functional.get_dimensions("x"),
    lambda t: t.functional.get_dimensions(tensor_of(t, floats(3))),
    lambda t: t.functional.convert_image_dtype(image("L")),
    lambda t: t.functional.five_crop(image("L"), [3]),
    lambda t: t.InterpolationMode("bilinear").name,
]


def tensor_of(transforms: Any, array: np.ndarray) -> Any:
    return (torch if transforms is THEIRS else tg).from_numpy(array)


@pytest.mark.parametrize("call", CORNERS)
def test_corners(call: Call) -> None:
    torch.manual_seed(0)
    theirs = outcome(lambda: call(THEIRS))
    tg.manual_seed(0)
    assert outcome(lambda: call(OURS)) == theirs


def test_old_spellings_warn() -> None:
    moved, scale = floats(1, 6, 7, 2), "Scale and ratio should be of kind"
    for t in (THEIRS, OURS):
        with pytest.warns(UserWarning, match="should be of type InterpolationMode instead of int"):
            t.functional.elastic_transform(tensor_of(t, CHW), tensor_of(t, moved), 2)
        with pytest.warns(UserWarning, match=scale):
            t.RandomErasing(scale=(0.3, 0.1))
        with pytest.warns(UserWarning, match=scale):
            t.RandomResizedCrop(3, ratio=(2, 1))


def test_reflecting_more_than_there_is() -> None:
    for t in (THEIRS, OURS):
        with pytest.raises(RuntimeError, match="Padding size should be less than the corresponding input dimension"):
            t.functional.pad(tensor_of(t, CHW), 9, padding_mode="reflect")
    with pytest.raises(NotImplementedError, match="is for PIL images only"):
        OURS.functional.resize(tg.zeros(3, 4, 4), 3, OURS.InterpolationMode.LANCZOS)
