"""Make `datasets/shapes/`: ten classes of drawn shapes, 32 x 32 in colour, in the format of CIFAR-10.

    python datasets/make_shapes.py            # draws and writes (a minute)
    python datasets/make_shapes.py --check    # draws and compares with what is there

Each picture shows one light shape, of random size, place, turn and colour, on a dark background of two colours that run
into each other, with a few strokes across in any colour. All numbers come from Python's generator with a fixed seed; its
stream is the same on every machine.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import math
import pickle
import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent / "shapes"
SEED = 20240229
SIZES = {"data_batch_1": 4000, "test_batch": 1000}
SIDE = 32
LEVELS = 8  # of each colour: flat areas pack well

Grid = numpy.ndarray
Shape = Callable[
    [Grid, Grid], Grid
]  # x, y in units of the shape's size, y upwards -> how far outside (negative: inside)


def polygon(points: list[tuple[float, float]]) -> Shape:
    """The inside of a polygon: the distance to its edge, negative inside (even-odd rule)."""

    def distance(x: Grid, y: Grid) -> Grid:
        far = numpy.full(x.shape, 9.0)
        inside = numpy.zeros(x.shape, bool)
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
            ex, ey = bx - ax, by - ay
            along = numpy.clip(((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey), 0, 1)
            far = numpy.minimum(far, (x - ax - along * ex) ** 2 + (y - ay - along * ey) ** 2)
            if ay != by:
                inside ^= ((ay > y) != (by > y)) & (x < ex * (y - ay) / ey + ax)
        return numpy.sqrt(far) * numpy.where(inside, -1, 1)

    return distance


def around(*radii: float, count: int) -> list[tuple[float, float]]:
    """Points on a circle, the first on top, at these distances in turn."""
    turns = [math.pi / 2 + 2 * math.pi * i / count for i in range(count)]
    return [(radii[i % len(radii)] * math.cos(t), radii[i % len(radii)] * math.sin(t)) for i, t in enumerate(turns)]


def disc(x: Grid, y: Grid) -> Grid:
    return numpy.sqrt(x * x + y * y) - 0.95


def ring(x: Grid, y: Grid) -> Grid:
    return numpy.abs(numpy.sqrt(x * x + y * y) - 0.72) - 0.25


def crescent(x: Grid, y: Grid) -> Grid:
    return numpy.maximum(numpy.sqrt(x * x + y * y) - 0.98, 0.78 - numpy.sqrt((x - 0.45) ** 2 + y * y))


def heart(x: Grid, y: Grid) -> Grid:
    lobes = numpy.sqrt((numpy.abs(x) - 0.43) ** 2 + (y - 0.3) ** 2) - 0.5
    tip = polygon([(-0.86, 0.07), (0.86, 0.07), (0.0, -0.98)])(x, y)
    return numpy.minimum(lobes, tip)


SHAPES: dict[str, Shape] = {
    "arrow": polygon([(1, 0), (0.15, 0.8), (0.15, 0.3), (-1, 0.3), (-1, -0.3), (0.15, -0.3), (0.15, -0.8)]),
    "crescent": crescent,
    "cross": polygon(
        [(0.32, 1), (0.32, 0.32), (1, 0.32), (1, -0.32), (0.32, -0.32), (0.32, -1)]
        + [(-0.32, -1), (-0.32, -0.32), (-1, -0.32), (-1, 0.32), (-0.32, 0.32), (-0.32, 1)]
    ),
    "disc": disc,
    "heart": heart,
    "hourglass": polygon([(-0.8, 0.95), (0.8, 0.95), (0.12, 0), (0.8, -0.95), (-0.8, -0.95), (-0.12, 0)]),
    "ring": ring,
    "square": polygon([(0.8, 0.8), (0.8, -0.8), (-0.8, -0.8), (-0.8, 0.8)]),
    "star": polygon(around(1.1, 0.45, count=10)),
    "triangle": polygon(around(1.1, count=3)),
}
CLASSES = list(SHAPES)


def colour(rng: random.Random, low: float, high: float) -> list[float]:
    """A colour whose brightness (the mean of red, green and blue) lies between two numbers."""
    while True:
        found = [rng.random() for _ in range(3)]
        if low <= sum(found) / 3 <= high:
            return found


def draw(rng: random.Random, shape: Shape) -> numpy.ndarray:
    """One picture, uint8 (3, 32, 32)."""
    ys, xs = numpy.mgrid[0:SIDE, 0:SIDE] + 0.5
    ground = [colour(rng, 0.05, 0.45) for _ in range(2)]
    paint = colour(rng, 0.55, 0.95)
    turn = 2 * math.pi * rng.random()
    ramp = ((xs - 16) * math.cos(turn) + (ys - 16) * math.sin(turn)) / 45 + 0.5
    picture = numpy.stack([a + (b - a) * ramp for a, b in zip(*ground)])
    for _ in range(rng.randrange(1, 4)):  # strokes: thin lines across
        px, py, angle, width = 32 * rng.random(), 32 * rng.random(), math.pi * rng.random(), 0.3 + 0.5 * rng.random()
        off = numpy.abs((xs - px) * math.sin(angle) - (ys - py) * math.cos(angle)) - width
        tone = [rng.random() for _ in range(3)]
        picture = blended(picture, tone, off)
    size = 8.0 + 4.0 * rng.random()
    room = 15.5 - size
    cx, cy = (16 + room * (2 * rng.random() - 1) for _ in range(2))
    angle = math.radians(15) * (2 * rng.random() - 1)
    x = ((xs - cx) * math.cos(angle) + (ys - cy) * math.sin(angle)) / size
    y = ((xs - cx) * math.sin(angle) - (ys - cy) * math.cos(angle)) / size
    picture = blended(picture, paint, shape(x, y) * size)
    levels = numpy.floor(numpy.clip(picture, 0, 1) * (LEVELS - 1) + 0.5)
    return (levels * (255 // (LEVELS - 1))).astype(numpy.uint8)


def blended(picture: numpy.ndarray, tone: list[float], outside: Grid) -> numpy.ndarray:
    """The picture with a tone where `outside` (in pixels) is negative, half of it at the edge."""
    cover = numpy.clip(0.5 - outside, 0, 1)
    return picture + (numpy.array(tone)[:, None, None] - picture) * cover


def batches() -> dict[str, dict[str, object]]:
    """The contents of the three files, as CIFAR-10's."""
    rng = random.Random(SEED)
    made: dict[str, dict[str, object]] = {
        "batches.meta": {"num_cases_per_batch": SIZES["data_batch_1"], "label_names": CLASSES, "num_vis": 3072}
    }
    for name, count in SIZES.items():
        labels = [i % len(CLASSES) for i in range(count)]
        rng.shuffle(labels)
        data = numpy.stack([draw(rng, SHAPES[CLASSES[label]]).reshape(3072) for label in labels])
        names = [f"{CLASSES[label]}_{i:04}.png" for i, label in enumerate(labels)]
        made[name] = {"batch_label": name, "labels": labels, "data": data, "filenames": names}
    return made


def packed(content: dict[str, object]) -> bytes:
    """A gzipped pickle without name or time, so that equal data give equal files."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as member:
        member.write(pickle.dumps(content, protocol=2))
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: datasets/shapes)")
    parser.add_argument("--check", action="store_true", help="compare with the files in --out instead of writing them")
    args = parser.parse_args()
    made = {f"{name}.gz": content for name, content in batches().items()}
    if args.check:
        wrong = [name for name, content in made.items() if not same(args.out / name, content)]
        sys.exit(f"differs from what is drawn: {', '.join(wrong)}" if wrong else None)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        data = packed(content)
        (args.out / name).write_bytes(data)
        print(f"| `{name}` | {len(data):,} bytes | `{hashlib.sha256(data).hexdigest()}` |")


def same(path: Path, content: dict[str, object]) -> bool:
    """Whether a file of ours holds this (other builds of zlib and NumPy pack the same differently)."""
    stored = pickle.loads(gzip.decompress(path.read_bytes()))
    return list(stored) == list(content) and all(numpy.array_equal(stored[key], content[key]) for key in content)


if __name__ == "__main__":
    main()
