"""CIFAR10 and CIFAR100: the shipped stand-in, downloads, damaged files; the download of weights."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import shutil
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.vision import faultserver as fs
from tests.vision.test_archives import Call
from tinygrad_edu.vision import datasets, models
from tinygrad_edu.vision.datasets import utils
from tinygrad_edu.vision.datasets.idx import DataFileError

SHIPPED = Path(__file__).parents[2] / "datasets" / "shapes"


# ------------------------------------------------------------------------------------------------- the shipped set
def test_shapes_stand_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = (datasets.CIFAR10(tmp_path, train=train) for train in (True, False))
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith("CIFAR10: using the") and "drawn shapes" in line for line in lines] == [True, True]
    assert (len(train), len(test)) == (4000, 1000)
    for data in (train, test):
        counts = np.bincount(data.targets)
        assert counts.tolist() == [len(data) // 10] * 10
        assert data.data.dtype == np.uint8
        assert data.data.shape == (len(data), 32, 32, 3)
    assert len({image.tobytes() for image in (*train.data, *test.data)}) == 5000
    assert train.classes == sorted(train.class_to_idx)
    assert train[7][0].size == (32, 32)
    copy = pickle.loads(pickle.dumps(test))  # as worker processes get it
    assert np.array_equal(copy.data, test.data)


def test_without_the_shipped_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path))
    for kind in (datasets.CIFAR10, datasets.CIFAR100):
        with pytest.raises(RuntimeError, match=r"^Dataset not found or corrupted\. You can use download=True"):
            kind(tmp_path)


def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes) -> Path:
    """The shipped set with one file replaced."""
    folder = tmp_path / "course"
    shutil.copytree(SHIPPED, folder / "shapes")
    (folder / "shapes" / f"{name}.gz").write_bytes(content)
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(folder))
    return folder / "shapes" / f"{name}.gz"


def batch(**changes: Any) -> bytes:
    content = {"data": np.zeros((2, 3072), np.uint8), "labels": [0, 9], **changes}
    return gzip.compress(pickle.dumps(content, protocol=2))


BAD = {
    "no data": batch(data=None),
    "floats": batch(data=np.zeros((2, 3072))),
    "another shape": batch(data=np.zeros((2, 3071), np.uint8)),
    "one dimension": batch(data=np.zeros(3072, np.uint8)),
    "fewer labels": batch(labels=[1]),
    "a label too high": batch(labels=[0, 10]),
    "a negative label": batch(labels=[0, -1]),
    "labels that are no ints": batch(labels=[0, "1"]),
    "labels as an array": batch(labels=np.array([0, 1])),
    "code": batch(labels=Call(print, "executed")),
    "not gzipped": b"text",
    "cut off": batch()[:50],
    "empty": b"",
}


@pytest.mark.parametrize("what", BAD)
def test_a_damaged_file_is_named(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = damaged(tmp_path, monkeypatch, "test_batch", BAD[what])
    with pytest.raises(DataFileError) as caught:
        datasets.CIFAR10(tmp_path, train=False)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith("delete it, and `tinygrad-edu init` with the course's folder brings it back.")
    assert "executed" not in capsys.readouterr().out


@pytest.mark.parametrize("names", [None, [], "text", [1, 2], {"a": 1}])
def test_damaged_names(names: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged(tmp_path, monkeypatch, "batches.meta", gzip.compress(pickle.dumps({"label_names": names})))
    with pytest.raises(DataFileError, match="does not name the classes"):
        datasets.CIFAR10(tmp_path)


# ------------------------------------------------------------------------------------------------------- download
def archive(names: list[str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as tar:
        for name in names:
            packed = SHIPPED / f"{'batches.meta' if 'meta' in name else 'test_batch'}.gz"
            data = gzip.decompress(packed.read_bytes())
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def test_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("no_proxy", "*")
    content = archive(["data_batch_1", "test_batch", "batches.meta"])
    kind = datasets.CIFAR10
    md5 = lambda data: hashlib.md5(data).hexdigest()  # noqa: E731
    plain, meta = (md5(gzip.decompress((SHIPPED / f"{n}.gz").read_bytes())) for n in ("test_batch", "batches.meta"))
    monkeypatch.setattr(kind, "tgz_md5", md5(content))
    monkeypatch.setattr(kind, "train_list", [["data_batch_1", plain]])
    monkeypatch.setattr(kind, "test_list", [["test_batch", plain]])
    monkeypatch.setattr(kind, "meta", {**kind.meta, "md5": meta})
    with fs.serving(content) as server:
        monkeypatch.setattr(kind, "url", server.url(fs.good))
        data = kind(tmp_path, download=True)
        assert len(data) == 1000
        assert len(server.requests) == 1
        kind(tmp_path, train=False, download=True)
        assert len(server.requests) == 1  # it is there
        assert capsys.readouterr().out == ""
        (tmp_path / kind.base_folder / "test_batch").write_bytes(b"damaged")
        with pytest.raises(RuntimeError, match="Dataset not found or corrupted"):
            kind(tmp_path)
        assert len(kind(tmp_path, download=True)) == 1000  # mended from the archive that is still there
        assert len(server.requests) == 1

        monkeypatch.setattr(kind, "url", server.url(fs.wrong_bytes))
        with pytest.raises(RuntimeError, match="the wrong bytes"):
            kind(tmp_path / "other", download=True)


@pytest.mark.parametrize("kind", [datasets.CIFAR10, datasets.MNIST])
def test_without_a_network(
    kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``download=True`` then gives the shipped part, and says why; without one it fails."""
    monkeypatch.setenv("no_proxy", "*")
    nobody = "http://127.0.0.1:9/"
    monkeypatch.setattr(kind, "url", nobody, raising=False)
    monkeypatch.setattr(kind, "mirrors", [nobody], raising=False)
    data = kind(tmp_path, train=False, download=True)
    assert len(data) == 1000
    out = capsys.readouterr().out
    assert "Error downloading" in out
    assert "connection failed" in out
    monkeypatch.setenv("TINYGRAD_EDU_DATASETS", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match="Error downloading"):
        kind(tmp_path, download=True)


