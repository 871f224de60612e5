"""Small sets of the course: readings of two thermometers, dates as people write them, points near a plane, two rings."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Any

from ...ops.data import tensor
from ...ops.joining import cat
from ...ops.random_ops import rand, randn, randperm
from .idx import DataFileError
from .places import how_to_restore, shipped, where_shipped


def thermometer() -> tuple[Any, Any]:
    """The shipped readings (t_c in degrees Celsius, t_u in an unknown unit): two float tensors of eleven.

    Raises RuntimeError when ``datasets/thermometer`` is not at hand or damaged.

    >>> t_c, t_u = thermometer(); t_c[:3], t_u[:3]
    (tensor([ 0.5000, 14.0000, 15.0000]), tensor([35.7000, 55.9000, 58.2000]))
    """
    folder = shipped("thermometer")
    if folder is None:
        raise DataFileError(f"The readings that come with the course are not at hand. {where_shipped()}")
    path = folder / "thermometer.csv"
    try:
        with path.open(newline="", encoding="ascii") as file:
            rows = [(float(row["t_c"]), float(row["t_u"])) for row in csv.DictReader(file)]
        if not rows:
            raise ValueError("it has no rows")
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise DataFileError(f"{path} cannot be read: {error}. {how_to_restore(folder)}") from error
    celsius, unknown = zip(*rows, strict=True)
    return tensor(celsius), tensor(unknown)


def dates(train: bool = True) -> list[tuple[str, str]]:
    """The shipped days, each as people write it and as ISO 8601 has it; no day is in both the training and the test part.

    Raises RuntimeError when ``datasets/dates`` is not at hand or damaged.

    >>> len(dates()), len(dates(train=False)), dates()[0]
    (8000, 1000, ('Sunday, 4 October 2043', '2043-10-04'))
    """
    folder = shipped("dates")
    if folder is None:
        raise DataFileError(f"The dates that come with the course are not at hand. {where_shipped()}")
    path = folder / ("train.tsv" if train else "test.tsv")
    try:
        with path.open(newline="", encoding="ascii") as file:
            pairs = [(written, iso) for written, iso in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
        if not pairs:
            raise ValueError("it has no lines")
    except (OSError, ValueError, csv.Error) as error:
        raise DataFileError(f"{path} cannot be read: {error}. {how_to_restore(folder)}") from error
    return pairs


def line(
    n: int = 400,
    weights: Sequence[float] = (2.0, -3.0),
    bias: float = 10.0,
    noise: float = 2.0,
    generator: Any = None,
) -> tuple[Any, Any]:
    """``n`` points x (n, d), each coordinate even in [-5, 5], and y = x·weights + bias + noise (n, 1).

    ``noise`` is the standard deviation of the normal noise.
    """
    x = 10 * rand(n, len(weights), generator=generator) - 5
    exact = x @ tensor(list(weights)).view(-1, 1) + bias
    return x, exact + noise * randn(n, 1, generator=generator)


def rings(
    n: int = 2000,
    radii: tuple[float, float] = (5.0, 8.0),
    noise: float = 1.0,
    generator: Any = None,
) -> tuple[Any, Any]:
    """Two noisy rings of ``n`` points each: x (2n, 2) in a random order, and y (2n, 1), 1 for the inner one, else 0."""
    parts = []
    for radius in radii:
        far = radius + noise * randn(n, 1, generator=generator)
        turn = 2 * math.pi * rand(n, 1, generator=generator)
        parts.append(cat([far * turn.cos(), far * turn.sin()], 1))
    order = randperm(2 * n, generator=generator)
    return cat(parts)[order], (order < n).float().view(-1, 1)
