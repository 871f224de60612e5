"""The documents name files, commands and settings that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import stages
import tasks
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("datasets/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s#]+)[^)]*\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_makefile_names_exactly_the_tasks() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(["help", *tasks.TASKS])


def test_make_calls_in_the_documents_are_targets() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE):
            assert target in tasks.TASKS, f"{document.name}: make {target}"


def test_the_stages_in_contributing_are_the_stages() -> None:
    names = " ".join(stage.name for stage in stages.all_stages(Path(sys.executable)))
    assert f"The stages are `{names}`." in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_commands_in_the_readme_are_commands_of_the_course() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"tinygrad-edu ([a-z]+)", text))
    assert named >= {"check", "grade", "release", "doctor"}
    for command in named:
        shown = [sys.executable, "-c", "from tinygrad_edu.course.cli import main; main()", command, "--help"]
        assert subprocess.run(shown, capture_output=True, cwd=ROOT).returncode == 0, command


def test_the_workflow_covers_systems_and_pythons() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")
