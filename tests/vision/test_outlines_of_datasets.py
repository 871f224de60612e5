"""COCO's outlines as masks: the runs are what pycocotools 2.0.11 made of the polygons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vision import dataset_files as files
from tinygrad_edu.vision.datasets.annotations import Annotations
from tinygrad_edu.vision.datasets.outlines import mask_of

# polygons, height, width, runs
DRAWN: list[tuple[list[list[float]], int, int, str]] = [
    ([[1.0, 1.0, 6.0, 1.0, 6.0, 4.0]], 8, 9, "a017001O1f0"),
    ([[16.1, 9.7, 10.3, 3.4, 1.1, 4.6, 8.2, 0.5, 1.0, 12.0]], 12, 20, "`016041IO13OMO41MN42KN61J063000O12M2O1O1O1OW1"),
    (
        [[13.0, 2.8, 8.7, 11.7, 18.0, 10.1, 7.8, 5.9, 13.5, 0.7, 11.1, 3.3, 17.6, 0.8]],
        12,
        20,
        "U31:2IO02NO30M13M02ON225O00W1",
    ),
    ([[15.7, 13.1, 1.3, 13.6, 21.9, -3.2, 16.6, -3.6]], 12, 20, "k11:1O100O1O1O1O100O1O1O29Fh0"),  # not all inside
    ([[4.5, 13.1, 1.8, 9.7, 7.3, 9.5, 1.3, 21.0], [4.0, 24.0, 2.1, 9.6, 7.2, 15.2]], 30, 9, "V226O?9O3MM3G_O2V2"),
    ([[7.6, 3.5, 7.6, 3.5, 0.2, 14.0, 1.3, 12.7, 7.6, 3.5]], 15, 15, "=1=0=000e3"),  # corners twice
    ([[2.5, 2.5, 2.5, 9.0, 2.5, 2.5]], 10, 10, "T3"),  # no width
    ([[0.0, 0.0, 7.0, 0.0, 7.0, 7.0, 0.0, 7.0]], 7, 7, "0a1"),  # everything
]


@pytest.mark.parametrize("case", DRAWN, ids=lambda case: case[3])
def test_polygons_and_packed_runs(case: Any) -> None:
    polygons, height, width, runs = case
    drawn = mask_of(polygons, height, width)
    assert (drawn.dtype, drawn.shape) == (np.uint8, (height, width))
    for counts in (runs, runs.encode()):
        assert np.array_equal(mask_of({"counts": counts, "size": [height, width]}, height, width), drawn)


def test_runs() -> None:
    assert mask_of({"counts": [0, 2, 3, 1], "size": [3, 2]}, 3, 2).tolist() == [[1, 0], [1, 0], [0, 1]]
    assert not mask_of([], 2, 2).any()
    with pytest.raises(ValueError, match="expected to be a dict or a list, got <class 'str'>"):
        mask_of("x", 2, 2)


def test_the_mask_of_an_annotation(tmp_path: Path) -> None:
    files.coco(tmp_path)
    coco = Annotations(tmp_path / "instances.json")
    masks = [coco.annToMask(annotation) for annotation in coco.loadAnns(coco.getAnnIds())]
    assert [mask.shape for mask in masks] == [(5, 7)] * 3
    assert masks[1].T.ravel().tolist() == [0, 0, 0, 1, 1, *[0] * 30]
