"""Image files read and written as tensors."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import tinygrad_edu as tg
from tinygrad_edu import vision
from tinygrad_edu.vision.io import ImageReadMode

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def as_file(mode: str, format: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(buffer, format=format)
    return buffer.getvalue()


def bytes_tensor(content: bytes) -> Any:
    return tg.frombuffer(bytearray(content), dtype=tg.uint8)


def test_round_trips(tmp_path: Path) -> None:
    image = tg.from_numpy(PIXELS.transpose(2, 0, 1).copy())
    vision.io.write_png(image, tmp_path / "a.png")
    assert vision.io.read_image(tmp_path / "a.png").tolist() == image.tolist()
    assert vision.io.decode_image(vision.io.read_file(tmp_path / "a.png")).tolist() == image.tolist()
    vision.io.write_jpeg(image, str(tmp_path / "a.jpg"), quality=95)
    read = vision.io.read_image(str(tmp_path / "a.jpg"))
    assert read.shape == (3, 5, 7)
    with Image.open(tmp_path / "a.jpg") as picture:
        assert np.array_equal(read.permute(1, 2, 0).numpy(), np.asarray(picture))
    grey = image[:1]
    assert vision.io.decode_image(vision.io.encode_png(grey)).tolist() == grey.tolist()


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1"])
def test_modes(mode: str) -> None:
    content = bytes_tensor(as_file(mode))
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "P": 3, "1": 1}[mode]
    assert vision.io.decode_image(content).shape == (channels, 5, 7)
    for wanted, n in ((ImageReadMode.GRAY, 1), ("RGB", 3), ("rgb_alpha", 4), (ImageReadMode.GRAY_ALPHA, 2)):
        got = vision.io.decode_image(content, mode=wanted)
        assert (got.dtype, got.shape) == (tg.uint8, (n, 5, 7))


def test_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held upright
    Image.fromarray(PIXELS).save(tmp_path / "a.jpg", exif=exif)
    assert vision.io.read_image(tmp_path / "a.jpg").shape == (3, 5, 7)
    assert vision.io.read_image(tmp_path / "a.jpg", apply_exif_orientation=True).shape == (3, 7, 5)


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Unsupported image file"):
        vision.io.decode_image(bytes_tensor(b"no image at all"))
    with pytest.raises(FileNotFoundError):
        vision.io.read_image(tmp_path / "missing.png")
    with pytest.raises(KeyError):
        vision.io.decode_image(bytes_tensor(as_file("L")), mode="colourful")
    for wrong in (tg.zeros(3), tg.zeros(2, 2, dtype=tg.uint8), b"bytes"):
        with pytest.raises(RuntimeError, match="expected a uint8 tensor of 1 dimension"):
            vision.io.write_file(tmp_path / "x", wrong)
    with pytest.raises(RuntimeError, match="expected a uint8 tensor of 3 dimensions"):
        vision.io.encode_png(tg.zeros(3, 2, 2))
    assert not list(tmp_path.iterdir())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"]))
@pytest.mark.filterwarnings("ignore:::PIL")
def test_fuzzed_image_files(data: st.DataObject, format: str) -> None:
    content = bytearray(as_file("RGB", format))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    try:
        got = vision.io.decode_image(bytes_tensor(bytes(content)))
    except RuntimeError:
        return
    assert got.ndim == 3
