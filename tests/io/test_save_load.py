"""``save`` and ``load`` among themselves; tests/oracle/test_io.py holds them against torch."""

from __future__ import annotations

import io
import os
import pathlib
import pickle
import struct
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from strict.strict_array import strict_cuda

import tinygrad_edu as tg
import tinygrad_edu.nn
from tinygrad_edu.dtypes import all_dtypes
from tinygrad_edu.io import LoadError, add_safe_globals, clear_safe_globals, load, safe_globals, save
from tinygrad_edu.io.storage import Storage


def there_and_back(obj: Any, **options: Any) -> Any:
    buffer = io.BytesIO()
    save(obj, buffer, **options)
    buffer.seek(0)
    return load(buffer)


PLAIN = [
    None, True, 3, -(2**70), 2.5, "text with ü and \n", b"bytes\x00\xff", bytearray(b"xy"), [1, [2, [3]]], (), (1,), (1,
    2), (1, 2, 3), (1, 2, 3, 4), {"a": {"b": 1}, 3: "x", (1, "y"): None}, {1, 2}, frozenset({3}), 1 + 2j,
    OrderedDict(z=1, a=2), Counter("abca"), list(range(5000)), {i: str(i) for i in range(2000)}, "x" * 70000, b"y" *
    70000,
]  # fmt: skip


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("value", PLAIN, ids=lambda v: type(v).__name__)
def test_plain_objects(value: Any, protocol: int) -> None:
    got = there_and_back(value, pickle_protocol=protocol)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("d", all_dtypes, ids=lambda d: d.name)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_tensors_of_every_dtype(d: Any, shape: tuple[int, ...], old: bool) -> None:
    t = tg.arange(6).to(d)[: max(1, tg.Size(shape).numel())] if 0 not in shape else tg.empty(0, dtype=d)
    t = t.clone().reshape(shape)
    if old and d.name in ("uint16", "uint32", "uint64"):
        with pytest.raises(RuntimeError, match="old file format cannot hold"):
            there_and_back(t, _use_new_zipfile_serialization=False)
        return
    got = there_and_back(t, _use_new_zipfile_serialization=not old)
    assert (got.dtype, got.shape, got.tolist()) == (t.dtype, t.shape, t.tolist())
    assert got.is_contiguous()
    assert got.is_leaf
    assert not got.requires_grad


def test_layout_and_sharing_are_kept() -> None:
    base = tg.arange(24.0).reshape(2, 3, 4)
    parts = [base, base.transpose(0, 2), base[1, :, ::2], base[0].expand(5, 3, 4), base.reshape(-1)[5:7]]
    got = there_and_back(parts)
    for t, g in zip(parts, got, strict=True):
        assert (g.stride(), g.storage_offset(), g.tolist()) == (t.stride(), t.storage_offset(), t.tolist())
    got[0][1, 0, 2] = -1
    assert got[1][2, 0, 1].item() == got[2][0, 1].item() == -1


def test_one_storage_is_written_once(tmp_path: Path) -> None:
    t = tg.zeros(10_000)
    save([t, t.view(100, 100), t[5:], t.detach(), {"again": t}], tmp_path / "a.pth")
    assert (tmp_path / "a.pth").stat().st_size < 42_000
    assert load(tmp_path / "a.pth")[4]["again"] is not None


def test_slices_without_their_base_share_when_the_base_comes_first() -> None:
    t = tg.zeros(10)
    whole, part = there_and_back([t, t[2:4].detach()])
    whole[2] = 7
    assert part.tolist() == [7.0, 0.0]


def test_the_same_object_stays_one_object() -> None:
    t, shared = tg.ones(2), [1]
    got = there_and_back({"a": t, "b": t, "c": shared, "d": shared})
    assert got["a"] is got["b"]
    assert got["c"] is got["d"]


def test_memory_seen_as_two_dtypes_is_refused() -> None:
    t = tg.zeros(4)
    with pytest.raises(RuntimeError, match="Cannot save multiple tensors or storages that view the same data"):
        save([t, t.view(tg.int32)], io.BytesIO())


def test_flags_and_kinds() -> None:
    leaf = tg.ones(2, requires_grad=True)
    got = there_and_back(
        [leaf, leaf * 2, tg.nn.Parameter(tg.ones(3)), tg.nn.Parameter(tg.ones(1), requires_grad=False)]
    )
    assert [g.requires_grad for g in got] == [True, True, True, False]
    assert [type(g) is tg.nn.Parameter for g in got] == [False, False, True, True]
    assert all(g.is_leaf for g in got)


def test_dtypes_devices_sizes() -> None:
    got = there_and_back([*all_dtypes, tg.device("cpu"), tg.device("cuda:1"), tg.Size([2, 3])])
    assert got[:-3] == list(all_dtypes)
    assert got[-3:] == [tg.device("cpu"), tg.device("cuda:1"), tg.Size([2, 3])]
    assert type(got[-1]) is tg.Size