def test_download_and_extract_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    content = archive(["batches.meta"])
    with fs.serving(content) as server:
        url = server.url(fs.cut_after(100), fs.good)
        utils.download_and_extract_archive(url, tmp_path, filename="x.tar.gz")  # no checksum: whatever comes
        assert (tmp_path / "cifar-10-batches-py" / "batches.meta").is_file()
        md5 = hashlib.md5(content).hexdigest()
        utils.download_and_extract_archive(url, tmp_path / "b", tmp_path / "c", "y.tgz", md5, remove_finished=True)
        assert [p.name for p in (tmp_path / "b").iterdir()] == []
        assert (tmp_path / "c" / "cifar-10-batches-py").is_dir()
        with pytest.raises(RuntimeError, match="the wrong bytes"):
            utils.download_url(url, tmp_path, "z", "0" * 32)


def test_weights_are_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To torch's folder of checkpoints, checked by the digits in the file's name."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    class Small(tg.nn.Module):
        def __init__(self, num_classes: int = 2) -> None:
            super().__init__()
            self.fc = tg.nn.Linear(3, num_classes)

    buffer = io.BytesIO()
    tg.save(Small().state_dict(), buffer)
    content = buffer.getvalue()
    digits = hashlib.sha256(content).hexdigest()[:8]
    with fs.serving(content) as server:
        server.behaviours[f"small-{digits}.pth"] = [fs.good]
        url = server.url(fs.good).rpartition("/")[0] + f"/small-{digits}.pth"

        class Small_Weights(models.WeightsEnum):
            V1 = models.Weights(url, lambda: None, {"num_classes": 2})

        build = models.pretrained.builder(Small_Weights)(lambda **arguments: Small(**arguments))
        models.pretrained._builders.pop("<lambda>")
        for _ in range(2):
            model = build(weights=Small_Weights.V1, progress=False)
        assert len(server.requests) == 1
        assert model.fc.weight.shape == (2, 3)
        path = tmp_path / "hub" / "checkpoints" / f"small-{digits}.pth"
        path.write_bytes(content[:-50])
        with pytest.raises(RuntimeError, match=path.name):
            build(weights="V1", progress=False)
        path.unlink()
        server.content = content + b"more"
        with pytest.raises(RuntimeError, match="the wrong bytes"):
            build(weights="V1", progress=False)
        assert not path.exists()
