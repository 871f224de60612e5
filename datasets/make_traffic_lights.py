"""Make `datasets/traffic_lights/`: small pictures of traffic lights, each with a JSON file that describes it.

    python datasets/make_traffic_lights.py            # draws and writes
    python datasets/make_traffic_lights.py --check    # draws and compares with what is there

A dark housing with three lamps, one of them lit (or none: the light is out of order), somewhere before a sky and a street.
All numbers come from Python's generator with a fixed seed; its stream is the same on every machine.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy
from PIL import Image

HERE = Path(__file__).resolve().parent / "traffic_lights"
SEED = 20240301
COUNT = 120
WIDTH, HEIGHT = 48, 64
STATES = ["red", "yellow", "green", "off"]
LIT = {"red": (0.95, 0.15, 0.12), "yellow": (0.98, 0.8, 0.15), "green": (0.15, 0.9, 0.4)}

Grid = numpy.ndarray


def blended(picture: Grid, tone: tuple[float, ...], outside: Grid) -> Grid:
    """The picture (H, W, 3) with a tone where `outside` (in pixels) is negative, half of it at the edge."""
    cover = numpy.clip(0.5 - outside, 0, 1)[:, :, None]
    return picture + (numpy.array(tone) - picture) * cover


def box(x: Grid, y: Grid, half_width: float, half_height: float, rounding: float) -> Grid:
    """How far outside of a rectangle with round corners about the origin."""
    dx = numpy.maximum(numpy.abs(x) - half_width + rounding, 0)
    dy = numpy.maximum(numpy.abs(y) - half_height + rounding, 0)
    return numpy.sqrt(dx * dx + dy * dy) - rounding


def draw(rng: random.Random, state: str) -> tuple[Grid, dict[str, Any]]:
    """One picture, uint8 (H, W, 3), and what its JSON file says."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    day = 0.35 + 0.6 * rng.random()
    horizon = 38 + 14 * rng.random()
    sky = numpy.array([0.55, 0.75, 1.0]) * day * (0.7 + 0.3 * rng.random())
    street = numpy.array([0.42, 0.42, 0.45]) * day
    picture = numpy.where((y < horizon)[:, :, None], sky + (y / HEIGHT)[:, :, None] * 0.2 * day, street)
    for _ in range(rng.randrange(2, 5)):  # houses
        left, width, height = WIDTH * rng.random(), 6 + 10 * rng.random(), 8 + 16 * rng.random()
        grey = (0.25 + 0.5 * rng.random()) * day
        tone = tuple(grey * (0.8 + 0.4 * rng.random()) for _ in range(3))
        picture = blended(picture, tone, box(x - left, y - horizon + height / 2, width / 2, height / 2, 0.0))
    radius = 3.2 + 2.3 * rng.random()
    half_width, half_height = 1.7 * radius, 4.3 * radius
    cx = half_width + 2 + (WIDTH - 2 * half_width - 4) * rng.random()
    cy = half_height + 1 + (HEIGHT - 2 * half_height - 6) * rng.random()
    pole = box(x - cx, y - (cy + HEIGHT) / 2, 0.35 * radius, (HEIGHT - cy) / 2 + 1, 0.0)
    picture = blended(picture, (0.2 * day, 0.2 * day, 0.2 * day), pole)
    picture = blended(picture, (0.1, 0.1, 0.11), box(x - cx, y - cy, half_width, half_height, radius * 0.6))
    for i, name in enumerate(STATES[:3]):
        off = numpy.sqrt((x - cx) ** 2 + (y - cy - 2.6 * radius * (i - 1)) ** 2)
        strength = 1.0 if name == state else 0.22
        picture = blended(picture, tuple(strength * part for part in LIT[name]), off - radius)
        if name == state:  # the glow around it
            picture = picture + numpy.array(LIT[name]) * (0.35 * numpy.exp(-((off / (1.6 * radius)) ** 2)))[:, :, None]
    noise = numpy.frombuffer(rng.randbytes(HEIGHT * WIDTH * 3), numpy.uint8).reshape(HEIGHT, WIDTH, 3) / 255 - 0.5
    picture = numpy.clip(picture + 0.03 * noise, 0, 1)
    described = {
        "state": state,
        "box": [round(cx - half_width), round(cy - half_height), round(2 * half_width), round(2 * half_height)],
        "lamp_radius": round(radius, 1),
        "daylight": round(day, 2),
    }
    return (picture * 255 + 0.5).astype(numpy.uint8), described


def pictures() -> list[tuple[Grid, dict[str, Any]]]:
    rng = random.Random(SEED)
    states = [STATES[i % 10 % 4] if i % 10 < 8 else STATES[i % 10 % 3] for i in range(COUNT)]
    rng.shuffle(states)
    made = []
    for i, state in enumerate(states):
        picture, described = draw(rng, state)
        made.append((picture, {"image": f"{i}.jpg", "size": [WIDTH, HEIGHT], **described}))
    return made


def files() -> dict[str, bytes]:
    """All files by name."""
    made: dict[str, bytes] = {}
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["image", "annotation", "state"])
    for i, (picture, described) in enumerate(pictures()):
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, format="JPEG", quality=88)
        made[f"{i}.jpg"] = buffer.getvalue()
        made[f"{i}.json"] = (json.dumps(described) + "\n").encode()
        rows.writerow([f"{i}.jpg", f"{i}.json", described["state"]])
    made["index.csv"] = table.getvalue().encode()
    return made


def checksums(made: dict[str, bytes]) -> bytes:
    """The SHA-256 of every file, as `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in made.items()).encode()


def same(name: str, data: bytes, folder: Path) -> bool:
    """Whether the folder has this file; pictures may differ by what another JPEG encoder does."""
    if not (folder / name).is_file():
        return False
    if not name.endswith(".jpg"):
        return (folder / name).read_bytes() == data
    with Image.open(io.BytesIO(data)) as a, Image.open(folder / name) as b:
        return a.size == b.size and numpy.abs(numpy.asarray(a, int) - numpy.asarray(b, int)).mean() < 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: datasets/traffic_lights)")
    parser.add_argument("--check", action="store_true", help="compare with the files in --out instead of writing them")
    args = parser.parse_args()
    made = files()
    if args.check:
        wrong = [name for name, data in made.items() if not same(name, data, args.out)]
        sys.exit(f"differs from what is drawn: {', '.join(wrong)}" if wrong else None)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, data in {**made, "SHA256SUMS": checksums(made)}.items():
        (args.out / name).write_bytes(data)
    print(f"{len(made)} files, {sum(map(len, made.values())):,} bytes")


if __name__ == "__main__":
    main()
