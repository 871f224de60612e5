"""Data sets fetched from a server on this machine: unpacked, put in their places, and nothing of a damaged archive."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vision import dataset_files as files
from tests.vision import faultserver as fs
from tests.vision.comparing import item
from tinygrad_edu.vision import datasets

pytestmark = pytest.mark.usefixtures("packages")

Packer = Callable[[Path, Path], None]  # from the set's folder to its archive


def tgz(folder: str) -> Packer:
    return lambda root, target: files.tar(target, root / folder, "w:gz")


def zip_of(folder: str, part: str) -> Packer:
    return lambda root, target: files.zipped(target, root / folder, part)


def emnist(root: Path, target: Path) -> None:
    """A zip file with a folder of gzipped files."""
    for path in (root / "EMNIST" / "raw").iterdir():
        files.text(root / "x" / "gzip" / f"{path.name}.gz", gzip.compress(path.read_bytes()))
    files.zipped(target, root / "x", "gzip")


def caltech101(root: Path, target: Path) -> None:
    """A zip file with a folder of archives."""
    for name in ("101_ObjectCategories", "Annotations"):
        shutil.move(root / "caltech101" / name, root / name / name)
        (root / "x" / "caltech-101").mkdir(parents=True, exist_ok=True)
        files.tar(root / "x" / "caltech-101" / f"{name}.tar.gz", root / name, "w:gz")
    files.zipped(target, root / "x", "caltech-101")


def sbd(root: Path, target: Path) -> None:
    (root / "inst").mkdir()
    shutil.move(root, root.parent / "x" / "benchmark_RELEASE" / "dataset")
    files.tar(target, root.parent / "x", "w:gz")


def inat(root: Path, target: Path) -> None:
    shutil.move(root / "2021_valid", root / "x" / "val")
    files.tar(target, root / "x", "w:gz")


CASES: list[tuple[str, files.Builder, Packer, dict[str, Any]]] = [
    ("DTD", files.dtd, tgz("dtd"), {}),
    ("FGVCAircraft", files.aircraft, tgz(""), {}),
    ("Country211", files.country, tgz(""), {}),
    ("Imagenette", files.imagenette, tgz(""), {"size": "160px"}),
    ("VOCSegmentation", files.voc, lambda root, target: files.tar(target, root), {"year": "2007"}),
    ("CLEVRClassification", files.clevr, zip_of("clevr", "CLEVR_v1.0"), {}),
    ("EuroSAT", files.euro_sat, zip_of("eurosat", "2750"), {}),
    ("Omniglot", files.omniglot, zip_of("omniglot-py", "images_background"), {}),
    ("EMNIST", files.emnist, emnist, {"split": "letters"}),
    ("Caltech101", files.caltech101, caltech101, {"target_type": "annotation"}),
    ("SBDataset", files.sbd, sbd, {}),
    ("INaturalist", files.inat_2021, inat, {"version": "2021_valid"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
@pytest.mark.usefixtures("any_checksum")
def test_fetched_and_unpacked(case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, build, pack, arguments = case
    kind, root = getattr(datasets, name), tmp_path / "data"
    build(tmp_path / "made")
    arguments = {"root": str(root), **arguments}
    wanted = kind(**{**arguments, "root": str(tmp_path / "made")})
    items = [item(wanted, i) for i in range(len(wanted))]
    pack(tmp_path / "made", tmp_path / "packed")
    content = (tmp_path / "packed").read_bytes()
    checksum = "md5:" + hashlib.md5(content).hexdigest()
    fetch = datasets.utils.download
    monkeypatch.setenv("no_proxy", "*")
    with fs.serving(content) as server:

        def behaving(behaviour: fs.Behaviour) -> None:
            url = server.url(behaviour)
            monkeypatch.setattr(
                datasets.utils, "download", lambda urls, path, _, **more: fetch([url], path, checksum, **more)
            )

        behaving(fs.wrong_bytes)
        with pytest.raises(RuntimeError, match="the wrong bytes"):
            kind(**arguments, download=True)
        with pytest.raises((RuntimeError, FileNotFoundError)):
            kind(**arguments)
        behaving(fs.good)
        data = kind(**arguments, download=True)
        asked = len(server.requests)
        assert sorted(map(str, items)) == sorted(str(item(data, i)) for i in range(len(data)))
        assert not [path for path in root.rglob("*") if path.name.startswith(".") or path.suffix == ".part"]
        if name not in ("VOCSegmentation", "SBDataset"):  # these unpack anew
            kind(**arguments, download=True)
        assert len(kind(**arguments)) == len(items)
        assert len(server.requests) == asked


def test_an_archive_that_is_not_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.utils, "download", lambda urls, path, checksum, **more: files.text(Path(path), "text"))
    with pytest.raises(RuntimeError, match="is damaged and was not unpacked"):
        datasets.DTD(tmp_path, download=True)
    with pytest.raises(RuntimeError, match="Dataset not found"):
        datasets.DTD(tmp_path)


def test_google_drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gdown", None)
    fetch = datasets.utils.download_file_from_google_drive
    with pytest.raises(RuntimeError, match=r"^To download files from GDrive, 'gdown' is required"):
        fetch("number", tmp_path)
    gdown = types.ModuleType("gdown")
    asked = []
    gdown.download = lambda id, output, **options: asked.append(id) or Path(output).write_bytes(b"content")
    monkeypatch.setitem(sys.modules, "gdown", gdown)
    fetch("number", tmp_path / "a", md5=hashlib.md5(b"content").hexdigest())
    assert (tmp_path / "a" / "number").read_bytes() == b"content"
    fetch("number", tmp_path / "a", md5=hashlib.md5(b"content").hexdigest())
    assert asked == ["number"]
    with pytest.raises(RuntimeError, match=r"^File not found or corrupted\.$"):
        fetch("other", tmp_path, "name", "0" * 32)


def test_what_is_still_at_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SBU fetches a picture at a time; many are gone."""
    files.sbu(tmp_path / "made")
    shutil.move(tmp_path / "made" / "dataset", tmp_path / "dataset")
    pictures = {path.name: path.read_bytes() for path in (tmp_path / "dataset").glob("*.jpg")}
    for name in pictures:
        (tmp_path / "dataset" / name).unlink()

    def fetch(urls: list[str], path: Any, checksum: str | None, **more: Any) -> None:
        name = urls[0].rpartition("/")[2]
        if name not in pictures:
            raise datasets.captions.DownloadError("gone")
        Path(path).write_bytes(pictures[name])

    monkeypatch.setattr(datasets.utils, "download", fetch)
    monkeypatch.setattr(
        datasets.captions,
        "download_and_extract_archive",
        lambda *args, **more: files.text(tmp_path / datasets.SBU.filename, ""),
    )
    monkeypatch.setattr(datasets.SBU, "md5_checksum", hashlib.md5(b"").hexdigest())
    data = datasets.SBU(tmp_path)
    assert data.captions == ["A wooden chair", "The view"]
    assert data[1][0].size == (7, 5)


def test_a_large_archive_is_taken_where_its_checksum_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.dtd(tmp_path / "made")
    files.tar(tmp_path / "a.tar", tmp_path / "made")
    md5 = datasets.utils.calculate_md5(tmp_path / "a.tar")
    monkeypatch.setattr(datasets.archives, "MAX_MEMBERS", 3)
    with pytest.raises(RuntimeError, match="more than 3 members"):
        datasets.utils.download_and_extract_archive("http://x/a.tar", tmp_path)
    datasets.utils.download_and_extract_archive("http://x/a.tar", tmp_path, md5=md5)
    assert (tmp_path / "dtd" / "dtd").is_dir()


def test_damaged_files_of_qmnist(tmp_path: Path) -> None:
    files.qmnist(tmp_path)
    path = tmp_path / "QMNIST" / "raw" / "qmnist-train-labels-idx2-int"
    whole = path.read_bytes()
    for content, says in (
        (whole[:-1], "promises 2 x 8 bytes"),
        (whole[:5], "is cut off"),
        (b"\0\0\x08" + whole[3:], "not an IDX file of rows of facts"),
    ):
        path.write_bytes(content)
        with pytest.raises(RuntimeError, match=says):
            datasets.QMNIST(tmp_path)
