"""Pictures of loading: well-formed, nothing cut off, and true to what the loader does."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.viz import svg

SVG = "{http://www.w3.org/2000/svg}"
data = tg.utils.data


def shuffled(**options: object) -> data.DataLoader:  # type: ignore[type-arg]
    return data.DataLoader(range(10), shuffle=True, generator=tg.Generator().manual_seed(0), **options)


def pictures() -> dict[str, viz.Picture]:
    return {
        "in order": viz.batches(data.DataLoader(range(7), batch_size=3)),
        "left out": viz.batches(shuffled(batch_size=4, drop_last=True), epochs=3),
        "single": viz.batches(data.DataLoader(range(12))),
        "empty": viz.batches(data.DataLoader([], batch_size=2)),
        "alone": viz.workers(0),
        "four": viz.workers(4, fetch=3, step=1, batches=10),
        "slow step": viz.workers(1, fetch=1, step=3, batches=3, prefetch=1),
    }


@pytest.mark.parametrize("name", pictures())
def test_well_formed_whole_and_the_same_twice(name: str) -> None:
    picture = pictures()[name]
    root = ET.fromstring(picture.svg)
    assert root.get("aria-label") == picture.title
    assert root.findtext(f"{SVG}desc") == repr(picture)
    left, top, width, height = map(float, root.get("viewBox", "").split())
    for box in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(box.get(k, "nan")) for k in ("x", "y", "width", "height"))
        assert left <= x <= x + w <= left + width
        assert top <= y <= y + h <= top + height
    assert picture == pictures()[name]


def test_batches_are_the_loaders() -> None:
    assert repr(pictures()["in order"]).splitlines() == [
        "7 examples in 3 batches, 1 epoch",
        "epoch 0: 0 1 2 | 3 4 5 | 6",
    ]
    loader = shuffled(batch_size=4, drop_last=True)
    first, second, third = repr(pictures()["left out"]).splitlines()[1:]
    for line in (first, second, third):
        chosen = " | ".join(" ".join(map(str, batch)) for batch in loader.batch_sampler)
        assert line.partition(": ")[2].startswith(f"{chosen}   left out: ")
    assert first != second.replace("epoch 1", "epoch 0")


def test_unused_examples_are_dashed() -> None:
    boxes = list(ET.fromstring(pictures()["left out"].svg).iter(f"{SVG}rect"))
    assert [box.get("stroke") for box in boxes if box.get("stroke-dasharray")] == [svg.GREY] * 6
    assert len(boxes) == 30


@pytest.mark.parametrize(
    ("number", "end"),
    [(0, 24), (1, 19), (2, 11), (3, 9), (6, 9)],  # 6·(3+1); 6·3+1; three rounds of 3, two steps; 3+6 from 3 on
)
def test_when_workers_are_done(number: int, end: int) -> None:
    assert viz.workers(number, fetch=3, step=1, batches=6).title.endswith(f"done after {end}")


def test_a_worker_waits_until_its_batch_was_taken() -> None:
    """prefetch 1: batch 1 is begun when batch 0 was taken at 1, batch 2 when batch 1 was taken at 4."""
    fetches, steps = viz.loading._schedule(1, 1, 3, 3, 1)
    assert [begin for begin, _, _ in fetches] == [0, 1, 4]
    assert [begin for begin, _, _ in steps] == [1, 4, 7]


def test_what_it_refuses() -> None:
    with pytest.raises(TypeError, match="expected a DataLoader with batches, got list"):
        viz.batches([1, 2])
    with pytest.raises(TypeError, match="expected a DataLoader with batches, got DataLoader"):
        viz.batches(data.DataLoader(range(3), batch_size=None))
    with pytest.raises(ValueError, match="at most 64 examples, got 65"):
        viz.batches(data.DataLoader(range(65)))
    with pytest.raises(ValueError, match="number >= 0"):
        viz.workers(-1)