def test_an_ordered_dict_keeps_its_metadata() -> None:
    state: Any = OrderedDict(w=tg.ones(2))
    state._metadata = OrderedDict({"": {"version": 1}})
    got = there_and_back(state)
    assert got._metadata == {"": {"version": 1}}


# ------------------------------------------------------------------------------------------------- files
@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_paths(tmp_path: Path, kind: Any) -> None:
    save({"x": tg.ones(3)}, kind(tmp_path / "model.pth"))
    assert load(kind(tmp_path / "model.pth"))["x"].tolist() == [1, 1, 1]
    assert os.listdir(tmp_path) == ["model.pth"]


def test_open_files_from_where_they_stand(tmp_path: Path) -> None:
    with open(tmp_path / "two", "w+b") as file:
        file.write(b"header")
        save([tg.ones(2), "first"], file)
        end = file.tell()
        file.seek(6)
        assert load(file)[1] == "first"
        assert end > 6


def test_a_file_that_can_only_be_written_to() -> None:
    class Pipe:
        def __init__(self) -> None:
            self.got = bytearray()

        def write(self, data: Any) -> None:
            self.got += data

    pipe = Pipe()
    save({"x": tg.arange(1000)}, pipe)
    assert load(io.BytesIO(pipe.got))["x"].tolist() == list(range(1000))


def test_storages_start_at_multiples_of_64(tmp_path: Path) -> None:
    save({f"t{i}": tg.ones(i) for i in range(1, 20)}, tmp_path / "a_long_file_name.pth")
    data = (tmp_path / "a_long_file_name.pth").read_bytes()
    with zipfile.ZipFile(tmp_path / "a_long_file_name.pth") as archive:
        assert archive.testzip() is None
        members = archive.infolist()
        assert archive.read("a_long_file_name/byteorder").decode() == __import__("sys").byteorder
        assert archive.read("a_long_file_name/version") == b"3\n"
    for info in members:
        name, extra = struct.unpack("<HH", data[info.header_offset + 26 : info.header_offset + 30])
        assert (info.header_offset + 30 + name + extra) % 64 == 0
        assert info.compress_type == zipfile.ZIP_STORED
    assert len(members) == 4 + 19


def test_the_same_object_gives_the_same_bytes() -> None:
    def written() -> bytes:
        buffer = io.BytesIO()
        save({"x": tg.arange(5), "y": [1, 2]}, buffer)
        return buffer.getvalue()

    assert written() == written()


def test_an_error_while_saving_leaves_the_old_file(tmp_path: Path) -> None:
    save([1], tmp_path / "a.pth")
    with pytest.raises((pickle.PicklingError, AttributeError)):
        save([tg.ones(1000), lambda: None], tmp_path / "a.pth")
    assert load(tmp_path / "a.pth") == [1]
    assert os.listdir(tmp_path) == ["a.pth"]


def test_bad_targets(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"Parent directory .*none does not exist\."):
        save(1, tmp_path / "none" / "a.pth")
    with pytest.raises(AttributeError, match="expected 'f' to be string, path, or a file-like object"):
        save(1, 3)
    with pytest.raises(OSError, match=tmp_path.name):
        save(1, tmp_path)


def test_mmap_reads_from_the_disk_and_does_not_write_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    save({"x": tg.arange(1000.0), "y": tg.arange(6, dtype=tg.int16).reshape(2, 3).t()}, path)
    before = path.read_bytes()
    got = load(path, mmap=True)
    assert got["x"].tolist() == list(map(float, range(1000)))
    assert got["y"].tolist() == [[0, 3], [1, 4], [2, 5]]
    got["x"][0] = 5
    assert got["x"][0].item() == 5
    assert path.read_bytes() == before
    with pytest.raises(ValueError, match="must be a file path"):
        load(io.BytesIO(before), mmap=True)
    save(1, path, _use_new_zipfile_serialization=False)
    with pytest.raises(LoadError, match="mmap"):
        load(path, mmap=True)


def test_map_location() -> None:
    buffer = io.BytesIO()
    save(tg.ones(2), buffer)
    calls = []

    def place(storage: Storage, location: str) -> Storage:
        calls.append((storage.nbytes(), location))
        return storage.cpu()

    for where in ("cpu", b"cpu", tg.device("cpu"), {"cpu": "cpu"}, {}, place, lambda storage, location: None):
        buffer.seek(0)
        assert load(buffer, map_location=where).device == tg.device("cpu")  # type: ignore[arg-type]
    assert calls == [(8, "cpu")]
    buffer.seek(0)
    with pytest.raises(RuntimeError, match="don't know how to restore data location of FloatStorage"):
        load(buffer, map_location="mps")


