"""Archives and pickles, whole, damaged and hostile: all of it or one clear error, and nothing executed or misplaced."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import pickletools
import re
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinygrad_edu.vision.datasets import archives, idx, pickles, utils
from tinygrad_edu.vision.datasets.idx import DataFileError

FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
Content = dict[str, bytes]
MODES = {".tar": "w", ".tgz": "w:gz", ".tar.gz": "w:gz", ".tar.bz2": "w:bz2", ".tar.xz": "w:xz"}


def packed(path: Path, content: Content) -> Path:
    """An archive of this content, by the path's suffix; of a plain compressed file the first only."""
    suffix = "".join(path.suffixes)
    if suffix in MODES:
        with tarfile.open(path, MODES[suffix]) as tar:  # type: ignore[call-overload]
            for name, data in content.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    elif suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(name, data)
    else:
        compress = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[suffix]
        path.write_bytes(compress(next(iter(content.values()))))
    return path


def files(folder: Path) -> Content:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refusal(call: Callable[[], Any]) -> str:
    """The text of the one error that a file may give; "" when it is read."""
    try:
        call()
    except DataFileError as error:
        return str(error)
    return ""


CONTENT = {"data/a.txt": b"one", "data/deep/b.bin": bytes(range(256)) * 40, "c": b""}


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip"])
def test_unpack(tmp_path: Path, suffix: str) -> None:
    archive = packed(tmp_path / f"x{suffix}", CONTENT)
    target = tmp_path / "target"
    (target / "data").mkdir(parents=True)
    (target / "data" / "a.txt").write_text("older")
    (target / "kept").write_text("kept")
    assert utils.extract_archive(archive, target) == target
    assert files(target) == {**CONTENT, "kept": b"kept"}
    assert archive.exists()
    assert not [p for p in target.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".zip", ".gz", ".xz", ".bz2"])
def test_a_truncated_archive_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    whole = packed(tmp_path / f"whole{suffix}", {"big": os.urandom(20_000), "small": b"x" * 100}).read_bytes()
    target = tmp_path / "target"
    for part in (0, 1, 100, len(whole) // 2, len(whole) - 30):
        (tmp_path / f"cut{suffix}").write_bytes(whole[:part])
        if text := refusal(lambda: utils.extract_archive(tmp_path / f"cut{suffix}", target)):
            assert f"cut{suffix}" in text
            assert files(target) == {}
        else:  # the last block of a tar is padding
            assert suffix.startswith(".tar")
            assert files(target)["small"] == b"x" * 100
    with pytest.raises(DataFileError, match="does not exist"):
        utils.extract_archive(tmp_path / f"missing{suffix}", target)
    (tmp_path / f"empty{suffix}").write_bytes(b"")


OUTSIDE = ["../evil", "/evil", "a/../../evil", "..", "a\\..\\..\\evil", "C:/evil", "C:\\evil", "/", "a/b/../../../evil"]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".zip"])
def test_no_member_lands_elsewhere(tmp_path: Path, suffix: str, name: str) -> None:
    home = tmp_path / "home" / "user" / "data"
    home.mkdir(parents=True)
    archive = packed(tmp_path / f"evil{suffix}", {"good": b"1", name: b"evil"})
    with pytest.raises(DataFileError, match=r"would land outside|is damaged"):
        utils.extract_archive(archive, home)
    assert not Path("/evil").exists()
    assert set(files(tmp_path)) == {f"evil{suffix}"}


KINDS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]


@pytest.mark.parametrize("kind", KINDS)
def test_tar_members_that_are_no_files(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = kind, "../../etc/passwd"
        tar.addfile(link)
        through = tarfile.TarInfo("link/file")
        through.size = 4
        tar.addfile(through, io.BytesIO(b"evil"))
    with pytest.raises(DataFileError, match="is a link or a device"):
        utils.extract_archive(tmp_path / "x.tar", tmp_path / "target")
    assert files(tmp_path / "target") == {}


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DataFileError, match="is a link or a device"):
        utils.extract_archive(tmp_path / "x.zip", tmp_path / "target")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for suffix in (".zip", ".tar.gz", ".gz"):
        archive = packed(tmp_path / f"bomb{suffix}", {"zeros": bytes(20_000_000)})
        with pytest.raises(DataFileError, match="more than the 1,000,000 bytes allowed"):
            archives.extract_archive(archive, tmp_path / "target", max_bytes=1_000_000)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    archive = packed(tmp_path / "many.zip", {f"{i}": b"" for i in range(11)})
    with pytest.raises(DataFileError, match="more than 10 members"):
        utils.extract_archive(archive, tmp_path / "target")
    assert files(tmp_path / "target") == {}


def test_a_folder_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "target" / "a").mkdir(parents=True)
    with pytest.raises(DataFileError, match="is a folder; expected a file"):
        utils.extract_archive(packed(tmp_path / "x.zip", {"a": b"1"}), tmp_path / "target")


