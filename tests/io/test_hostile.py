"""Damaged, hostile and wrong files: one clear error that names the file, nothing executed, no hang."""

from __future__ import annotations

import builtins
import io
import pickle
import pickletools
import random
import struct
import tarfile
import time
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
import tinygrad_edu.nn
from tinygrad_edu.io import LoadError, load, save
from tinygrad_edu.io.errors import PlaceError

STRUCK: list[Any] = []


def strike(*args: Any) -> None:
    """What a hostile file would like to call."""
    STRUCK.append(args)


@pytest.fixture(autouse=True)
def nothing_is_executed() -> Any:
    STRUCK.clear()
    yield
    assert not STRUCK


def archive(pickled: bytes, **members: bytes) -> bytes:
    """A torch zip file with this pickle and these further members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("x/data.pkl", pickled)
        target.writestr("x/version", "3\n")
        for name, data in members.items():
            target.writestr("x/" + name.replace("__", "/"), data)
    return buffer.getvalue()


def good_file(old: bool = False) -> bytes:
    buffer = io.BytesIO()
    state: Any = OrderedDict(w=tg.nn.Parameter(tg.arange(12.0).reshape(3, 4)), b=tg.ones(3), n=tg.tensor(7))
    state["v"] = state["b"][1:]
    state._metadata = {"": {"version": 1}}
    save({"model": state, "epoch": 3, "lr": [0.1, 0.01]}, buffer, _use_new_zipfile_serialization=not old)
    return buffer.getvalue()


def refuse(path: Path, data: bytes, *says: str) -> str:
    """Load must raise the one error, with the file's name and these words in it; returns its text."""
    path.write_bytes(data)
    start = time.monotonic()
    with pytest.raises(LoadError) as caught:
        load(path)
    assert time.monotonic() - start < 5
    text = str(caught.value)
    assert str(path) in text
    for words in says:
        assert words in text
    return text


# ------------------------------------------------------------------------------------------ hostile pickles
class Bad:
    """Pickles as a call of whatever it is told."""

    def __init__(self, call: Any, *args: Any) -> None:
        self.call, self.args = call, args

    def __reduce__(self) -> Any:
        return self.call, self.args


