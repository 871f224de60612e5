"""Attacks: each costs the points of the cell it stands in and nothing else; none gains a point or harms the machine."""

from __future__ import annotations

import copy
import json
import os
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from course import attack_answers, attack_process
from course.attack_answers import MARKER, PROBES, probe
from course.kit import DATA, IS_ROOT, answers, folder_of_nobody, grade, grade_as_nobody, lost, save, solved

from tinygrad_edu.course import grade as grading
from tinygrad_edu.course.graft import Graft
from tinygrad_edu.course.isolation import second_runs
from tinygrad_edu.course.limits import DEFAULT, MB, Limits
from tinygrad_edu.course.results import CheckResult, Submission

LIMITS = replace(DEFAULT, cell_seconds=2, memory_bytes=1500 * MB, notebook_seconds=60)
OWN = {"relu_values", "relu_copy"}  # the checks of the cell that attacks stand in
ANSWERS = attack_answers.ANSWERS | attack_process.ANSWERS


def _sources() -> dict[str, str]:
    return {name: textwrap.dedent(source) for name, source in ANSWERS.items()}


USERS = ["as this user", "without privileges"]


def grade_sources(sources: dict[str, str], user: str, limits: Limits) -> dict[str, Submission]:
    """Submissions with these sources of `relu` in one batch, graded as root or as a user without any right."""
    if user == USERS[1] and not IS_ROOT:
        pytest.skip("this user has no privileges either")
    with folder_of_nobody() if user == USERS[1] else tempfile.TemporaryDirectory(prefix="pytest-") as name:
        folder, hide = Path(name), (DATA / "solutions",)
        paths = [save(solved(relu=source), folder / f"{name}.ipynb") for name, source in sources.items()]
        if user == USERS[1]:
            results = grade_as_nobody(paths, folder, limits, hide)
        else:
            results = grade(paths, limits=limits, sandboxed=True, hide=hide, workers=4)  # most of them only wait
    return dict(zip(sources, results, strict=True))


@pytest.fixture(scope="module", params=USERS)
def attacked(request: pytest.FixtureRequest) -> dict[str, Submission]:
    """All attacks in one batch, between two honest submissions."""
    honest = answers()["relu"]
    return grade_sources({"honest0": honest, **_sources(), "honest1": honest}, request.param, LIMITS)


@pytest.mark.needs_bwrap
@pytest.mark.slow
@pytest.mark.timeout(900)
class TestInTheSandbox:
    @pytest.mark.parametrize("name", ANSWERS)
    def test_it_costs_its_own_points_and_no_others(self, attacked: dict[str, Submission], name: str) -> None:
        result = attacked[name]
        assert set(lost(result)) == OWN, [(c.grade_id, c.status, c.message) for c in result.checks]
        assert all(c.message and len(c.message) < 700 for c in result.checks)

    def test_honest_ones_in_the_same_batch_are_unharmed(self, attacked: dict[str, Submission]) -> None:
        assert lost(attacked["honest0"]) == lost(attacked["honest1"]) == {}

    def test_nothing_is_left_behind(self, attacked: dict[str, Submission]) -> None:
        assert attacked
        left = [p for p in psutil.process_iter(["cmdline"]) if MARKER in " ".join(p.info["cmdline"] or [])]
        assert left == []
        assert not [p.name for p in psutil.Process().children(recursive=True) if p.name() == "bwrap"]
        assert not list(Path("/tmp").glob("fill*"))

    def test_code_that_could_meddle_with_the_checks_is_named_to_the_teacher(
        self, attacked: dict[str, Submission]
    ) -> None:
        meddling = (
            "patches_the_checker patches_builtins hooks_cells traces swaps_the_code_of_functions replaces_a_module "
        )
        meddling += (
            "finds_objects_by_the_garbage_collector answers_itself_with_asserts_off swallows_errors removes_the_seed"
        )
        noted = {name for name, r in attacked.items() if any(n.startswith("relu: look at its code") for n in r.notes)}
        assert set(meddling.split()) <= noted
        plain = "honest0 honest1 syntax_error loops_when_called skips_by_comment right_where_it_is_seen"
        assert not noted & set(plain.split())

    def test_messages_say_what_happened(self, attacked: dict[str, Submission]) -> None:
        def first(name: str) -> tuple[str, str]:
            check = attacked[name].checks[0]
            return check.status, check.message

        for name, status, part in [
            ("syntax_error", "ERROR", "the answer relu does not run: SyntaxError"),
            ("exits_when_called", "ERROR", "the kernel died"),
            ("loops_when_defined", "TIMEOUT", "the answer relu took longer than 2 seconds"),
            ("loops_when_called", "TIMEOUT", "took longer than 2 seconds"),
            ("loops_and_swallows_interrupts", "TIMEOUT", "took longer than 2 seconds"),
            ("prints_without_end", "ERROR", "the cell printed more than 2 MB"),
            ("allocates_at_once", "ERROR", "MemoryError"),
            ("skips_by_comment", "WRONG", "expected 0.0, got -1.0 at [0]"),
            ("image_of_50_mb", "ERROR", "the cell printed more than 2 MB"),
            ("asks_for_input", "ERROR", "StdinNotImplementedError"),
        ]:
            found = first(name)
            assert found[0] == status, (name, found)
            assert part in found[1], (name, found)


