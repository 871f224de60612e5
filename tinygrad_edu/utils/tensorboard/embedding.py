"""Points in many dimensions for TensorBoard's projector: text files beside the event file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.plugins.projector.projector_config_pb2 import EmbeddingInfo

from .arrays import grid, to_array


def encoded(tag: str) -> str:
    """A tag as the name of a folder."""
    for sign in ("%", "/", "\\"):
        tag = tag.replace(sign, f"%{ord(sign):02x}")
    return tag


def write(root: Path, points: Any, metadata: Any, pictures: Any, step: int, tag: str, header: Any) -> Any:
    """Write the files of one set of points below ``root``; the entry that the projector's list needs."""
    points = to_array(points)
    number = str(step).zfill(5)
    place = f"{number}/{encoded(tag)}"
    folder = root / place
    if folder.is_dir():
        print("warning: Embedding dir exists, did you set global_step for add_embedding()?")
    elif folder.exists():
        raise NotADirectoryError(f"Path: `{folder}` exists, but is a file. Cannot proceed.")
    if metadata is not None and points.shape[0] != len(metadata):
        raise AssertionError("#labels should equal with #data points")
    if pictures is not None and points.shape[0] != pictures.shape[0]:
        raise AssertionError("#images should equal with #data points")
    if points.ndim != 2:
        raise AssertionError("mat should be 2D, where mat.size(0) is the number of data points")
    folder.mkdir(parents=True, exist_ok=True)
    info = EmbeddingInfo(tensor_name=f"{tag}:{number}", tensor_path=f"{place}/tensors.tsv")
    _write_lines(folder / "tensors.tsv", ("\t".join(str(x.item()) for x in row) for row in points))
    if metadata is not None:
        _write_lines(folder / "metadata.tsv", _rows(metadata, header))
        info.metadata_path = f"{place}/metadata.tsv"
    if pictures is not None:
        _write_sprite(folder / "sprite.png", to_array(pictures))
        info.sprite.image_path = f"{place}/sprite.png"
        info.sprite.single_image_dim.extend([pictures.shape[3], pictures.shape[2]])
    return info


def _write_lines(path: Path, lines: Any) -> None:
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def _rows(metadata: Any, header: Any) -> list[str]:
    if not header:
        return [str(label) for label in metadata]
    if len(header) != len(metadata[0]):
        raise AssertionError("len of header must be equal to the number of columns in metadata")
    return ["\t".join(str(value) for value in row) for row in [header, *metadata]]


def _write_sprite(path: Path, pictures: Any) -> None:
    """All pictures in one, filled up to a square of pixels: the projector cuts them out again."""
    from PIL import Image

    arranged = grid(pictures, columns=math.ceil(len(pictures) ** 0.5)).transpose(1, 2, 0)
    height, width, _ = arranged.shape
    square = np.zeros((max(height, width), width, 3))
    square[:height] = arranged
    Image.fromarray((square * 255).clip(0, 255).astype(np.uint8)).save(path)
