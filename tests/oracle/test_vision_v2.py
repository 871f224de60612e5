"""The second version of the transforms against torchvision's: images, tensors, whole samples, printed forms."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_edu as tg
from tests.oracle.vision_kit import both, close, facts, floats, image, nbytes, outcome, run, torchvision
from tinygrad_edu import vision

Call = Callable[[Any], Any]
PICTURES: dict[str, Any] = {
    "PIL L": image("L"),
    "PIL RGB": image("RGB", 13, 17),
    "float": floats(3, 12, 9),
    "bytes": nbytes(3, 8, 11),
    "batch": nbytes(2, 3, 6, 5),
    "grey": floats(1, 7, 8),
    "four channels": nbytes(4, 9, 7),
    "PIL RGBA": image("RGBA"),
}
ON_ANY = pytest.mark.parametrize("img", PICTURES.values(), ids=PICTURES)

EXACT: list[Call] = [
    lambda t: t.v2.CenterCrop(4),
    lambda t: t.v2.CenterCrop((3, 20)),
    lambda t: t.v2.FiveCrop(3),
    lambda t: t.v2.TenCrop((2, 3), vertical_flip=True),
    lambda t: t.v2.Pad(2),
    lambda t: t.v2.Pad([1, 2, 3, 0], fill=7),
    lambda t: t.v2.Pad((1, 2), padding_mode="reflect"),
    lambda t: t.v2.Pad(1, padding_mode="symmetric"),
    lambda t: t.v2.Pad(1, padding_mode="edge"),
    lambda t: t.v2.Pad(1, fill={"others": 3}),
    lambda t: t.v2.RandomHorizontalFlip(),
    lambda t: t.v2.RandomVerticalFlip(0.5),
    lambda t: t.v2.RandomHorizontalFlip(1),
    lambda t: t.v2.RandomCrop(4),
    lambda t: t.v2.RandomCrop((5, 3), padding=2),
    lambda t: t.v2.RandomCrop(4, padding=[1, 2]),
    lambda t: t.v2.RandomCrop(4, padding=[1, 2, 3, 4], padding_mode="edge"),
    lambda t: t.v2.RandomCrop(20, pad_if_needed=True, fill=3),
    lambda t: t.v2.RandomCrop(30),
    lambda t: t.v2.RandomCrop(40, padding=1),
    lambda t: t.v2.RandomZoomOut(),
    lambda t: t.v2.RandomZoomOut(2, (1.5, 2.0), p=1.0),
    lambda t: t.v2.RandomErasing(0.9),
    lambda t: t.v2.RandomErasing(1, value=3, scale=(0.1, 0.2)),
    lambda t: t.v2.RGB(),
    lambda t: t.v2.RandomInvert(),
    lambda t: t.v2.RandomSolarize(0.5),
    lambda t: t.v2.RandomPosterize(3),
    lambda t: t.v2.RandomEqualize(0.6),
    lambda t: t.v2.RandomChannelPermutation(),
    lambda t: t.v2.RandomApply([t.v2.CenterCrop(3), t.v2.Pad(1)], p=0.5),
    lambda t: t.v2.RandomChoice([t.v2.CenterCrop(3), t.v2.Pad(1)]),
    lambda t: t.v2.RandomChoice([t.v2.CenterCrop(3), t.v2.Pad(1)], p=[1, 3]),
    lambda t: t.v2.RandomOrder([t.v2.CenterCrop(3), t.v2.Pad(1)]),
    lambda t: t.v2.Compose([t.v2.RandomCrop(4), t.v2.RandomHorizontalFlip(), t.v2.Identity()]),
    lambda t: t.v2.Identity(),
    lambda t: t.v2.ToImage(),
    lambda t: t.v2.ToPILImage(),
    lambda t: t.v2.PILToTensor(),
    lambda t: t.v2.ToPureTensor(),
    lambda t: t.v2.Compose([t.v2.ToImage(), t.v2.ToPureTensor()]),
    lambda t: t.v2.Lambda(lambda x: 3),
    lambda t: t.v2.Lambda(lambda x: 3, str),
    lambda t: t.v2.RandomRotation((90, 90), expand=True),
    lambda t: t.v2.RandomRotation((180, 180)),
]
NEAR: list[Call] = [
    lambda t: t.v2.Resize(6),
    lambda t: t.v2.Resize((4, 7), antialias=False),
    lambda t: t.v2.Resize([9], max_size=11),
    lambda t: t.v2.Resize(None, max_size=10),
    lambda t: t.v2.Resize((16, 15), t.InterpolationMode.NEAREST),
    lambda t: t.v2.RandomResize(4, 9),
    lambda t: t.v2.RandomResizedCrop(6),
    lambda t: t.v2.RandomResizedCrop((4, 5), scale=(0.5, 1.0), ratio=(1, 1)),
    lambda t: t.v2.RandomRotation(30),
    lambda t: t.v2.RandomRotation((10, 60), interpolation="bilinear", expand=True, fill=0.5),
    lambda t: t.v2.RandomAffine(20, (0.1, 0.2), (0.8, 1.2), 5),
    lambda t: t.v2.RandomPerspective(0.4, p=0.8),
    lambda t: t.v2.ElasticTransform(10.0, [0.5, 0.6]),
    lambda t: t.v2.Grayscale(),
    lambda t: t.v2.Grayscale(3),
    lambda t: t.v2.RandomGrayscale(0.5),
    lambda t: t.v2.RandomAutocontrast(),
    lambda t: t.v2.RandomAdjustSharpness(2),
    lambda t: t.v2.ColorJitter(0.4, 0.4, 0.4, 0.1),
    lambda t: t.v2.ColorJitter((0.5, 0.9)),
    lambda t: t.v2.RandomPhotometricDistort(),
    lambda t: t.v2.GaussianBlur(3),
    lambda t: t.v2.GaussianBlur((5, 3), 0.8),
    lambda t: t.v2.GaussianNoise(),
    lambda t: t.v2.Compose([t.v2.ToImage(), t.v2.ToDtype(dtype_of(t).float32, scale=True)]),
    lambda t: t.v2.Compose([t.v2.ToImage(), t.v2.ConvertImageDtype(), t.v2.Normalize([0.5], [0.25])]),
    lambda t: t.v2.Compose([t.v2.ToImage(), t.v2.ToDtype(dtype_of(t).int16, scale=True)]),
]


def dtype_of(transforms: Any) -> Any:
    """The package of tensors that belongs to a package of transforms."""
    return torch if transforms is torchvision.transforms else tg


@ON_ANY
@pytest.mark.parametrize("make", EXACT)
def test_exact(make: Call, img: Any) -> None:
    for seed in range(3):
        both(make, img, seed=seed)


@ON_ANY
@pytest.mark.parametrize("make", NEAR)
def test_near(make: Call, img: Any) -> None:
    for seed in range(3):
        theirs, ours = (outcome(lambda a=a, b=b, seed=seed: run(make, a, b, seed, (img,)) and 0) for a, b in PACKAGES)
        if isinstance(theirs, tuple) and isinstance(theirs[0], type):
            assert ours == theirs
        else:
            close(make, img, seed=seed, within=1e-4, levels=2)


PACKAGES = ((torchvision.transforms, torch), (vision.transforms, tg))
POLICIES: list[Call] = [
    lambda t: t.v2.TrivialAugmentWide(),
    lambda t: t.v2.TrivialAugmentWide(7, fill=5),
    lambda t: t.v2.RandAugment(),
    lambda t: t.v2.RandAugment(1, 5, 11, fill={"others": 3}),
    lambda t: t.v2.AutoAugment(),
    lambda t: t.v2.AutoAugment(t.AutoAugmentPolicy.CIFAR10),
]
MIXED: list[Call] = [
    lambda t: t.v2.AugMix(),
    lambda t: t.v2.AugMix(5, 2, 2, 0.7, all_ops=False, fill=3),
]


@pytest.mark.parametrize("make", MIXED)
def test_mixed(make: Call) -> None:
    for seed in range(6):
        for img in (image("RGB", 20, 24), nbytes(3, 20, 24), nbytes(2, 3, 9, 8)):
            close(lambda t: t.v2.Compose([make(t), t.v2.PILToTensor()]), img, seed=seed, levels=3)


JPEGS: list[Call] = [lambda t: t.v2.JPEG(40), lambda t: t.v2.JPEG((5, 90))]


@pytest.mark.parametrize("make", JPEGS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_of_a_picture(make: Call, mode: str) -> None:
    for seed in range(3):
        both(make, image(mode, 20, 24), seed=seed)


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_of_a_tensor_is_that_of_the_picture(channels: int) -> None:
    """torchvision's own needs its compiled part."""
    t, one = vision.transforms.v2, tg.from_numpy(nbytes(channels, 20, 24))
    batch = vision.tv_tensors.Image(tg.stack([one, one.flip(-1)]))
    made = t.functional.jpeg(batch, 30)
    assert type(made) is vision.tv_tensors.Image
    for each, source in zip(made, batch):
        expected = t.functional.pil_to_tensor(t.functional.jpeg(t.functional.to_pil_image(source), 30))
        assert each.tolist() == expected.tolist()
    assert made.tolist() != batch.tolist()
    assert t.functional.jpeg(batch[:0], 30).shape == (0, channels, 20, 24)


