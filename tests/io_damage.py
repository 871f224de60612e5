"""Damaged and hostile files, made from one seed: each has a name, its bytes, and whether it may still load (unharmed)."""

from __future__ import annotations

import builtins
import io
import json
import os
import pickle
import random
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import tinygrad_edu as tg
from tinygrad_edu.io import save, save_safetensors

MAGIC = 0x1950A86A20F9469CFC6C


@dataclass
class Case:
    """``harmless``: the damage may hit a byte that means nothing; the file may then load, as the good one does."""

    name: str
    data: bytes
    harmless: bool = False


# ------------------------------------------------------------------------------------------ the good files
def state() -> dict[str, Any]:
    """A checkpoint as training writes it."""
    tg.manual_seed(0)
    model = tg.nn.Sequential(tg.nn.Linear(5, 4), tg.nn.BatchNorm1d(4), tg.nn.Linear(4, 2))
    optimizer = tg.optim.Adam(model.parameters())
    model(tg.randn(3, 5)).sum().backward()
    optimizer.step()
    shared = tg.arange(6.0)
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": 3,
        "views": [shared, shared[::2], shared.double()],
    }


def good() -> dict[str, bytes]:
    """One file of each format."""
    new, old = io.BytesIO(), io.BytesIO()
    save(state(), new)
    save(state(), old, _use_new_zipfile_serialization=False)
    return {"zip": new.getvalue(), "legacy": old.getvalue(), "tar": old_tar(), "safetensors": safetensors()}


def safetensors() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.safetensors")
        save_safetensors({"a": tg.arange(6.0).reshape(2, 3), "b": tg.ones(4, dtype=tg.int64)}, path)
        with open(path, "rb") as file:
            return file.read()


