"""Hundreds of damaged and hostile files, read in a process that is watched: nothing runs, nothing hangs, every error is clear."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from io_damage import Case, cases, good

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Case], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("files")
    for name, data in good().items():
        (folder / f"good.{name}").write_bytes(data)
    made = {f"{case.name}.pth": case for case in cases()}
    for name, case in made.items():
        (folder / name).write_bytes(case.data)
    before = sorted(os.listdir(folder))
    done = subprocess.run(
        [sys.executable, str(HERE / "guarded_reader.py"), str(folder)], capture_output=True, text=True, timeout=280, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert sorted(os.listdir(folder)) == before, "a file appeared or vanished"
    return folder, made, json.loads(done.stdout)


def test_there_are_enough(outcomes: Any) -> None:
    _, made, found = outcomes
    assert len(made) >= 200
    assert set(made) <= set(found)
    assert sum("error" in found[name] for name in made) >= 200


@pytest.mark.parametrize("kind", ["zip", "legacy", "tar", "safetensors"])
def test_the_good_file_loads(outcomes: Any, kind: str) -> None:
    """Else the errors below would prove nothing."""
    assert "loaded" in outcomes[2][f"good.{kind}"]


def test_nothing_runs(outcomes: Any) -> None:
    assert not {name: found["seen"] for name, found in outcomes[2].items() if found["seen"]}


def test_nothing_hangs(outcomes: Any) -> None:
    assert not [name for name, found in outcomes[2].items() if found.get("hangs") or found["seconds"] > 5]


def test_every_error_names_the_file_and_says_what_is_wrong(outcomes: Any) -> None:
    folder, made, found = outcomes
    bad = {}
    for name in made:
        if "error" in found[name]:
            kind, text = found[name]["error"], found[name]["text"]
            rest = text.replace(str(folder / name), "").strip(" :.")
            if kind not in ("LoadError", "EmptyFile", "PlaceError") or str(folder / name) not in text or len(rest) < 12:
                bad[name] = (kind, text[:200])
    assert not bad


def test_damage_is_noticed_or_harmless(outcomes: Any) -> None:
    """What loads all the same is either the good file's content or a pickle's noise; a cut or a lie never loads."""
    _, made, found = outcomes
    whole = {kind: found[f"good.{kind}"]["loaded"] for kind in ("zip", "legacy", "tar", "safetensors")}
    assert not [name for name, case in made.items() if "loaded" in found[name] and not case.harmless]
    for kind in ("zip",):  # the one with checksums
        for name in made:
            if name.startswith(f"{kind}-flipped") and "loaded" in found[name]:
                assert found[name]["loaded"] == whole[kind], name
