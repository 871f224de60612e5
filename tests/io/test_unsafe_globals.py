"""What a checkpoint asks for beyond plain data is named as torch names it, and nothing of it runs."""

from __future__ import annotations

import collections
import fractions
import os
import pathlib
import zipfile

import pytest
import torch

import tinygrad_edu as tg


class Trap:
    def __reduce__(self):
        return os.system, ("exit 7",)


def test_names_are_torchs(tmp_path: pathlib.Path) -> None:
    shared = fractions.Fraction(1, 2)
    things = {
        "weights": torch.nn.Linear(1, 2).state_dict(), "plain": [1, "a", {2: (3,)}, {4}], "model": torch.nn.Sequential(torch.nn.ReLU()),
        "paths": [pathlib.PurePosixPath("a"), shared, shared], "trap": Trap(), "counter": collections.Counter("ab"),
        "ordered": collections.OrderedDict(a=torch.ones(2, dtype=torch.bfloat16)), "none": None,
    }  # fmt: skip
    for protocol in (2, 4):
        for name, thing in things.items():
            path = tmp_path / f"{name}{protocol}.pt"
            torch.save(thing, path, pickle_protocol=protocol)
            ours = sorted(tg.io.get_unsafe_globals_in_checkpoint(path))
            if protocol == 2:
                assert ours == sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path)), name
            else:  # torch's own reader does not know this protocol
                assert ours == sorted(tg.io.get_unsafe_globals_in_checkpoint(tmp_path / f"{name}2.pt")), name
    with tg.io.safe_globals([fractions.Fraction]):
        assert tg.io.get_unsafe_globals_in_checkpoint(tmp_path / "paths2.pt") == ["pathlib.PurePosixPath"]
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    (tmp_path / "text.pt").write_text("text")
    for name in ("other.zip", "text.pt"):
        with pytest.raises(ValueError, match="Expected input to be a checkpoint"):
            tg.io.get_unsafe_globals_in_checkpoint(tmp_path / name)