@pytest.fixture(scope="module", params=USERS)
def probed(request: pytest.FixtureRequest) -> dict[str, Submission]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", MARKER)
        sources = {name: probe(body) for name, body in PROBES.items()}
        return grade_sources(sources, request.param, replace(LIMITS, cell_seconds=20))


@pytest.mark.needs_bwrap
@pytest.mark.parametrize("name", PROBES)
def test_a_kernel_cannot_reach(probed: dict[str, Submission], name: str) -> None:
    result = probed[name]
    assert result.checks[0].message.startswith("relu([-1.0, 2.0]): ValueError: nothing found"), result.checks[0]
    assert set(lost(result)) == OWN


Edit = Callable[[dict[str, Any]], None]


def _cell(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def _edit_checks(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "print('passed')"


def _edit_metadata(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        mark |= {"points": 1000, "grade": True, "solution": True, "locked": False}
        cell["metadata"]["tinygrad_edu"] = {"rtol": 1e9, "atol": 1e9, "seconds": 10**6, "answers": []}
        cell["metadata"]["tags"] = ["nbval-skip", "nbval-ignore-output", "raises-exception"]
    nb["metadata"]["tinygrad_edu"] = {"exercise": "../../etc/passwd"}
    nb["metadata"]["kernelspec"] = {"name": "bash", "argv": ["/bin/false"]}


def _edit_outputs(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "six random numbers: [0]"}]
            cell["execution_count"] = 7


def _strip_metadata(nb: dict[str, Any]) -> None:
    nb["metadata"] = {}
    for cell in nb["cells"]:
        cell["metadata"] = {}


def _strip_ids(nb: dict[str, Any]) -> None:
    nb["nbformat_minor"] = 4
    for cell in nb["cells"]:
        cell.pop("id", None)


def _reverse(nb: dict[str, Any]) -> None:
    nb["cells"].reverse()


def _duplicate(nb: dict[str, Any]) -> None:
    nb["cells"] += copy.deepcopy(nb["cells"])


def _delete_checks(nb: dict[str, Any]) -> None:
    nb["cells"] = [c for c in nb["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]


def _delete_the_imports(nb: dict[str, Any]) -> None:
    nb["cells"] = [c for c in nb["cells"] if c["metadata"].get("nbgrader")]


def _add_cells(nb: dict[str, Any]) -> None:
    bad = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "import os; os._exit(0)"}
    nb["cells"] = [cell for old in nb["cells"] for cell in (old, copy.deepcopy(bad))]


def _markdown_answers(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["cell_type"] = "markdown"


def _large_image(nb: dict[str, Any]) -> None:
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBOR" * 10**7}}
    _cell(nb, "relu")["outputs"] = [image]


def _rename_answer(nb: dict[str, Any]) -> None:
    """Another id and grade_id: an answer is found by what it defines, too."""
    cell = _cell(nb, "relu")
    cell["id"], cell["metadata"]["nbgrader"]["grade_id"] = "other", "other"


HARMLESS: list[Edit] = [
    _edit_checks, _edit_metadata, _edit_outputs, _strip_metadata, _strip_ids, _reverse, _duplicate, _delete_checks,
    _delete_the_imports, _add_cells, _markdown_answers, _large_image, _rename_answer,
]  # fmt: skip


def _delete_answer(nb: dict[str, Any]) -> None:
    nb["cells"].remove(_cell(nb, "relu"))


def _last_duplicate_is_wrong(nb: dict[str, Any]) -> None:
    wrong = copy.deepcopy(_cell(nb, "relu"))
    wrong["source"] = "def relu(values): return values"
    nb["cells"].append(wrong)


def _swap_answers(nb: dict[str, Any]) -> None:
    relu, mean = _cell(nb, "relu"), _cell(nb, "mean")
    relu["source"], mean["source"] = mean["source"], relu["source"]


COSTLY: list[tuple[Edit, set[str]]] = [
    (_delete_answer, OWN),
    (_last_duplicate_is_wrong, {"relu_values", "relu_copy"}),
    (_swap_answers, OWN),  # `mean` stands one cell too early, `relu` after its checks
]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Submission]:
    """Right answers in notebooks that were edited in every other way, and all in one batch with files that are none."""
    folder = tmp_path_factory.mktemp("edited")
    paths = {}
    for edit in [*HARMLESS, *(edit for edit, _ in COSTLY)]:
        notebook = json.loads(json.dumps(solved()))
        edit(notebook)
        paths[edit.__name__] = save(notebook, folder / f"{edit.__name__}.ipynb")
    paths["renamed"] = save(solved(), folder / "my homework (final) [2].ipynb")
    (folder / "01_lists-corrupt.ipynb").write_text(json.dumps(solved())[:-100])
    (folder / "binary.ipynb").write_bytes(os.urandom(1000))
    (folder / "empty.ipynb").touch()
    (folder / "folder.ipynb").mkdir()
    (folder / "deep.ipynb").write_text("[" * 100_000)
    save({"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}]}, folder / "foreign.ipynb")
    for name in ("01_lists-corrupt", "binary", "empty", "folder", "deep", "foreign", "missing"):
        paths[name] = folder / f"{name}.ipynb"
    results = grade(paths.values(), limits=LIMITS)
    assert len(results) == len(paths)
    return dict(zip(paths, results, strict=True))


@pytest.mark.parametrize("name", [edit.__name__ for edit in HARMLESS] + ["renamed"])
def test_an_edit_beside_the_answers_costs_nothing_and_earns_nothing(edited: dict[str, Submission], name: str) -> None:
    assert edited[name].points == edited[name].max_points == 11, edited[name]


@pytest.mark.parametrize(("edit", "costs"), COSTLY, ids=lambda x: getattr(x, "__name__", ""))
def test_an_edit_of_an_answer_costs_its_points(edited: dict[str, Submission], edit: Edit, costs: set[str]) -> None:
    assert set(lost(edited[edit.__name__])) == costs


def test_notes_tell_the_teacher(edited: dict[str, Submission]) -> None:
    assert "relu: 2 cells of this name, the last one was graded" in edited["_duplicate"].notes
    assert "relu: no such answer cell" in edited["_delete_answer"].notes
    assert any("does not have were not run" in note for note in edited["_add_cells"].notes)
    assert lost(edited["_delete_answer"]) == {"relu_values": "UNATTEMPTED", "relu_copy": "UNATTEMPTED"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("01_lists-corrupt", "not valid JSON"),
        ("binary", "not valid JSON"),
        ("empty", "not valid JSON"),
        ("folder", "not a file"),
        ("deep", "nested too deeply"),
        ("foreign", "not one of the exercises (01_lists)"),
        ("missing", "no such file"),
    ],
)
def test_a_file_that_is_no_submission_is_named_in_one_line(
    edited: dict[str, Submission], name: str, reason: str
) -> None:
    result = edited[name]
    assert result.error is not None
    assert f"{name}.ipynb: " in result.error
    assert reason in result.error
    assert "\n" not in result.error
    assert result.points == 0
    if name == "01_lists-corrupt":
        assert result.max_points == 11


def test_noise_of_1e_9_passes(tmp_path: Path) -> None:
    noisy = {
        "relu": "def relu(values): return [max(0.0, v) + 1e-9 for v in values]",
        "mean": answers()["mean"].replace("total / len(values)", "total / len(values) * (1 + 1e-9)"),
        "matvec": "def matvec(m, v): return np.asarray(m) @ np.asarray(v) * (1 + 1e-9)",
    }
    result = grade([save(solved(relu=noisy["relu"], mean=noisy["mean"]), tmp_path / "noisy.ipynb")])[0]
    assert lost(result) == {}


def test_stray_prints_and_warnings_cost_nothing(tmp_path: Path) -> None:
    chatty = """
import sys, warnings
print("loading")
def relu(values):
    print("called with", values)
    warnings.warn("hm")
    print("x", file=sys.stderr)
    return [max(0, v) for v in values]
"""
    assert lost(grade([save(solved(relu=chatty), tmp_path / "chatty.ipynb")])[0]) == {}


def test_a_plain_wrong_answer_disturbs_nothing_and_a_patch_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run is for checks that others spoiled; one for every wrong answer would double the time of a batch."""
    seen: dict[int, list[str]] = {}

    def look(done: Graft, events: list[dict[str, Any]], results: list[CheckResult]) -> list[Graft]:
        seen[len(seen)] = [event["grade_id"] for event in events if event["disturbed"]]
        return second_runs(done, events, results)

    monkeypatch.setattr(grading, "second_runs", look)
    wrong = {"mean": "def mean(values): return 0", "counter": "class Counter: pass"}
    patches = "import numpy as np\nnp.asarray = lambda x: None\n" + answers()["relu"]
    grade([save(solved(**wrong), tmp_path / "wrong.ipynb")])
    grade([save(solved(relu=patches), tmp_path / "patches.ipynb")])
    assert seen[0] == []
    assert "matvec_value" in seen[1]