SEEDS = {
    suffix: packed(Path(tempfile.mkdtemp()) / f"x{suffix}", {"a": b"one" * 50, "b/c": b"two" * 80}).read_bytes()
    for suffix in (".zip", ".tar", ".tar.gz", ".tar.xz")
}


@FUZZ
@given(st.data(), st.sampled_from(sorted(SEEDS)))
def test_fuzzed_archives(data: st.DataObject, suffix: str) -> None:
    damaged = damage(data, SEEDS[suffix])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"x{suffix}").write_bytes(damaged)
        target = folder / "target"
        if text := refusal(lambda: archives.extract_archive(folder / f"x{suffix}", target, max_bytes=1 << 20)):
            assert f"x{suffix}" in text
            assert files(target) == {}
        assert {p.name for p in folder.iterdir()} == {f"x{suffix}", "target"}


def damage(data: st.DataObject, content: bytes) -> bytes:
    """Some bytes changed, taken out or put in."""
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(changed) - 1, 0)))
        how = data.draw(st.sampled_from(["set", "cut", "add", "end"]))
        if how == "set" and changed:
            changed[at] = data.draw(st.integers(0, 255))
        elif how == "cut":
            del changed[at : at + data.draw(st.integers(1, 40))]
        elif how == "add":
            changed[at:at] = data.draw(st.binary(max_size=12))
        else:
            del changed[at:]
    return bytes(changed)


# ------------------------------------------------------------------------------------------------------- pickles
def written(folder: Path, content: bytes) -> Path:
    path = folder / "batch"
    path.write_bytes(content)
    return path


def read(folder: Path, content: bytes) -> dict[str, Any]:
    return pickles.read_pickle(written(folder, content), "Fetch it again.")


BATCH = {
    "data": np.arange(12, dtype=np.uint8).reshape(3, 4),
    "labels": [1, 2, 3],
    "text": "x" * 300,
    "more": (None, True, 1.5, -(2**40), {"a": [b"bytes"]}, np.ones((2, 3), np.float64, order="F")),
}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_pickles(tmp_path: Path, protocol: int) -> None:
    batch = {**BATCH, "wide": np.arange(5, dtype=">i4"), "none": np.zeros((0, 3))}
    batch.pop("more")
    got = read(tmp_path, pickle.dumps(batch, protocol=protocol))
    assert list(got) == list(batch)
    for key, value in batch.items():
        if isinstance(value, np.ndarray):
            assert got[key].dtype == value.dtype
            assert np.array_equal(got[key], value)
        else:
            assert got[key] == value
    (tmp_path / "x.gz").write_bytes(gzip.compress(pickle.dumps(batch, protocol=protocol)))
    assert list(pickles.read_pickle(tmp_path / "x.gz", "")) == list(batch)


def python2_pickle(data: bytes, shape: tuple[int, int]) -> bytes:
    """As Python 2 wrote CIFAR's files: byte strings for everything."""
    text = lambda s: b"U" + bytes([len(s)]) + s  # noqa: E731
    number = lambda n: b"J" + struct.pack("<i", n)  # noqa: E731
    return (
        b"\x80\x02}q\x01(" + text(b"labels") + b"]q\x02(K\x06K\x09e" + text(b"data")
        + b"cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85" + text(b"b") + b"\x87R"
        + b"(K\x01" + number(shape[0]) + number(shape[1]) + b"\x86cnumpy\ndtype\nq\x05" + text(b"u1") + b"K\x00K\x01\x87R"
        + b"(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        + b"T" + struct.pack("<i", len(data)) + data + b"tbu."
    )  # fmt: skip


def test_python_2(tmp_path: Path) -> None:
    data = bytes(range(256)) * 2
    content = python2_pickle(data, (2, 256))
    pickletools.dis(content, out=io.StringIO())  # it is a pickle
    assert np.array_equal(
        pickle.loads(content, encoding="latin1")["data"], np.frombuffer(data, np.uint8).reshape(2, -1)
    )
    got = read(tmp_path, content)
    assert got["labels"] == [6, 9]
    assert got["data"].tobytes() == data
    assert got["data"].shape == (2, 256)
    for shape in ((2, 255), (-2, -256), (1 << 30, 1 << 30)):
        with pytest.raises(DataFileError, match="batch"):
            read(tmp_path, python2_pickle(data, shape))


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


class Plain:
    pass