@pytest.mark.parametrize("make", POLICIES)
def test_policies(make: Call) -> None:
    for seed in range(8):
        for img in (image("RGB", 20, 24), nbytes(3, 20, 24), floats(3, 16, 16)):
            close(make, img, seed=seed, levels=2, within=1e-4)
    for img in ("no image", None):
        both(make, img)


@pytest.mark.parametrize("make", [*EXACT, *NEAR, *POLICIES, *MIXED, *JPEGS])
def test_printed_forms_and_streams(make: Call) -> None:
    assert repr(make(vision.transforms)).replace("tinygrad_edu", "torch") == repr(make(torchvision.transforms))
    for package, tensors in PACKAGES:
        outcome(lambda package=package, tensors=tensors: run(make, package, tensors, 5, (image("RGB", 16, 14),)))
    assert tg.rand(2).tolist() == torch.rand(2).tolist()


# ------------------------------------------------------------------------------------------------ whole samples
def sample(tensors: Any, images: Any) -> dict[str, Any]:
    return {
        "image": images.Image(tensors.from_numpy(nbytes_fixed(3, 6, 7))),
        "label": 3,
        "more": [tensors.from_numpy(nbytes_fixed(3, 6, 7)), ("text", None)],
    }


def nbytes_fixed(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def test_only_the_images_of_a_sample_change() -> None:
    results = []
    for package, tensors in ((torchvision, torch), (vision, tg)):
        v2 = package.transforms.v2
        tensors.manual_seed(0)
        steps = v2.Compose([v2.RandomCrop(4), v2.ToDtype(tensors.float32, scale=True), v2.RandomHorizontalFlip(1)])
        given = sample(tensors, package.tv_tensors)
        got = steps(given)
        assert isinstance(got["image"], package.tv_tensors.Image)
        assert got["more"][0] is given["more"][0]
        assert got["more"][1] == ("text", None)
        pair = steps(given["more"][0], 7)
        assert pair[1] == 7
        first, second = steps((given["more"][0], given["more"][0]))
        assert second is given["more"][0]
        results.append([facts(x) for x in (got["image"], pair[0], first)])
    assert results[0] == results[1]


def test_images_print_and_become_plain() -> None:
    values = nbytes_fixed(1, 2, 3)
    theirs = torchvision.tv_tensors.Image(torch.from_numpy(values))
    ours = vision.tv_tensors.Image(tg.from_numpy(values))
    assert repr(ours).replace("tinygrad_edu", "torch") == repr(theirs)
    assert type(ours + 1) is tg.Tensor
    assert type(theirs + 1) is torch.Tensor
    assert type(tg.stack([ours, ours])) is tg.Tensor
    assert type(vision.transforms.v2.functional.hflip(ours)) is vision.tv_tensors.Image
    ours += 1
    assert ours.tolist() == (values.astype(int)).tolist()  # it shares the array's memory
    assert outcome(lambda: vision.tv_tensors.Image([1, 2])) == outcome(lambda: torchvision.tv_tensors.Image([1, 2]))
    x = tg.rand(3, 4, 4, requires_grad=True)
    vision.tv_tensors.Image(x).mul(2).sum().backward()
    assert x.grad is not None


DTYPES = ["uint8", "int16", "int32", "int64", "float16", "float32", "float64"]


@pytest.mark.parametrize("to", DTYPES)
@pytest.mark.parametrize("have", DTYPES)
@pytest.mark.parametrize("scale", [True, False])
def test_to_dtype(have: str, to: str, scale: bool) -> None:
    values = (floats(3, 4, 4) if "float" in have else nbytes(3, 4, 4) // 2).astype(have)
    make = lambda t: t.v2.ToDtype(getattr(dtype_of(t), to), scale=scale)  # noqa: E731
    both(make, values)


WRONG: list[Call] = [
    lambda t: t.v2.Compose([]),
    lambda t: t.v2.Compose(3),
    lambda t: t.v2.AugMix(0),
    lambda t: t.v2.JPEG(True),
    lambda t: t.v2.JPEG(0),
    lambda t: t.v2.JPEG((60, 20)),
    lambda t: t.v2.JPEG([1, 2, 3]),
    lambda t: t.v2.JPEG((1.0, 2.0)),
    lambda t: t.v2.JPEG("a"),
    lambda t: t.v2.RandomApply([]),
    lambda t: t.v2.RandomApply([t.v2.Pad(1)], p=2),
    lambda t: t.v2.RandomChoice(3),
    lambda t: t.v2.RandomChoice([t.v2.Pad(1)], p=[1, 2]),
    lambda t: t.v2.RandomOrder([]),
    lambda t: t.v2.Resize("xyz"),
    lambda t: t.v2.Resize(3.5),
    lambda t: t.v2.Resize((1, 2, 3)),
    lambda t: t.v2.Resize(None),
    lambda t: t.v2.Resize(3, interpolation="x")(image("L")),
    lambda t: t.v2.Resize((3, 3), max_size=4)(image("L")),
    lambda t: t.v2.Pad("x"),
    lambda t: t.v2.Pad((1, 2, 3)),
    lambda t: t.v2.Pad(1, padding_mode="round"),
    lambda t: t.v2.Pad(1, fill="x"),
    lambda t: t.v2.RandomHorizontalFlip(2),
    lambda t: t.v2.RandomCrop((1, 2, 3)),
    lambda t: t.v2.RandomCrop(3, padding="x"),
    lambda t: t.v2.RandomResizedCrop(3, scale=1),
    lambda t: t.v2.RandomRotation(-3),
    lambda t: t.v2.RandomAffine(3, translate=(2, 0)),
    lambda t: t.v2.RandomPerspective(2),
    lambda t: t.v2.RandomErasing(value="x"),
    lambda t: t.v2.RandomErasing(1, value=(1, 2))(image("RGB")),
    lambda t: t.v2.RandomZoomOut(side_range=(0.5, 1)),
    lambda t: t.v2.ColorJitter(-1),
    lambda t: t.v2.ColorJitter("xyz"),
    lambda t: t.v2.ColorJitter((2, 1)),
    lambda t: t.v2.ColorJitter(hue=0.6),
    lambda t: t.v2.GaussianBlur(2),
    lambda t: t.v2.GaussianBlur(3, (2, 1)),
    lambda t: t.v2.GaussianBlur(3, None),
    lambda t: t.v2.GaussianNoise()(image("L")),
    lambda t: t.v2.GaussianNoise(sigma=-1)(dtype_of(t).ones(1, 2, 2)),
    lambda t: t.v2.ElasticTransform((1, 2, 3)),
    lambda t: t.v2.Normalize([0.5], [0.5])(image("L")),
    lambda t: t.v2.Grayscale(2)(image("RGB")),
    lambda t: t.v2.ToDtype(3),
    lambda t: t.v2.functional.to_image("x"),
    lambda t: t.v2.functional.resize(image("L"), None),
    lambda t: t.v2.functional.pad(image("L"), 1, padding_mode="round"),
    lambda t: t.v2.functional.gaussian_noise(dtype_of(t).ones(1, 2, 2).int()),
    lambda t: t.v2.functional.permute_channels(dtype_of(t).ones(3, 2, 2), [0, 1]),
    lambda t: t.v2.RandomGrayscale(1)("text"),
    lambda t: t.v2.RandomGrayscale(1)((image("RGB"), image("L"))),
    lambda t: t.v2.ToDtype({})(dtype_of(t).ones(2)),
    lambda t: t.v2.Transform()(image("L")),
    lambda t: t.v2.RandomCrop(3)("text"),
    lambda t: t.v2.RandomCrop(3)((image("RGB"), image("RGB", 5, 5))),
]


@pytest.mark.parametrize("make", WRONG)
def test_wrong_arguments(make: Call) -> None:
    theirs = outcome(lambda: make(torchvision.transforms))
    assert isinstance(theirs, tuple)
    assert outcome(lambda: make(vision.transforms)) == theirs


def test_more_of_the_functions() -> None:
    picture = nbytes(6, 7, 3)
    both(lambda t: lambda _: t.v2.functional.to_image(picture), 0)
    both(lambda t: t.v2.functional.convert_image_dtype, nbytes(3, 2, 2).astype(np.float32) / 255)
    both(lambda t: lambda x: t.v2.functional.pad(x, [1, 2], fill=[1, 2, 3]), nbytes(3, 4, 5))
    both(lambda t: lambda x: t.v2.functional.pad(x, [1, 2], fill=[4.0]), nbytes(3, 4, 5))
    both(lambda t: t.v2.functional.get_size, image("RGB"))
    both(lambda t: t.v2.functional.get_num_channels, image("RGB"))


def test_dtypes_by_kind() -> None:
    for package, tensors in ((torchvision, torch), (vision, tg)):
        v2, kind = package.transforms.v2, package.tv_tensors.Image
        given = {"image": kind(tensors.ones(1, 2, 2).byte() * 255), "mask": tensors.ones(2)}
        got = v2.ToDtype({kind: tensors.float32, "others": None}, scale=True)(given)
        assert got["image"].tolist() == [[[1, 1], [1, 1]]]
        assert got["mask"] is given["mask"]
        with pytest.warns(UserWarning, match="no scaling will be done"):
            v2.ToDtype({"others": None}, scale=True)(given)
        with pytest.warns(UserWarning, match="Got `dtype` values for"):
            v2.ToDtype({tensors.Tensor: tensors.float32, kind: tensors.float32})


def test_old_spelling_warns() -> None:
    for package in (torchvision, vision):
        with pytest.warns(UserWarning, match=r"The transform `ToTensor\(\)` is deprecated"):
            step = package.transforms.v2.ToTensor()
        assert step(image("RGB")).shape == (3, 12, 9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert repr(vision.transforms.v2.ToTensor()) == "ToTensor()"


def test_your_own_transform() -> None:
    class Brighter(vision.transforms.v2.Transform):
        def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
            return {"by": len(flat_inputs)}

        def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
            return inpt + params["by"]

    got = Brighter()({"image": tg.zeros(3, 2, 2), "target": tg.zeros(2)})
    assert got["image"].tolist() == tg.ones(3, 2, 2).tolist()
    assert got["target"].tolist() == [0, 0]
