"""environment.yml (conda) and pyproject.toml (pip) ask for the same things."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

# PyPI's name → conda-forge's, where they differ
CONDA_NAMES = {"torch": "pytorch", "cupy-cuda12x": "cupy", "cupy-cuda13x": "cupy"}


def of_pip() -> dict[str, SpecifierSet]:
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]
    wanted = [Requirement(line) for line in lines]
    found = {CONDA_NAMES.get(each.name, each.name): each.specifier for each in wanted}
    return {**found, "python": SpecifierSet(PROJECT["requires-python"])}


def of_conda() -> dict[str, SpecifierSet]:
    found = {}
    for line in CONDA["dependencies"]:
        if isinstance(line, str) and line != "pip":
            name, _, version = line.partition(" ")
            found[name] = SpecifierSet(version)
    return found


def test_same_packages_at_the_same_versions() -> None:
    assert of_conda() == of_pip()


def test_conda_installs_the_project_itself_and_takes_all_else_from_conda_forge() -> None:
    assert CONDA["channels"] == ["conda-forge"]
    assert [line["pip"] for line in CONDA["dependencies"] if isinstance(line, dict)] == [["--editable ."]]


def test_gpu_comment_names_the_version_of_the_gpu_extras() -> None:
    extras = PROJECT["optional-dependencies"]
    versions = {Requirement(line).specifier for line in [*extras["gpu"], *extras["gpu13"]]}
    assert versions == {SpecifierSet("==14.*")}
    assert '"cupy 14.*"' in (ROOT / "environment.yml").read_text(encoding="utf-8")


def test_dask_is_the_same_wherever_it_is_named() -> None:
    extras = PROJECT["optional-dependencies"]
    (wanted,) = extras["dask"]
    assert wanted in extras["test"]
    asked = Requirement(wanted)
    assert f'"{asked.name} {asked.specifier}"' in (ROOT / "environment.yml").read_text(encoding="utf-8")
