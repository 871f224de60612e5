"""Files that torch reads and files that torch wrote."""

from __future__ import annotations

import io
import pickletools
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch

import tinygrad_edu as tg
import tinygrad_edu.nn
from tinygrad_edu.dtypes import all_dtypes
from tinygrad_edu.io import LoadError, load, load_safetensors, save, save_safetensors

OLD = pytest.mark.parametrize("old", [False, True], ids=["zip", "old format"])
NO_OLD = ("uint16", "uint32", "uint64")  # torch's old format lacks them


def ours_to_torch(obj: Any, old: bool = False, **options: Any) -> Any:
    buffer = io.BytesIO()
    save(obj, buffer, _use_new_zipfile_serialization=not old)
    buffer.seek(0)
    return torch.load(buffer, **options)


def torch_to_ours(obj: Any, old: bool = False, **options: Any) -> Any:
    buffer = io.BytesIO()
    torch.save(obj, buffer, _use_new_zipfile_serialization=not old)
    buffer.seek(0)
    return load(buffer, **options)


def facts(t: Any) -> tuple[Any, ...]:
    """What a file must keep of a tensor, the same for torch's and ours."""
    numbers = t.detach().to((torch if isinstance(t, torch.Tensor) else tg).complex128)
    return (
        str(t.dtype).partition(".")[2],
        tuple(t.shape),
        t.stride(),
        t.storage_offset(),
        t.requires_grad,
        numbers.tolist(),
    )


@OLD
@pytest.mark.parametrize("name", [d.name for d in all_dtypes])
@pytest.mark.parametrize("shape", [(), (0,), (4,), (2, 0, 3), (2, 3)])
def test_every_dtype(name: str, shape: tuple[int, ...], old: bool) -> None:
    if old and name in NO_OLD:
        return
    there, here = torch.ones(shape).to(getattr(torch, name)), tg.ones(shape).to(getattr(tg, name))
    assert facts(ours_to_torch(here, old)) == facts(there)
    assert facts(torch_to_ours(there, old)) == facts(there)


def layouts(m: Any) -> dict[str, Any]:
    base = m.arange(24.0).reshape(2, 3, 4)
    return OrderedDict(
        base=base,
        transposed=base.permute(2, 0, 1),
        row=base[1, 2],
        sparse=base[:, ::2, 1::2],
        expanded=base[0, 0].expand(3, 4),
        scalar=base[1, 1, 1],
        leaf=m.ones(2, requires_grad=True),
        grown=m.ones(2, requires_grad=True) * 3,
    )


@OLD
@pytest.mark.parametrize("mmap", [False, True])
def test_layouts_and_sharing(tmp_path: Path, old: bool, mmap: bool) -> None:
    if old and mmap:
        return
    there, here = layouts(torch), layouts(tg)
    save(here, tmp_path / "ours.pth", _use_new_zipfile_serialization=not old)
    torch.save(there, tmp_path / "theirs.pth", _use_new_zipfile_serialization=not old)
    options: dict[str, Any] = {"mmap": True} if mmap else {}
    for got in (torch.load(tmp_path / "ours.pth", **options), load(tmp_path / "theirs.pth", **options)):
        assert list(got) == list(there)
        for name, t in there.items():
            assert facts(got[name]) == facts(t), name
        got["base"][1, 2] = -1.0
        assert got["row"].tolist() == [-1.0] * 4
        assert got["transposed"][0, 1, 2].item() == -1.0


def test_pickles_are_alike() -> None:
    """The same opcodes with the same arguments, names included, memo numbers apart."""

    def program(module: Any, write: Any) -> list[Any]:
        buffer = io.BytesIO()
        write({"x": module.arange(3.0), "n": [1, 2.5, None, "t"], "d": module.float16, "s": module.Size([2])}, buffer)
        with zipfile.ZipFile(buffer) as archive:
            pickled = archive.read("archive/data.pkl")
        return [
            (op.name, arg)
            for op, arg, _ in pickletools.genops(pickled)
            if "PUT" not in op.name and "GET" not in op.name
        ]

    assert program(tg, save) == program(torch, torch.save)


@OLD
def test_containers(old: bool) -> None:
    value = {
        "a": [1, -(2**40), 2**70, 2.5, True, None, "ü"],
        "b": (1, (2,), ()),
        "c": {1, 2},
        "d": OrderedDict(x=1),
        3: b"\x00\xff",
        "e": 1 + 2j,
        "f": bytearray(b"xy"),
    }
    assert ours_to_torch(value, old) == value
    assert torch_to_ours(value, old) == value


def test_sizes_devices_dtypes() -> None:
    got = torch_to_ours(
        [torch.Size([2, 3]), torch.device("cpu"), torch.device("cuda", 1), torch.bfloat16, torch.strided][:4]
    )
    assert got == [tg.Size([2, 3]), tg.device("cpu"), tg.device("cuda:1"), tg.bfloat16]
    got = ours_to_torch([tg.Size([2, 3]), tg.device("cpu"), tg.device("cuda:1"), tg.bfloat16])
    assert got == [torch.Size([2, 3]), torch.device("cpu"), torch.device("cuda", 1), torch.bfloat16]


