"""For the comparisons with torchvision: pictures, and the same call on either package."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from PIL import Image

from torchvision_ops import torchvision  # isort: skip
import torchvision.transforms.v2

import tinygrad_edu as tg
from tinygrad_edu import vision

THEIRS, OURS = torchvision.transforms, vision.transforms
RNG = np.random.default_rng(0)


def image(mode: str, height: int = 12, width: int = 9) -> Image.Image:
    """A picture of noise."""
    pixels = np.random.default_rng(height * width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    rgb = Image.fromarray(pixels)
    if mode == "I;16":
        return Image.frombytes("I;16", (width, height), (pixels[..., 0].astype(np.uint16) * 100).tobytes())
    return rgb.convert("L").convert("I") if mode == "I" else rgb.convert(mode)


def floats(*shape: int) -> np.ndarray:
    return RNG.random(shape, dtype=np.float32)


def nbytes(*shape: int) -> np.ndarray:
    return RNG.integers(0, 256, shape, dtype=np.uint8)


def facts(value: Any) -> Any:
    """The same for torch's results and ours."""
    if isinstance(value, Image.Image):
        return value.mode, value.size, value.tobytes()
    if isinstance(value, (torch.Tensor, tg.Tensor)):
        strides = [step for n, step in zip(value.shape, value.stride(), strict=True) if n > 1]  # else it says nothing
        return str(value.dtype).partition(".")[2], tuple(value.shape), strides, value.tolist()
    if isinstance(value, (tuple, list)):
        return [facts(part) for part in value]
    return value


def text_of(error: Exception) -> str:
    """An error's text with torchvision's names put as ours."""
    text = str(error).replace("torchvision", "tinygrad_edu.vision").replace("torch.", "tinygrad_edu.")
    text = text.replace("unsigned char", "Byte")  # torch's clamp_ alone names the type of C
    return text.replace("'tinygrad_edu.Tensor'", "'Tensor'").replace("'tinygrad_edu.tensor.Tensor'", "'Tensor'")


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return facts(call())
    except Exception as error:  # whatever torchvision raises is the specification
        return type(error), text_of(error)


def run(make: Callable[[Any], Any], package: Any, tensors: Any, seed: int, args: tuple[Any, ...]) -> Any:
    """What the transform that ``make`` builds from a package makes of the arguments."""
    tensors.manual_seed(seed)
    random.seed(seed)
    return make(package)(*(tensors.from_numpy(a.copy()) if isinstance(a, np.ndarray) else a for a in args))


def both(make: Callable[[Any], Any], *args: Any, seed: int = 0) -> None:
    """Either package gives the same of the same, to the last bit."""
    theirs = outcome(lambda: run(make, THEIRS, torch, seed, args))
    assert outcome(lambda: run(make, OURS, tg, seed, args)) == theirs


def close(
    make: Callable[[Any], Any], *args: Any, seed: int = 0, within: float = 2e-6, levels: int = 1, ties: float = 0.0
) -> None:
    """Either package gives about the same: floats ``within``, bytes by so many ``levels`` in one of fifty pixels.

    ``ties``: the part of the pixels that may lie between two of the old ones, where rounding decides.
    """
    theirs = run(make, THEIRS, torch, seed, args)
    ours = run(make, OURS, tg, seed, args)
    if not isinstance(theirs, torch.Tensor):
        assert facts(ours) == facts(theirs)
        return
    assert facts(ours)[:2] == facts(theirs)[:2]
    whole = not theirs.is_floating_point()
    difference = np.abs(ours.numpy().astype(float) - theirs.numpy().astype(float))
    assert (difference > (levels if whole else within)).sum() <= ties * difference.size
    if whole and difference.size:
        assert (difference > 0).mean() <= 0.02
