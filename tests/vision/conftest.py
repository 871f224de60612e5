"""What tests of data sets share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.vision import dataset_files


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand-ins for packages that may not be installed; torchvision's LSUN writes into the current folder."""
    for name, module in dataset_files.packages().items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def any_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny files count as the right ones, on both sides."""
    from tests.vision.comparing import THEIRS
    from tinygrad_edu.vision import datasets

    for module in (THEIRS.utils, datasets.utils):
        monkeypatch.setattr(module, "check_md5", lambda *args, **options: True)