def test_parameters_and_buffers() -> None:
    got = torch_to_ours(
        [torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2), False), torch.nn.Buffer(torch.ones(1))]
    )
    assert [type(t) is tg.nn.Parameter for t in got] == [True, True, False]
    assert [t.requires_grad for t in got] == [True, False, False]
    there = ours_to_torch([tg.nn.Parameter(tg.ones(2)), tg.nn.Parameter(tg.ones(2), requires_grad=False)])
    assert [type(t) for t in there] == [torch.nn.Parameter] * 2
    assert [t.requires_grad for t in there] == [True, False]


def test_tensors_with_attributes_and_flags() -> None:
    t = torch.arange(3.0)
    t.note = "kept"
    assert torch_to_ours(t).note == "kept"
    z = torch.tensor([1 + 2j, 3 - 1j])
    assert torch_to_ours(z.conj()).tolist() == [1 - 2j, 3 + 1j]
    assert torch_to_ours(z.conj().imag).tolist() == [-2.0, 1.0]
    with pytest.raises(LoadError, match="cannot be in a file of torch's old format"):
        torch_to_ours(z.conj(), old=True)


def test_what_has_no_counterpart_says_so() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch says, once, that BSR is in beta
        blocks = torch.eye(2).to_sparse_bsr((1, 1))
    with pytest.raises(LoadError, match="sparse_bsr"):
        torch_to_ours(blocks)
    with pytest.raises(LoadError, match="float8"):
        torch_to_ours(torch.ones(2).to(torch.float8_e4m3fn))
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TorchScript is on its way out
        torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), buffer)
    buffer.seek(0)
    with pytest.raises(LoadError, match="TorchScript"):
        load(buffer)


# ---------------------------------------------------------------------------------------------- models
def models(m: Any) -> Any:
    m.manual_seed(0)
    return m.nn.Sequential(m.nn.Linear(4, 3), m.nn.ReLU(), m.nn.Flatten(), m.nn.Dropout(0.5), m.nn.Linear(3, 2)).eval()


@OLD
def test_a_state_dict(old: bool) -> None:
    there, here = models(torch), models(tg)
    with torch.no_grad():
        for p in there.parameters():
            p.mul_(2)
    here.load_state_dict(torch_to_ours(there.state_dict(), old))
    back = models(torch)
    back.load_state_dict(ours_to_torch(here.state_dict(), old))
    for name, t in there.state_dict().items():
        assert here.state_dict()[name].tolist() == t.tolist()
        assert back.state_dict()[name].tolist() == t.tolist()
    assert torch_to_ours(there.state_dict(), old)._metadata == there.state_dict()._metadata


def test_nothing_superfluous_is_written(tmp_path: Path) -> None:
    """No parameter drags along a larger array from the making of it."""
    save(models(tg).state_dict(), tmp_path / "m.pth")
    with zipfile.ZipFile(tmp_path / "m.pth") as archive:
        sizes = [info.file_size for info in archive.infolist() if "/data/" in info.filename]
    assert sizes == [4 * 12, 4 * 3, 4 * 6, 4 * 2]


@OLD
def test_a_whole_model(old: bool) -> None:
    x = [[0.5, -1.0, 2.0, 3.0]]
    there, here = models(torch), models(tg)
    as_theirs = ours_to_torch(here, old, weights_only=False)
    assert repr(as_theirs) == repr(there)
    assert as_theirs(torch.tensor(x)).tolist() == there(torch.tensor(x)).tolist()
    with pytest.warns(UserWarning, match="run any code"):
        as_ours = torch_to_ours(there, old, weights_only=False)
    assert repr(as_ours) == repr(here)
    assert as_ours(tg.tensor(x)).tolist()[0] == pytest.approx(there(torch.tensor(x)).tolist()[0], rel=1e-6)
    with pytest.raises(LoadError, match=r"GLOBAL torch\.nn\.modules\.container\.Sequential"):
        torch_to_ours(there, old)


@OLD
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_an_optimizers_state(name: str, old: bool) -> None:
    def trained(m: Any) -> Any:
        model = models(m)
        options = {"momentum": 0.9} if name == "SGD" else {}
        optimizer = getattr(m.optim, name)(model.parameters(), lr=0.1, **options)
        for _ in range(3):
            optimizer.zero_grad()
            model(m.ones(2, 4)).square().sum().backward()
            optimizer.step()
        return optimizer

    there, here = trained(torch), trained(tg)
    here.load_state_dict(torch_to_ours(there.state_dict(), old))
    there.load_state_dict(ours_to_torch(here.state_dict(), old))
    ours, theirs = here.state_dict(), there.state_dict()
    assert ours["param_groups"] == theirs["param_groups"]
    for key, state in theirs["state"].items():
        for part, value in state.items():
            mine = ours["state"][key][part]
            assert mine.tolist() == value.tolist() if isinstance(value, torch.Tensor) else mine == value