def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    save(tg.ones(2), buffer)
    on_gpu = buffer.getvalue()
    monkeypatch.setattr("tinygrad_edu.backend.cuda_available", lambda: False)
    with pytest.raises(RuntimeError, match="Attempting to deserialize object on a CUDA device but"):
        load(io.BytesIO(on_gpu), map_location="cuda")


@pytest.fixture
def gpu() -> Iterator[None]:
    """The strict double as device "cuda"."""
    with strict_cuda():
        yield


@pytest.mark.usefixtures("gpu")
def test_tensors_on_a_gpu() -> None:
    base = tg.arange(6.0).reshape(2, 3).to("cuda")
    view = base[:, 1:]
    buffer = io.BytesIO()
    save([base, view], buffer)

    def read(where: Any) -> Any:
        buffer.seek(0)
        return load(buffer, map_location=where)

    for where in (None, "cuda", "cuda:0", {"cuda:0": "cuda"}, lambda storage, location: storage.cuda()):
        got = read(where)
        assert [str(g.device) for g in got] == ["cuda:0", "cuda:0"]
        got[0][1, 2] = 9
        assert got[1].tolist() == [[1, 2], [4, 9]]  # shared there too
    for where in ("cpu", {"cuda:0": "cpu"}, lambda storage, location: storage):
        assert [str(g.device) for g in read(where)] == ["cpu", "cpu"]
    with pytest.raises(RuntimeError, match=r"on CUDA device 3 but torch\.cuda\.device_count\(\) is 1"):
        read("cuda:3")


def test_bytes_of_the_other_order(tmp_path: Path) -> None:
    """What a big-endian machine writes."""
    values = [
        tg.arange(3),
        tg.tensor([1.5, -2.25]),
        tg.tensor([1 + 2j]),
        tg.tensor([True]),
        tg.ones(1, dtype=tg.bfloat16),
    ]
    save(values, tmp_path / "a.pth")
    other = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "a.pth") as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "a/byteorder":
                data = b"big" if data == b"little" else b"little"
            elif name.startswith("a/data/"):
                width = {0: 8, 1: 4, 2: 4, 3: 1, 4: 2}[int(name[-1])]
                data = b"".join(data[i : i + width][::-1] for i in range(0, len(data), width))
            target.writestr(name, data)
    got = load(io.BytesIO(other.getvalue()))
    assert [g.tolist() for g in got] == [v.tolist() for v in values]


# ------------------------------------------------------------------------------------- classes of the user
class Point:
    def __init__(self, x: int) -> None:
        self.x = x


def test_a_users_class_needs_leave() -> None:
    buffer = io.BytesIO()
    save({"p": Point(3)}, buffer)

    def read() -> Any:
        buffer.seek(0)
        return load(buffer)["p"].x

    with pytest.raises(LoadError, match=r"Unsupported global: GLOBAL .*Point was not an allowed global by default"):
        read()
    with safe_globals([Point]):
        assert read() == 3
    with pytest.raises(LoadError):
        read()
    add_safe_globals([(Point, f"{Point.__module__}.Point")])
    try:
        assert read() == 3
    finally:
        clear_safe_globals()
    with pytest.raises(ValueError, match="Expected tuple of length 2"):
        add_safe_globals([(Point,)])
    with pytest.raises(TypeError, match="to be str of callable full path"):
        add_safe_globals([(Point, 3)])


def test_weights_only_false_says_what_it_means() -> None:
    buffer = io.BytesIO()
    save({"p": Point(3), "d": tg.float16}, buffer)
    buffer.seek(0)
    with pytest.warns(UserWarning, match="lets the file run any code"):
        got = load(buffer, weights_only=False)
    assert got["p"].x == 3
    assert got["d"] is tg.float16
    with pytest.raises(RuntimeError, match="Can not safely load weights when explicit pickle_module"):
        load(buffer, pickle_module=pickle, weights_only=True)


def test_a_file_that_cannot_be_sought() -> None:
    class Socket(io.RawIOBase):
        def seek(self, *args: Any) -> int:
            raise io.UnsupportedOperation("seek")

    with pytest.raises(io.UnsupportedOperation, match=r"You can only torch\.load from a file that is seekable"):
        load(Socket())
    with pytest.raises(AttributeError, match=r"You can only torch\.load from a file that is seekable"):
        load(3)


def test_members_beyond_the_old_zip_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large ones get other headers; here every member above 1,000 bytes counts as large."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    save([tg.arange(3), tg.arange(5000), tg.arange(2)], tmp_path / "a.pth")
    data = (tmp_path / "a.pth").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.pth") as archive:
        for info in archive.infolist():
            name, extra = struct.unpack("<HH", data[info.header_offset + 26 : info.header_offset + 30])
            assert (info.header_offset + 30 + name + extra) % 64 == 0
    for mmap in (False, True):
        assert [len(t) for t in load(tmp_path / "a.pth", mmap=mmap)] == [3, 5000, 2]