def old_tar(**members: bytes) -> bytes:
    """The oldest format: a tar of three pickles."""
    parts = {
        "storages": pickle.dumps(0, 2) + pickle.dumps([], 2),
        "tensors": pickle.dumps(0, 2),
        "pickle": pickle.dumps({"a": 3}, 2),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as target:
        for name, data in (parts | members).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            target.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def archive(pickled: bytes, method: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    """A zip of torch's layout; ``__`` in a name stands for ``/``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target:
        target.writestr("x/data.pkl", pickled)
        target.writestr("x/version", "3\n")
        for name, data in members.items():
            target.writestr(name if name[:1] in "./" else "x/" + name.replace("__", "/"), data)
    return buffer.getvalue()


# ------------------------------------------------------------------------------------------ cut off
def cuts(name: str, data: bytes, rng: random.Random) -> Iterator[Case]:
    """Ends in the middle of every kind of part: headers, names, pickles, numbers, directories."""
    marks = {1, 4, 29, len(data) - 1, len(data) - 10, len(data) // 2}
    for signature in (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"):
        at = data.find(signature)
        while at >= 0 and name == "zip":
            marks |= {at, at + 2, at + 20}
            at = data.find(signature, at + 1)
    marks |= {rng.randrange(1, len(data)) for _ in range(12)}
    if name == "tar":  # tar files are padded with zeros that mean nothing
        marks = {m for m in marks if m < data.rindex(b"q\x00") if m > 0}
    for end in sorted(m for m in marks if 0 < m < len(data)):
        yield Case(f"{name}-cut-at-{end}", data[:end])


def flips(name: str, data: bytes, rng: random.Random, count: int) -> Iterator[Case]:
    """One or a few bytes changed, anywhere."""
    for i in range(count):
        broken = bytearray(data)
        for _ in range(rng.choice((1, 1, 3, 9))):
            broken[rng.randrange(len(broken))] ^= rng.randrange(1, 256)
        yield Case(f"{name}-flipped-{i}", bytes(broken), harmless=True)


# ------------------------------------------------------------------------------------------ pickles that call
class Calls:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> Any:
        return self.function, self.args


def gadgets() -> Iterator[Case]:
    told = "touch struck"
    calls = {
        "system": Calls(os.system, told), "popen": Calls(os.popen, told), "call": Calls(subprocess.call, ["touch", "struck"]),
        "Popen": Calls(subprocess.Popen, ["touch", "struck"]), "eval": Calls(builtins.eval, "open('struck', 'w')"),
        "exec": Calls(builtins.exec, "open('struck', 'w')"), "open": Calls(builtins.open, "struck", "w"), "remove": Calls(os.remove, "good.zip"),
        "import": Calls(builtins.__import__, "antigravity"), "getattr": Calls(builtins.getattr, os, "system"), "exit": Calls(sys.exit, 3),
        "loads": Calls(pickle.loads, pickle.dumps(Calls(os.system, told))), "huge bytearray": Calls(bytearray, 1 << 42),
        "huge range": Calls(list, range(1 << 40)), "load again": Calls(tg.load, "struck"), "save": Calls(tg.save, 1, "struck"),
    }  # fmt: skip
    for name, value in calls.items():
        try:
            pickled = pickle.dumps({"a": [value]}, 2)
        except TypeError:  # a module (getattr's argument) has no pickle: spelled out
            pickled = b"\x80\x02cbuiltins\ngetattr\ncos\nsystem\nX\x06\x00\x00\x00systemq\x00\x86R."
        yield Case(f"zip-calls-{name}", archive(pickled))
        yield Case(f"legacy-calls-{name}", b"".join(pickle.dumps(x, 2) for x in (MAGIC, 1001, {})) + pickled)
        yield Case(f"tar-calls-{name}", old_tar(pickle=pickled))


# ------------------------------------------------------------------------------------------ pickles that lie
def _text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def _storage(kind: str = "FloatStorage", key: str = "0", count: int = 3) -> bytes:
    number = b"\x8a\x08" + struct.pack("<q", count)
    return b"(" + _text("storage") + f"ctorch\n{kind}\n".encode() + _text(key) + _text("cpu") + number + b"tQ"


def _tensor(size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0, storage: bytes = b"") -> bytes:
    def ints(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", v) for v in values) + b"t"

    rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n("
    return (b"\x80\x02" + rebuild + (storage or _storage()) + ints((offset,))[1:-1] + ints(size) + ints(stride) + b"\x89"
            + b"ccollections\nOrderedDict\n)RtR.")  # fmt: skip


def liars(rng: random.Random) -> Iterator[Case]:
    numbers = struct.pack("<3f", 1, 2, 3)
    shapes = {
        "beyond": ((4,), (1,), 0), "offset": ((3,), (1,), 1), "stride": ((3,), (2,), 0), "negative size": ((-1,), (1,), 0),
        "negative stride": ((3,), (-1,), 0), "negative offset": ((3,), (1,), -1), "overflow": ((1 << 62, 8), (1, 1), 0),
        "huge": ((1 << 40,), (1,), 0), "zero strides, huge": ((1 << 20, 1 << 20), (1 << 40, 1 << 20), 0), "ranks": ((3,), (1, 1), 0),
        "70 dims": ((1,) * 70, (1,) * 70, 0),
    }  # fmt: skip
    for name, (size, stride, offset) in shapes.items():
        yield Case(f"zip-shape-{name}", archive(_tensor(size, stride, offset), data__0=numbers))
    storages = {
        "missing": _storage(key="7"), "path": _storage(key="../../../etc/passwd"), "absolute": _storage(key="/etc/passwd"),
        "other type": _storage("DoubleStorage"), "no type": _storage("nothing"), "a function": _storage("load"),
        "huge": _storage(count=1 << 50), "negative": _storage(count=-3), "module": _storage("nn"),
    }  # fmt: skip
    for name, storage in storages.items():
        yield Case(f"zip-storage-{name}", archive(_tensor((3,), (1,), 0, storage), data__0=numbers))
    for name, pickled in {
        "endless text": b"\x80\x02X\xff\xff\xff\xffabc.", "endless int": b"\x80\x02\x8b\xff\xff\xff\x7f.", "negative int": b"\x80\x02\x8b\xff\xff\xff\xff.",
        "endless bytes": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 62) + b".", "frame": b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"]0.",
        "no stop": b"\x80\x02" + b"]" * 50_000, "key bomb": b"\x80\x02})" + b"q\x00h\x00\x86" * 60 + b"K\x01s.", "memo": b"\x80\x02j\xff\xff\xff\xff.",
        "pop": b"\x80\x02000000.", "marks": b"\x80\x02" + b"(" * 100_000 + b".", "python 2": b"ios\nsystem\np0\n.", "empty": b"",
        "text": b"import os; os.system('touch struck')", "build": b"\x80\x02ctorch\nTensor\n)\x81}X\x05\x00\x00\x00_dataK\x01sb.",
    }.items():  # fmt: skip
        yield Case(f"zip-pickle-{name}", archive(pickled))
    for i in range(20):
        yield Case(
            f"zip-pickle-noise-{i}", archive(b"\x80\x02" + rng.randbytes(rng.randrange(1, 80)) + b"."), harmless=True
        )


# ------------------------------------------------------------------------------------------ archives that lie
def bombs(zipped: bytes) -> Iterator[Case]:
    yield Case("zip-bomb-deflated", archive(bytes(200_000_000), zipfile.ZIP_DEFLATED))
    yield Case(
        "zip-bomb-storage",
        archive(_tensor((1,), (1,), 0, _storage(count=50_000_000)), zipfile.ZIP_DEFLATED, data__0=bytes(200_000_000)),
    )
    directory = zipped.index(b"PK\x01\x02")
    huge = bytearray(zipped)
    huge[directory + 20 : directory + 28] = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
    yield Case("zip-bomb-sizes", bytes(huge))
    same = bytearray(zipped)  # every member is said to begin where the first does
    at = directory
    while at >= 0:
        same[at + 42 : at + 46] = bytes(4)
        at = zipped.find(b"PK\x01\x02", at + 1)
    yield Case("zip-overlapping", bytes(same))
    end = zipped.rindex(b"PK\x05\x06")
    for name, where, value in (
        ("entries", 10, b"\xff\xff"),
        ("directory size", 12, b"\xf0\xff\xff\xff"),
        ("directory offset", 16, b"\xf0\xff\xff\xff"),
    ):
        lie = bytearray(zipped)
        lie[end + where : end + where + len(value)] = value
        # the directory is read to its end, however many entries are announced
        yield Case(f"zip-lies-{name}", bytes(lie), harmless=name == "entries")
    for name in ("../../struck", "/tmp/struck", "x/../../struck", "..\\struck"):
        data = archive(b"\x80\x02N.", **{("./" + name if name[0] not in "./" else name): b"hit"})
        yield Case(f"zip-member-{name.replace('/', '_')}", data, harmless=True)
    yield Case("zip-no-pickle", archive(b"N.").replace(b"data.pkl", b"data.txt"))
    yield Case(
        "zip-encrypted",
        zipped[:6]
        + b"\x01\x00"
        + zipped[8:].replace(b"PK\x01\x02\x00\x00\x00\x00\x00\x00", b"PK\x01\x02\x00\x00\x00\x00\x01\x00"),
        True,
    )


def wrong_safetensors(data: bytes, rng: random.Random) -> Iterator[Case]:
    def made(header: Any, body: bytes = bytes(24)) -> bytes:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + body

    entry = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    for name, header in {
        "no json": b"{not json", "a list": [1], "no dtype": {"a": {**entry, "dtype": "F33"}}, "beyond": {"a": {**entry, "data_offsets": [0, 48]}},
        "backwards": {"a": {**entry, "data_offsets": [24, 0]}}, "negative": {"a": {**entry, "shape": [-2, 3]}}, "shape": {"a": {**entry, "shape": [2, 4]}},
        "overflow": {"a": {**entry, "shape": [1 << 62, 8]}}, "hole": {"a": {**entry, "shape": [1], "data_offsets": [8, 12]}},
        "overlap": {"a": entry, "b": entry}, "text": {"a": "b"}, "nul": b"\0" * 30, "deep": b"[" * 5000,
    }.items():  # fmt: skip
        yield Case(f"safetensors-{name}", made(header))
    yield Case("safetensors-header-size", struct.pack("<Q", 1 << 62) + data[8:])
    yield Case("safetensors-short-header", struct.pack("<Q", 3) + data[8:])


def others() -> Iterator[Case]:
    kinds = {
        "empty": b"", "text": b"hello", "page": b"<!DOCTYPE html><html></html>", "lfs": b"version https://git-lfs.github.com/spec/v1\n",
        "gzip": b"\x1f\x8b\x08\x00", "npy": b"\x93NUMPY\x01\x00", "hdf5": b"\x89HDF\r\n\x1a\n", "list": pickle.dumps([1, 2]), "zeros": bytes(1000),
        "magic": pickle.dumps(MAGIC, 2), "version": pickle.dumps(MAGIC, 2) + pickle.dumps(9, 2), "pk": b"PK\x03\x04",
    }  # fmt: skip
    for name, data in kinds.items():
        yield Case(f"kind-{name}", data)


def cases(seed: int = 20) -> list[Case]:
    """All of them."""
    rng, files = random.Random(seed), good()
    made: list[Case] = []
    for name, data in files.items():
        made += cuts(name, data, rng)
        made += flips(name, data, rng, 30)
    made += [*gadgets(), *liars(rng), *bombs(files["zip"]), *wrong_safetensors(files["safetensors"], rng), *others()]
    return made