def test_torchs_own_rng_state_is_ours() -> None:
    torch.manual_seed(5)
    torch.rand(7)
    tg.set_rng_state(torch_to_ours(torch.get_rng_state()))
    assert tg.rand(3).tolist() == torch.rand(3).tolist()


def test_safetensors(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    for name in ("float32", "bfloat16", "int64", "bool", "float16"):
        save_file({"t": torch.ones(2, 3).to(getattr(torch, name))}, tmp_path / "a")
        assert facts(load_safetensors(tmp_path / "a")["t"]) == facts(torch.ones(2, 3).to(getattr(torch, name)))
        save_safetensors({"t": tg.ones(2, 3).to(getattr(tg, name))}, tmp_path / "b")
        assert facts(load_file(tmp_path / "b")["t"]) == facts(torch.ones(2, 3).to(getattr(torch, name)))


# --------------------------------------------------------------------------------------- errors as torch's
class Unknown:
    pass


def refusal(read: Any, data: bytes) -> str:
    try:
        read(io.BytesIO(data), weights_only=True)
    except RuntimeError as error:
        return str(error)
    except Exception as error:  # whichever torch has for this kind of damage
        return str(error)
    return ""


@pytest.mark.parametrize(
    "value", [Unknown(), [Unknown], __import__("os").system, range(3)], ids=["object", "class", "os", "range"]
)
def test_refusals_use_torchs_words(value: Any) -> None:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    theirs, ours = refusal(torch.load, buffer.getvalue()), refusal(load, buffer.getvalue())
    for words in ("Weights only load failed.", "was not an allowed global by default", "whose module posix is blocked"):
        assert (words in theirs) == (words in ours)
    assert "GLOBAL" in ours
    assert "GLOBAL" in theirs


@pytest.mark.parametrize("cut", [10, 400, -1])
@OLD
def test_whatever_torch_refuses_we_refuse(cut: int, old: bool) -> None:
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(100)}, buffer, _use_new_zipfile_serialization=not old)
    data = buffer.getvalue()[:cut]
    assert refusal(torch.load, data) != "" or old
    assert refusal(load, data) != ""


def test_save_errors(tmp_path: Path) -> None:
    def error(write: Any, *args: Any) -> tuple[type, str]:
        with pytest.raises((RuntimeError, AttributeError)) as caught:
            write(*args)
        return caught.type, str(caught.value)

    where = tmp_path / "none" / "a.pth"
    assert error(save, 1, where) == error(torch.save, 1, where)
    assert error(save, 1, 3) == error(torch.save, 1, 3)
    for m, write in ((tg, save), (torch, torch.save)):
        t = m.zeros(4)
        kind, words = error(write, [t, t.view(m.int32)], io.BytesIO())
        assert (kind, words) == (
            RuntimeError,
            "Cannot save multiple tensors or storages that view the same data as different types",
        )


# ---------------------------------------------------------------------------------------- the tar format
def test_the_oldest_format() -> None:
    """Nothing writes it any more: built here by hand, and torch reads it too."""
    import pickle
    import struct
    import tarfile

    def names(obj: Any, kinds: dict[str, Any]) -> bytes:
        class Pickler(pickle.Pickler):
            def persistent_id(self, value: Any) -> Any:
                return value.key if isinstance(value, Stored) else None

        class Stored:
            def __init__(self, key: int) -> None:
                self.key = key

        buffer = io.BytesIO()
        Pickler(buffer, 2).dump({name: Stored(key) for name, key in obj.items()})
        return buffer.getvalue()

    first = struct.pack("<q", 6) + struct.pack("<6f", *range(6))
    storages = pickle.dumps(1, 2) + pickle.dumps((11, "cpu", torch.FloatStorage), 2) + first
    storages += pickle.dumps([(12, 11, 2, 3)], 2)
    tensors = pickle.dumps(2, 2)
    tensors += pickle.dumps((21, 11, torch.FloatTensor), 2) + struct.pack("<i4x2q2qq", 2, 2, 3, 3, 1, 0)
    tensors += pickle.dumps((22, 12, torch.FloatTensor), 2) + struct.pack("<i4xqqq", 1, 2, 1, 1)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in (("storages", storages), ("tensors", tensors), ("pickle", names({"a": 21, "b": 22}, {}))):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    for got in (load(io.BytesIO(buffer.getvalue())), read_by_torch(buffer.getvalue())):
        assert got["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert got["b"].tolist() == [3, 4]
        got["a"][1, 0] = 9
        assert got["b"].tolist() == [9, 4]


def read_by_torch(data: bytes) -> Any:
    """From a real file, without which torch does not look for a tar archive."""
    import tempfile

    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        return torch.load(file, weights_only=False)
