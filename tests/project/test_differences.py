"""Every entry of docs/differences.md that can be run, run: the page says nothing that isn't so."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import tinygrad_edu as tg
from tinygrad_edu import dtypes

PAGE = Path(__file__).parents[2] / "docs" / "differences.md"


def test_our_name_is_printed_and_only_the_name_differs() -> None:
    values = [1.23456789 * k for k in range(40)]
    ours = repr(tg.tensor(values, dtype=tg.float64))
    assert "tinygrad_edu.float64" in ours
    assert ours.replace("tinygrad_edu", "torch") == repr(torch.tensor(values, dtype=torch.float64))
    assert repr(tg.ones(2, 3).shape) == "tinygrad_edu.Size([2, 3])"


def test_installed_as_torch_the_name_is_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dtypes, "module_name", "torch")
    assert repr(tg.ones(1, dtype=tg.float64)) == repr(torch.ones(1, dtype=torch.float64))


def test_empty_gives_zeros() -> None:
    assert tg.empty(3, 4).tolist() == [[0.0] * 4] * 3


def test_other_devices_are_known_but_not_available() -> None:
    with pytest.raises(RuntimeError, match="no mps device is available"):
        tg.ones(1, device="mps")


def test_the_page_names_each_of_these_differences() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for words in ("tinygrad_edu.Size([2, 3])", "install_as_torch", "`empty`", "Other device names", "GPU"):
        assert words in text