HOSTILE: dict[str, Callable[[Path], Any]] = {
    "system": lambda p: Call(os.system, f"touch {p}"),
    "eval": lambda p: Call(eval, f"open({str(p)!r}, 'w')"),
    "exec in a dict": lambda p: {"data": Call(exec, f"open({str(p)!r}, 'w')")},
    "open": lambda p: [Call(open, str(p), "w")],
    "getattr": lambda p: Call(getattr, "text", "format"),
    "object": lambda p: {"data": Plain()},
    "numpy's loader": lambda p: Call(np.load, str(p)),
    "objects in an array": lambda p: {"data": np.array([Call(os.system, f"touch {p}")], object)},
    "records": lambda p: {"data": np.zeros(2, [("a", int)])},
    "dates": lambda p: {"data": np.zeros(2, "M8[s]")},
    "text": lambda p: {"data": np.array(["a", "b"])},
    "partial": lambda p: Call(__import__("functools").partial, os.system),
}


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_executed(tmp_path: Path, name: str, protocol: int) -> None:
    evidence = tmp_path / "executed"
    content = pickle.dumps(HOSTILE[name](evidence), protocol=protocol)
    text = refusal(lambda: read(tmp_path, content))
    assert re.search(r"batch .*Fetch it again\.$", text)
    assert not evidence.exists()


RAW = {
    "nothing": b"",
    "no end": b"\x80\x02}",
    "text": b"this is no pickle at all",
    "a number": pickle.dumps(3),
    "a list": pickle.dumps([1]),
    "a call by stack": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    "a call by line": b"cos\nsystem\n(S'id'\ntR.",
    "an instance": b"(S'id'\nios\nsystem\n.",
    "an extension": b"\x80\x02\x82\x01.",
    "a persistent id": b"Pfile\n.",
    "a persistent id on the stack": b"\x80\x02K\x01Q.",
    "a new object": b"\x80\x02cnumpy\ndtype\n)\x81.",
    "a new object with names": b"\x80\x04cnumpy\ndtype\n)}\x92.",
    "the class called": b"\x80\x02cnumpy\nndarray\n)R.",
    "a state for a dict": b"\x80\x02}}b.",
    "a state for the class": b"\x80\x02cnumpy\nndarray\n}b.",
    "the state of nothing": b"\x80\x02b.",
    "a string of two billion": b"\x80\x02X\xff\xff\xff\x7fab.",
    "bytes without end": b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f.",
    "an empty stack": b"\x80\x02.",
    "a far memo": b"\x80\x02K\x01r\xff\xff\xff\xffj\xff\xff\xff\xfe.",
    "endless marks": b"\x80\x02" + b"(" * 100_000 + b".",
    "a dtype of a class": b"\x80\x02cnumpy\ndtype\ncnumpy\nndarray\n\x85R.",
    "a dtype of objects": b"\x80\x02cnumpy\ndtype\nU\x01O\x85R.",
    "a dtype of much": b"\x80\x02cnumpy\ndtype\nU\x0cV99999999999\x85R.",
    "a list as a key": b"\x80\x02}]K\x01s.",
    "encode by another codec": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x06\x00\x00\x00rot_13\x86R.",
    "encode of a number": b"\x80\x02c_codecs\nencode\nK\x01X\x06\x00\x00\x00latin1\x86R.",
}


@pytest.mark.parametrize("name", RAW)
def test_raw_pickles_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataFileError, match=r"batch .*Fetch it again\."):
        read(tmp_path, RAW[name])


def test_reading_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "MAX_BYTES", 1000)
    (tmp_path / "big.gz").write_bytes(gzip.compress(bytes(5000)))
    with pytest.raises(DataFileError, match="more than 1,000 bytes"):
        pickles.read_pickle(tmp_path / "big.gz", "")
    with pytest.raises(DataFileError, match="does not exist"):
        pickles.read_pickle(tmp_path / "missing", "")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"x" * 100)[:20])
    with pytest.raises(DataFileError, match=r"cut\.gz"):
        pickles.read_pickle(tmp_path / "cut.gz", "")
    with pytest.raises(DataFileError, match="cannot be read"):
        pickles.read_pickle(tmp_path, "")


PICKLES = [pickle.dumps({k: v for k, v in BATCH.items() if k != "more"}, protocol=n) for n in (2, 4, 5)]
PICKLES.append(python2_pickle(bytes(8), (2, 4)))


@settings(FUZZ, max_examples=400)
@given(st.data(), st.sampled_from(PICKLES))
def test_fuzzed_pickles(data: st.DataObject, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = written(Path(name), damage(data, content))
        text = refusal(lambda: pickles.read_pickle(path, ""))
        assert not text or "batch" in text


@settings(FUZZ, max_examples=200)
@given(st.binary(max_size=200))
def test_random_bytes_as_pickles(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.raises(DataFileError):
        read(Path(name), content)


@FUZZ
@given(st.data(), st.sampled_from([1, 3]), st.booleans())
def test_fuzzed_idx(data: st.DataObject, dims: int, gz: bool) -> None:
    shape = (3,) if dims == 1 else (2, 3, 4)
    content = struct.pack(f">{1 + dims}I", 0x800 + dims, *shape) + bytes(int(np.prod(shape)))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "x.gz" if gz else "x")
        path.write_bytes(damage(data, gzip.compress(content) if gz else content))
        text = refusal(lambda: idx.read_idx(path, dims, "Advice."))
        assert not text or (str(path) in text and text.endswith("Advice."))