def glob(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def text(value: str) -> bytes:
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


STORAGE = b"(" + text("storage") + glob("torch", "FloatStorage") + text("0") + text("cpu") + b"K\x03tQ"


def tensor(
    offset: bytes = b"K\x00", size: bytes = b"K\x03\x85", stride: bytes = b"K\x01\x85", storage: bytes = STORAGE
) -> bytes:
    hooks = glob("collections", "OrderedDict") + b")R"
    return (
        glob("torch._utils", "_rebuild_tensor_v2") + b"(" + storage + offset + size + stride + b"\x89" + hooks + b"tR"
    )


CALLS: list[tuple[str, Any]] = [
    ("a function of ours", Bad(strike, "hit")),
    ("os.system", Bad(__import__("os").system, "echo hit")),
    ("eval", Bad(builtins.eval, "1")),
    ("exec", Bad(builtins.exec, "1")),
    ("getattr", Bad(builtins.getattr, "", "join")),
    ("open", Bad(builtins.open, "x", "w")),
    ("bytearray of a size", Bad(bytearray, 1 << 40)),
    ("subprocess", Bad(__import__("subprocess").call, ["true"])),
    ("a range", range(3)),
    ("a slice", slice(1)),
    ("a function", strike),
    ("a class", Bad),
    ("a module's function", time.sleep),
]


@pytest.mark.parametrize(("name", "value"), CALLS, ids=[name for name, _ in CALLS])
@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_calls_are_refused(tmp_path: Path, name: str, value: Any, protocol: int) -> None:
    refuse(tmp_path / "x.pth", archive(pickle.dumps({"a": [value]}, protocol)))


OPCODES: list[tuple[str, bytes, str]] = [
    ("an unknown name", glob("torch", "nothing_there"), "Unsupported global: GLOBAL torch.nothing_there"),
    ("os", glob("os", "system") + text("true") + b"\x85R", "Trying to load unsupported GLOBAL os.system"),
    ("os by stack", text("posix") + text("system") + b"\x93" + text("true") + b"\x85R", "module posix is blocked"),
    ("dots in the name", glob("collections", "OrderedDict.__init__.__globals__"), "was not an allowed global"),
    ("INST", b"(" + text("true") + b"ios\nsystem\n", "Unsupported operand"),
    ("OBJ", b"(" + glob("os", "system") + text("true") + b"o", "blocked"),
    ("EXT", b"\x82\x01", "Unsupported operand"),
    ("a call of a str", text("abc") + b")R", "Trying to call reduce for unrecognized function"),
    ("a call of a storage type", glob("torch", "FloatStorage") + b")R", "unrecognized function"),
    ("a new storage type", glob("torch", "FloatStorage") + b")\x81", "Can only create new object"),
    ("a new Tensor", glob("torch", "Tensor") + b")\x81", "Can only create new object"),
    ("a new dtype", glob("torch", "float32") + b")\x81", "Can only create new object"),
    ("state for a class", glob("torch", "Tensor") + b"}" + text("x") + b"K\x01sb", "Can only build"),
    (
        "state for a function",
        glob("torch._utils", "_rebuild_tensor_v2") + b"}" + text("x") + b"K\x01sb",
        "Can only build",
    ),
    ("state for a dtype", glob("torch", "float32") + b"}" + text("name") + b"K\x01sb", "Can only build"),
    ("state for a dict", b"}}" + text("x") + b"K\x01sb", "Can only build"),
    (
        "a method of a dict replaced",
        glob("collections", "OrderedDict") + b")R}" + text("items") + b"K\x01sb",
        "'items'",
    ),
    ("append to a str", text("abc") + b"K\x01a", "Can only append to lists"),
    ("append to a set", b"\x8fK\x01a", "Can only append to lists"),
    ("an item of a list", b"]K\x00K\x01s", "Can only SETITEM"),
    ("another persistent id", text("module") + b"\x85Q", "Only persistent_load of storage is allowed"),
    ("a str as persistent id", text("storage") + b"Q", "must be tuple or int"),
    ("an int as persistent id", b"K\x01Q", "storage"),
    ("a persistent id of a line", b"Pstorage\n", "Unsupported operand"),
    ("a short persistent id", text("storage") + b"\x85Q", "storage's five words"),
    (
        "a class that is no storage",
        b"(" + text("storage") + b"NX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x03tQ",
        "five words",
    ),
    ("a storage that is not there", STORAGE.replace(text("0"), text("9")), "no member 'data/9'"),
    ("a storage by a path", STORAGE.replace(text("0"), text("../../../etc/passwd")), "no member"),
    ("a storage of another size", STORAGE.replace(b"K\x03", b"K\x04"), "holds 12 bytes; expected 16"),
    ("a storage of a negative size", STORAGE.replace(b"K\x03", b"J\xff\xff\xff\xff"), "expected -4"),
    ("too long a tensor", tensor(size=b"K\x04\x85"), "reaches beyond its storage of 3 elements"),
    ("too far a tensor", tensor(offset=b"K\x01"), "reaches beyond its storage"),
    ("too wide a tensor", tensor(stride=b"K\x02\x85"), "reaches beyond its storage"),
    ("a negative offset", tensor(offset=b"J\xff\xff\xff\xff"), "are no tensor's"),
    ("a negative stride", tensor(stride=b"J\xff\xff\xff\xff\x85"), "are no tensor's"),
    ("a negative size", tensor(size=b"J\xff\xff\xff\xff\x85"), "are no tensor's"),
    ("a size of text", tensor(size=text("3") + b"\x85"), "are no tensor's"),
    ("a size of a float", tensor(size=b"G?\xf0\x00\x00\x00\x00\x00\x00\x85"), "are no tensor's"),
    ("an overflowing size", tensor(size=b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01\x85"), "reaches beyond"),
    (
        "sizes whose product overflows",
        tensor(
            size=b"\x8a\x05\x00\x00\x00\x00\x01\x8a\x05\x00\x00\x00\x00\x01\x86",
            stride=b"\x8a\x05\x00\x00\x00\x00\x01K\x01\x86",
        ),
        "reaches beyond",
    ),
    ("more strides than sizes", tensor(stride=b"K\x01K\x01\x86"), "are no tensor's"),
    ("100 dimensions", tensor(size=b"(" + b"K\x01" * 100 + b"t", stride=b"(" + b"K\x01" * 100 + b"t"), "damaged"),
    ("a tensor of a str", tensor(storage=text("storage")), "needs a storage"),
    (
        "an attribute that shadows",
        glob("torch._tensor", "_rebuild_from_type_v2")
        + b"("
        + glob("torch._utils", "_rebuild_tensor_v2")
        + glob("torch", "Tensor")
        + b"("
        + STORAGE
        + b"K\x00K\x03\x85K\x01\x85\x89Nt}"
        + text("numpy")
        + b"K\x01stR",
        "cannot have an attribute 'numpy'",
    ),
    (
        "a rebuild of anything",
        glob("torch._tensor", "_rebuild_from_type_v2")
        + b"("
        + glob("builtins", "set")
        + glob("torch", "Tensor")
        + b")}tR",
        "expected a function that builds a tensor",
    ),
    ("bytes by another codec", glob("_codecs", "encode") + text("x") + text("rot13") + b"\x86R", "latin1"),
    ("a set of lists", glob("builtins", "set") + b"](]K\x01ae\x85R", "as a key"),
    ("no MARK", b"K\x01t", "damaged"),
    ("an empty stack", b"0", "damaged"),
    ("nothing to return", b"", "damaged"),
    ("a memo that is not there", b"h\x05", "damaged"),
    ("a string longer than the file", b"X\xff\xff\xff\xff" + b"abc", "ends too early"),
    ("bytes of 2**62", b"\x8e" + struct.pack("<Q", 1 << 62), "ends too early"),
    ("a string that is no UTF-8", b"X\x01\x00\x00\x00\xff", "damaged"),
    ("a protocol of tomorrow", b"\x80\x63N", "newer than 5"),
    ("an odd number of items", b"}(K\x01u", "damaged"),
]


@pytest.mark.parametrize(("name", "code", "says"), OPCODES, ids=[name for name, _, _ in OPCODES])
def test_opcodes_are_checked(tmp_path: Path, name: str, code: bytes, says: str) -> None:
    refuse(tmp_path / "x.pth", archive(b"\x80\x02" + code + b".", data__0=bytes(12)), says)


def test_the_pieces_above_make_a_good_tensor() -> None:
    """Else the tests above would prove nothing."""
    got = load(io.BytesIO(archive(b"\x80\x02" + tensor() + b".", data__0=struct.pack("<3f", 1, 2, 3))))
    assert got.tolist() == [1, 2, 3]


def test_keys_that_take_for_ever_to_hash(tmp_path: Path) -> None:
    """(t, t) of (t, t) of … 60 deep has 2**60 leaves to hash."""
    nest = b")" + b"q\x00h\x00\x86" * 60
    assert len(pickletools.optimize(b"\x80\x02" + nest + b".")) < 400
    refuse(tmp_path / "x.pth", archive(b"\x80\x02}" + nest + b"K\x01s."), "a tuple as a key is too large")
    items = b"".join(pickle.dumps(i * ((1 << 61) - 1), 2)[2:-1] + b"N" for i in range(100_000))  # ints of one hash
    refuse(tmp_path / "x.pth", archive(b"\x80\x02}(" + items + b"u."), "a int as a key")


def test_a_deep_nest_neither_crashes_nor_hangs(tmp_path: Path) -> None:
    deep = b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b"."
    got = load(io.BytesIO(archive(deep)))
    for _ in range(199_999):
        (got,) = got
    assert got == []


def test_a_memo_at_four_thousand_million_costs_nothing() -> None:
    assert load(io.BytesIO(archive(b"\x80\x02Nr\xff\xff\xff\xff."))) is None


# ------------------------------------------------------------------------------------- archives that lie
def test_a_bomb_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("x/data.pkl", bytes(50_000_000))
    refuse(tmp_path / "x.pth", buffer.getvalue(), "larger than the file")


def test_other_archives(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("a.txt", "hello")
    refuse(tmp_path / "x.zip", buffer.getvalue(), "not one of torch.save", "a.txt")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("a.npy", "hello")
    refuse(tmp_path / "x.npz", buffer.getvalue(), "NumPy .npz")
    refuse(tmp_path / "x.pt", archive(b"N.", **{"constants.pkl": b"N."}), "TorchScript")
    refuse(tmp_path / "x.pt", archive(b"N.", byteorder=b"middle"), "Unknown endianness type: middle")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is empty"),
        (b"hello world, this is no model", "it starts with b'hello"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x93NUMPY\x01", ".npy"),
        (b"\x89HDF\r\n", "HDF5"),
        (struct.pack("<Q", 100) + b'{"a": 1}', "safetensors"),
        (pickle.dumps([1, 2, 3]), "plain pickle"),
        (pickle.dumps(Bad(strike, 1)), "plain pickle"),
        (pickle.dumps(2**70, 2), "Invalid magic number"),
        (pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(7, 2), "Invalid protocol version"),
        (b"PK\x03\x04 and no more", "failed reading zip archive"),
    ],
)
def test_files_of_another_kind(tmp_path: Path, data: bytes, says: str) -> None:
    refuse(tmp_path / "file", data, says)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.pth"):
        load(tmp_path / "none.pth")
    with pytest.raises(OSError, match=tmp_path.name):
        load(tmp_path)


def test_a_hostile_file_in_the_old_formats(tmp_path: Path) -> None:
    head = b"".join(pickle.dumps(x, 2) for x in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
    refuse(tmp_path / "x.pth", head + pickle.dumps(Bad(strike), 2), "Weights only load failed")
    refuse(tmp_path / "x.pth", pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(Bad(strike), 2), "Weights only")
    storage = (
        b"("
        + text("storage")
        + glob("torch", "FloatStorage")
        + text("0")
        + text("cpu")
        + b"\x8a\x06\x00\x00\x00\x00\x00\x01NtQ"
    )
    refuse(tmp_path / "x.pth", head + b"\x80\x02" + storage + b".", "storages are larger than the file")
    refuse(tmp_path / "x.pth", head + pickle.dumps(None, 2) + pickle.dumps(["5"], 2), "that nothing uses")
    for part in ("storages", "tensors", "pickle"):
        refuse(tmp_path / "x.tar", tar({part: pickle.dumps(Bad(strike), 2)}))
    refuse(tmp_path / "x.tar", tar({"storages": pickle.dumps(1 << 60, 2)}))
    refuse(tmp_path / "x.tar", tar({}, leave_out="tensors"), "not a whole one of torch.save")


def tar(members: dict[str, bytes], leave_out: str = "") -> bytes:
    """A file of torch's oldest format; the parts not given hold nothing."""
    parts = {
        "storages": pickle.dumps(0, 2) + pickle.dumps([], 2),
        "tensors": pickle.dumps(0, 2),
        "pickle": pickle.dumps(3, 2),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as target:
        for name, data in (parts | members).items():
            if name != leave_out:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                target.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def test_an_empty_tar_is_read() -> None:
    assert load(io.BytesIO(tar({}))) == 3


# -------------------------------------------------------------------------------------- damaged files
def survives(data: bytes, **options: Any) -> None:
    """Load gives an object or the one error, soon, and runs nothing."""
    start = time.monotonic()
    refusal = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # zipfile, of a name met twice
            load(io.BytesIO(data), **options)
    except (LoadError, PlaceError) as error:
        refusal = str(error)
    assert refusal is None or "the file object" in refusal
    assert time.monotonic() - start < 5
    assert not STRUCK


@pytest.mark.parametrize("old", [False, True])
def test_every_truncation(old: bool) -> None:
    data = good_file(old)
    for end in range(0, len(data), 7):
        with pytest.raises(LoadError):
            load(io.BytesIO(data[:end]))


@pytest.mark.parametrize("old", [False, True])
def test_flipped_bytes(old: bool) -> None:
    data, rng = good_file(old), random.Random(1)
    for _ in range(600):
        broken = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 8))):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        survives(bytes(broken))


def test_a_flipped_number_is_noticed() -> None:
    data = good_file()
    at = data.index(struct.pack("<4f", 0, 1, 2, 3))
    with pytest.raises(LoadError, match="Bad CRC-32"):
        load(io.BytesIO(data[:at] + b"\x01" + data[at + 1 :]))


def test_flipped_bytes_in_the_pickle() -> None:
    """With right checksums around it, so that the pickle reader itself meets them."""
    with zipfile.ZipFile(io.BytesIO(good_file())) as source:
        members = {name.partition("/")[2]: source.read(name) for name in source.namelist()}
    pickled, rng = members.pop("data.pkl"), random.Random(2)
    rest = {name.replace("/", "__"): data for name, data in members.items() if name != "version"}
    for _ in range(1500):
        broken = bytearray(pickled)
        for _ in range(rng.choice((1, 1, 2, 4))):
            broken[rng.randrange(len(broken))] = rng.choice((rng.randrange(256), rng.choice(CODES)))
        survives(archive(bytes(broken), **rest))


CODES = [ord(op.code) for op in pickletools.opcodes]
PIECES: list[bytes] = [op.code.encode("latin1") for op in pickletools.opcodes] + [
    STORAGE,
    tensor(),
    text("a"),
    b"K\x01",
    b"]",
    b"}",
    b"(",
    b")",
    glob("os", "system"),
    glob("collections", "OrderedDict"),
    glob("torch._utils", "_rebuild_parameter"),
    glob("torch", "Size"),
    glob("torch", "float32"),
    glob("builtins", "set"),
    glob("torch._tensor", "_rebuild_from_type_v2"),
    glob("builtins", "bytearray"),
    glob("torch", "device"),
    b"q\x00",
    b"h\x00",
]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=30))
def test_random_programs(pieces: list[bytes]) -> None:
    survives(archive(b"\x80\x02" + b"".join(pieces) + b".", data__0=bytes(12)))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", b"\x80\x02"]),
)
def test_random_bytes(data: bytes, head: bytes) -> None:
    survives(head + data)


def test_code_in_the_file_runs_only_when_asked(tmp_path: Path) -> None:
    """The other side of the coin: without it, the tests above could pass because nothing ever runs."""
    data = archive(pickle.dumps(Bad(strike, "hit"), 2))
    survives(data)
    with pytest.warns(UserWarning, match="run any code"):
        load(io.BytesIO(data), weights_only=False)
    assert STRUCK == [("hit",)]
    STRUCK.clear()
