"""safetensors files, against the library's own NumPy functions."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import tinygrad_edu as tg
from tinygrad_edu.dtypes import all_dtypes
from tinygrad_edu.io import LoadError, load_safetensors, save_safetensors

HELD = [d for d in all_dtypes if d.name != "complex128"]


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
@pytest.mark.parametrize("d", HELD, ids=lambda d: d.name)
def test_there_and_back(tmp_path: Path, d: tg.dtype, shape: tuple[int, ...]) -> None:
    t = tg.ones(shape, dtype=d)
    save_safetensors({"a.b": t, "c": tg.zeros(1)}, tmp_path / "x.safetensors")
    got = load_safetensors(str(tmp_path / "x.safetensors"))
    assert set(got) == {"a.b", "c"}
    assert (got["a.b"].dtype, got["a.b"].shape, got["a.b"].tolist()) == (t.dtype, t.shape, t.tolist())
    assert os.listdir(tmp_path) == ["x.safetensors"]


def test_the_library_reads_ours_and_we_read_the_librarys(tmp_path: Path) -> None:
    t = tg.arange(6.0).reshape(2, 3)
    save_safetensors({"t": t.t()}, tmp_path / "a", metadata={"format": "pt"})  # packed, if it is not contiguous
    assert np.array_equal(load_file(tmp_path / "a")["t"], [[0, 3], [1, 4], [2, 5]])
    save_file({"n": np.arange(4, dtype=np.int16)}, tmp_path / "b")
    got = load_safetensors(tmp_path / "b")["n"]
    got[0] = 9  # ours to write to
    assert got.tolist() == [9, 1, 2, 3]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    t = tg.zeros(4)
    with pytest.raises(RuntimeError, match=r"Some tensors share memory.*'a', 'b'"):
        save_safetensors({"a": t, "b": t[1:3]}, tmp_path / "x")
    save_safetensors({"a": t[:2], "b": t[2:]}, tmp_path / "x")
    with pytest.raises(ValueError, match="expected a tensor but received <class 'int'>"):
        save_safetensors({"a": 3}, tmp_path / "x")
    with pytest.raises(ValueError, match="complex128, which safetensors files cannot hold"):
        save_safetensors({"a": tg.zeros(1, dtype=tg.complex128)}, tmp_path / "x")
    assert set(load_safetensors(tmp_path / "x")) == {"a", "b"}  # the last good one


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none"):
        load_safetensors(tmp_path / "none")
    save_safetensors({"a": tg.zeros(100)}, tmp_path / "x")
    whole = (tmp_path / "x").read_bytes()
    for data in (b"", b"abc", whole[:50], whole[:-1], whole + b"x", bytes(100), b"\xff" * 100):
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(LoadError, match="not a whole safetensors file") as caught:
            load_safetensors(tmp_path / "x")
        assert str(tmp_path / "x") in str(caught.value)
