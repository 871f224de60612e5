"""COCO's outlines as masks: polygons, and runs of equal pixels down the columns. Pixel by pixel what pycocotools makes of them."""

from __future__ import annotations

from typing import Any

import numpy

_FINE = 5  # a polygon is drawn on a grid this much finer than the picture


def mask_of(outline: Any, height: int, width: int) -> numpy.ndarray:
    """The uint8 array (height, width) that is 1 inside of an annotation's ``segmentation``.

    It is a list of polygons, each [x, y, x, y, …], or a dictionary of runs: ``counts`` (a list, or a string that packs one)
    and ``size``. ValueError for anything else.

    >>> mask_of([[1, 0, 3, 0, 3, 2, 1, 2]], 2, 4).tolist()
    [[0, 1, 1, 0], [0, 1, 1, 0]]
    >>> mask_of({"counts": [1, 2, 1], "size": [2, 2]}, 2, 2).tolist()
    [[0, 1], [1, 0]]
    """
    if isinstance(outline, dict):
        counts = outline["counts"]
        return _from_runs(_unpacked(counts) if isinstance(counts, (str, bytes)) else counts, *outline["size"])
    if not isinstance(outline, list):
        raise ValueError(f"COCO segmentation expected to be a dict or a list, got {type(outline)}")
    mask = numpy.zeros((height, width), numpy.uint8)
    for polygon in outline:
        mask |= _polygon(polygon, height, width)
    return mask


def _from_runs(counts: list[int], height: int, width: int) -> numpy.ndarray:
    """Runs of 0, 1, 0, 1, … down the columns."""
    values = numpy.arange(len(counts)) % 2
    return numpy.repeat(values, counts).astype(numpy.uint8).reshape(width, height).T


def _unpacked(text: str | bytes) -> list[int]:
    """The runs in a string: five bits a character, a sixth for "goes on"; from the fourth on, differences to the last but one."""
    counts: list[int] = []
    value = shift = 0
    for code in text.encode() if isinstance(text, str) else text:
        bits = code - 48
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:  # the sign
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    return counts


def _polygon(corners: list[float], height: int, width: int) -> numpy.ndarray:
    """Where the outline crosses the middle of a column of pixels, inside and outside change places below."""
    xy = (numpy.asarray(corners, numpy.float64).reshape(-1, 2) * _FINE + 0.5).astype(int)
    lines = [_line(start, end) for start, end in zip(xy, numpy.roll(xy, -1, axis=0), strict=True)]
    u, v = numpy.concatenate(lines, axis=1)
    crosses = u[1:] != u[:-1]
    column = (numpy.minimum(u[1:], u[:-1])[crosses] + 0.5) / _FINE - 0.5
    row = (numpy.minimum(v[1:], v[:-1])[crosses] + 0.5) / _FINE - 0.5
    here = (column == numpy.floor(column)) & (column >= 0) & (column <= width - 1)
    rows = numpy.ceil(row[here].clip(0, height)).astype(int)
    changes = numpy.bincount(column[here].astype(int) * height + rows, minlength=height * width + 1)
    return (changes[: height * width].cumsum() % 2).astype(numpy.uint8).reshape(width, height).T


def _line(start: Any, end: Any) -> numpy.ndarray:
    """The points (2, n) of the fine grid from one corner to the next: one for each step along the longer side."""
    steps = abs(end - start)
    along = 0 if steps[0] >= steps[1] else 1
    backwards = start[along] > end[along]
    if backwards:
        start, end = end, start
    t = numpy.arange(steps[along] + 1)
    slope = (end - start) / steps[along] if steps[along] else numpy.zeros(2)
    points = (start[:, None] + slope[:, None] * t + 0.5).astype(int)
    points[along] = start[along] + t
    return points[:, ::-1] if backwards else points
