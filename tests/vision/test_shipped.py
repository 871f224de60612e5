"""The small sets that come with the course: checksums, scripts that make them, what can be learnt from them."""

from __future__ import annotations

import csv
import datetime
import gzip
import hashlib
import importlib.util
import json
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.vision import datasets, transforms

HOME = Path(__file__).parents[2] / "datasets"


def script(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, HOME / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["dates", "shapes", "thermometer"])
def test_the_readme_tells_the_checksums(name: str) -> None:
    text = (HOME / name / "README.md").read_text(encoding="utf-8")
    told = {
        m[1]: (int(m[2].replace(",", "")), m[3])
        for m in re.finditer(r"\| `(.+?)` \| ([\d,]+) bytes \| `(\w{64})` \|", text)
    }
    found = {
        p.name: (p.stat().st_size, hashlib.sha256(p.read_bytes()).hexdigest())
        for p in (HOME / name).iterdir()
        if p.name != "README.md"
    }
    assert told == found
    assert "**Licence.**" in text
    assert "**Source.**" in text


def test_everything_is_small() -> None:
    assert sum(p.stat().st_size for p in HOME.rglob("*") if p.is_file() and "full" not in p.parts) < 4_000_000
    folders = {p.name for p in HOME.iterdir() if p.is_dir()} - {"full", "__pycache__"}
    told = set(re.findall(r"^\| `(\w+)/` \|", (HOME / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == folders
    assert all((HOME / name / "README.md").is_file() for name in folders)


# -------------------------------------------------------------------------------------------------------- shapes
def test_the_script_draws_these_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pictures (drawing all takes a while; ``--check`` does)."""
    shapes = script("make_shapes")
    monkeypatch.setattr(shapes, "batches", lambda: first(30))

    def first(n: int) -> dict[str, dict[str, Any]]:
        rng = shapes.random.Random(shapes.SEED)
        labels = [i % 10 for i in range(shapes.SIZES["data_batch_1"])]
        rng.shuffle(labels)
        drawn = [shapes.draw(rng, shapes.SHAPES[shapes.CLASSES[label]]).reshape(3072) for label in labels[:n]]
        return {"data_batch_1": {"data": np.stack(drawn), "labels": labels}}

    stored = pickle.loads(gzip.decompress((HOME / "shapes" / "data_batch_1.gz").read_bytes()))
    made = first(30)["data_batch_1"]
    assert made["labels"] == stored["labels"]
    assert np.array_equal(made["data"], stored["data"][:30])

    monkeypatch.setattr("sys.argv", ["make_shapes.py", "--out", str(tmp_path)])
    shapes.main()
    assert (tmp_path / "data_batch_1.gz").read_bytes()[4:8] == bytes(4)  # no time in the file
    monkeypatch.setattr("sys.argv", ["make_shapes.py", "--out", str(tmp_path), "--check"])
    with pytest.raises(SystemExit) as ended:
        shapes.main()
    assert ended.value.code is None
    (tmp_path / "data_batch_1.gz").write_bytes(shapes.packed({**made, "labels": [1] * 30}))
    with pytest.raises(SystemExit, match=r"differs from what is drawn: data_batch_1\.gz"):
        shapes.main()


def accuracy(net: Any, images: Any, labels: Any) -> float:
    with tg.no_grad():
        return float((net(images).argmax(1) == labels).float().mean())


def test_a_convolutional_net_learns_the_shapes_and_a_linear_one_does_not(tmp_path: Path) -> None:
    def tensors(train: bool) -> tuple[Any, Any]:
        data = datasets.CIFAR10(tmp_path, train=train)
        return tg.from_numpy(data.data.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1, tg.tensor(data.targets)

    (images, labels), test = tensors(True), tensors(False)

    def trained(net: Any, epochs: int, learning_rate: float) -> float:
        optimizer = tg.optim.Adam(net.parameters(), lr=learning_rate)
        for _ in range(epochs):
            for rows in tg.randperm(len(images)).split(32):
                optimizer.zero_grad()
                nn.functional.cross_entropy(net(images[rows]), labels[rows]).backward()
                optimizer.step()
        return accuracy(net, *test)

    tg.manual_seed(0)
    linear = nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))
    assert 0.3 < trained(linear, 5, 3e-4) < 0.6
    tg.manual_seed(0)
    assert trained(convolutional(), 3, 2e-3) > 0.85


def convolutional() -> Any:
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ traffic lights
LIGHTS = HOME / "traffic_lights"


def test_traffic_lights() -> None:
    with (LIGHTS / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 120
    for i, row in enumerate(rows):
        described = json.loads((LIGHTS / row["annotation"]).read_text())
        assert (row["image"], row["annotation"]) == (f"{i}.jpg", f"{i}.json")
        assert (described["image"], described["state"]) == (row["image"], row["state"])
        with Image.open(LIGHTS / row["image"]) as picture:
            assert (picture.format, list(picture.size), picture.mode) == ("JPEG", described["size"], "RGB")
            left, top, width, height = described["box"]
            assert 0 <= left < left + width <= picture.width
            assert 0 <= top < top + height <= picture.height
            middle = (left + width // 4, top, left + width - width // 4, top + height)
            lamps = np.asarray(picture.crop(middle), float)
        thirds = [part.max(axis=2).mean() for part in np.array_split(lamps, 3)]
        lit = {"red": 0, "yellow": 1, "green": 2}.get(row["state"])
        assert lit is None or int(np.argmax(thirds)) == lit
    assert {row["state"] for row in rows} == {"red", "yellow", "green", "off"}


def test_the_checksums_of_the_traffic_lights() -> None:
    told = dict(reversed(line.split("  ")) for line in (LIGHTS / "SHA256SUMS").read_text().splitlines())
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in LIGHTS.iterdir()}
    del found["README.md"], found["SHA256SUMS"]
    assert told == found
    assert len(told) == 241


def test_the_script_draws_these_lights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lights = script("make_traffic_lights")
    made = lights.files()
    assert [name for name, data in made.items() if not lights.same(name, data, LIGHTS)] == []
    monkeypatch.setattr(lights, "files", lambda: {name: made[name] for name in ("0.jpg", "0.json", "1.jpg")})
    monkeypatch.setattr("sys.argv", ["make_traffic_lights.py", "--out", str(tmp_path)])
    lights.main()
    assert len(list(tmp_path.iterdir())) == 4
    (tmp_path / "0.json").write_text("{}")
    (tmp_path / "1.jpg").write_bytes(made["2.jpg"])
    monkeypatch.setattr("sys.argv", ["make_traffic_lights.py", "--out", str(tmp_path), "--check"])
    with pytest.raises(SystemExit, match=r"differs from what is drawn: 0\.json, 1\.jpg"):
        lights.main()


def test_a_data_set_of_your_own() -> None:
    """As the chapter on data writes it."""

    class TrafficLights(tg.utils.data.Dataset):
        states = ("red", "yellow", "green", "off")

        def __init__(self, transform: Any) -> None:
            self.files = sorted(LIGHTS.glob("*.json"), key=lambda path: int(path.stem))
            self.transform = transform

        def __len__(self) -> int:
            return len(self.files)

        def __getitem__(self, index: int) -> tuple[Any, int]:
            described = json.loads(self.files[index].read_text())
            with Image.open(LIGHTS / described["image"]) as picture:
                return self.transform(picture), self.states.index(described["state"])

    loader = tg.utils.data.DataLoader(TrafficLights(transforms.ToTensor()), batch_size=16)
    images, targets = next(iter(loader))
    assert images.shape == (16, 3, 64, 48)
    assert targets.dtype == tg.int64
    assert len(loader) == 8


# ---------------------------------------------------------------------------------------------------- small sets
def test_thermometer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    t_c, t_u = datasets.thermometer()
    assert t_c.tolist() == [0.5, 14, 15, 28, 11, 8, 3, -4, 6, 13, 21]
    assert float(((1.0 * t_u + 0.0 - t_c) ** 2).mean()) == pytest.approx(1763.8846)
    (tmp_path / "thermometer").mkdir()
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path))
    for content in (None, b"t_c,t_u\n1,x\n", b"a,b\n1,2\n", b"\xff\xfe", b"t_c,t_u\n1\n", b""):
        if content is not None:
            (tmp_path / "thermometer" / "thermometer.csv").write_bytes(content)
        with pytest.raises(RuntimeError, match=r"thermometer\.csv cannot be read"):
            datasets.thermometer()
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match="are not at hand"):
        datasets.thermometer()


def test_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = script("make_dates").files()
    assert {name: (HOME / "dates" / name).read_bytes() for name in made} == made
    train, test = datasets.dates(), datasets.dates(train=False)
    days = [datetime.date.fromisoformat(iso) for _, iso in train + test]
    assert (len(train), len(test)) == (8000, 1000)
    assert len(set(days)) == 9000
    # what is written means that day: a reader of its own, which knows nothing of the script
    months = {datetime.date(2000, m, 1).strftime("%b").lower(): m for m in range(1, 13)}
    for (written, iso), day in zip(train + test, days, strict=True):
        numbers = [int(n) for n in re.findall(r"\d+", written)]
        month = next((months[w[:3]] for w in re.findall(r"[a-z]+", written.lower()) if w[:3] in months), numbers[1])
        year = next((n for n in numbers if n > 99), numbers[-1] + (1900 if numbers[-1] >= 50 else 2000))
        of_month = numbers[2] if "/" in written else numbers[0]
        assert datetime.date(year, month, of_month) == day, (written, iso)
        weekday = re.match(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)", written)
        assert weekday is None or weekday[0] == day.strftime("%a"), written
    (tmp_path / "dates").mkdir()
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path))
    for content in (None, b"May 1 2000\n", b"\xff\t1\n", b""):
        if content is not None:
            (tmp_path / "dates" / "train.tsv").write_bytes(content)
        with pytest.raises(RuntimeError, match=r"train\.tsv cannot be read"):
            datasets.dates()
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match="are not at hand"):
        datasets.dates()


def test_line() -> None:
    tg.manual_seed(0)
    x, y = datasets.line()
    assert (x.shape, y.shape) == ((400, 2), (400, 1))
    assert -5 <= float(x.min()) < float(x.max()) <= 5
    ones = np.ones((400, 1), np.float32)
    found = np.linalg.lstsq(np.hstack([x.numpy(), ones]), y.numpy(), rcond=None)[0]
    assert found[:, 0] == pytest.approx([2, -3, 10], abs=0.4)
    x, y = datasets.line(3, [1.0], 0.0, 0.0, generator=tg.Generator().manual_seed(1))
    assert y.tolist() == x.tolist()


def test_rings() -> None:
    x, y = datasets.rings(500, generator=tg.Generator().manual_seed(0))
    again = datasets.rings(500, generator=tg.Generator().manual_seed(0))
    assert x.tolist() == again[0].tolist()
    assert (x.shape, y.shape, float(y.sum())) == ((1000, 2), (1000, 1), 500)
    far, inner = x.norm(dim=1), y[:, 0] == 1
    assert float(far[inner].mean()) == pytest.approx(5, abs=0.2)
    assert float(far[~inner].mean()) == pytest.approx(8, abs=0.2)
    assert 0 < float(y[:100].mean()) < 1  # mixed
