"""Grafting: whatever a submission's cells look like, nothing raises and nothing is gained."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from course.kit import SAMPLE, answers, fill, grade, released, save, solved
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.course.exercise import (
    NotebookError,
    clear_solution,
    grading_source,
    read,
    read_json,
    same_code,
    text_of,
)
from tinygrad_edu.course.graft import best_key, graft

KEY = read(SAMPLE)
NAMES = list(KEY.answers)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
known_keys = st.sampled_from(
    ["cell_type", "id", "metadata", "source", "outputs", "nbgrader", "tinygrad_edu", "grade_id"]
)
cell_like = st.recursive(
    json_values | st.sampled_from([*NAMES, "code", "markdown"]),
    lambda inner: st.dictionaries(known_keys, inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=16,
)


def earned(submission: dict[str, Any]) -> set[str]:
    """Answers of a submission that are the right ones and so would earn their points."""
    done = graft(KEY, submission)
    right = answers()
    return {c.grade_id for c in done.cells if c.role == "answer" and same_code(c.source, right[c.grade_id])}


def test_the_key_stays_the_teachers() -> None:
    done = graft(KEY, released())
    for ours, theirs in zip(done.cells, KEY.cells, strict=True):
        assert ours.source == (theirs.stub if theirs.role == "answer" else theirs.source)
        assert (ours.points, ours.rtol, ours.seconds) == (theirs.points, theirs.rtol, theirs.seconds)
    assert done.untouched == set(NAMES)


def test_all_right_answers_are_found() -> None:
    done = graft(KEY, solved())
    assert done.untouched == frozenset()
    assert done.notes == ()
    assert earned(solved()) == set(NAMES)


@pytest.mark.parametrize("comment", ["# a remark\n", "\n\n\n", "#x"])
def test_a_stub_with_remarks_is_still_a_stub(comment: str) -> None:
    stub = KEY.answers["relu"].stub
    for source in (stub + "\n" + comment, comment + "\n" + stub, stub.replace("\n", "  # why\n", 1), "", "  \n"):
        assert "relu" in graft(KEY, fill(released(), {"relu": source})).untouched
    assert "relu" not in graft(KEY, fill(released(), {"relu": stub + "\nx = 1"})).untouched


@given(st.permutations(range(len(released()["cells"]))), st.data())
def test_reordering_duplicating_and_deleting_never_gains(order: list[int], data: st.DataObject) -> None:
    solved_names = data.draw(st.sets(st.sampled_from(NAMES)))
    submission = fill(released(), {name: answers()[name] for name in solved_names})
    cells = [submission["cells"][i] for i in order]
    keep = data.draw(st.lists(st.sampled_from(range(len(cells))), max_size=2 * len(cells)))
    submission["cells"] = [copy.deepcopy(cells[i]) for i in keep]
    for place in data.draw(st.sets(st.sampled_from(range(len(keep))))) if keep else ():
        submission["cells"][place] |= {"metadata": {}, "id": data.draw(st.sampled_from(["", "other", None]))}
    assert earned(submission) <= solved_names


@given(st.lists(cell_like, max_size=6), cell_like)
def test_no_list_of_cells_raises_or_gains(cells: list[Any], metadata: Any) -> None:
    submission = json.loads(json.dumps({"cells": cells, "metadata": metadata}))
    done = graft(KEY, submission)
    assert len(done.cells) == len(KEY.cells)
    assert earned(submission) == set()
    best_key([KEY], submission, "x")
    for cell in done.cells:
        cell.source.encode()


@given(st.data())
def test_any_part_of_a_real_notebook_may_become_anything(data: st.DataObject) -> None:
    notebook = solved()
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = notebook
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
                break
            place = place[key]
        if isinstance(place, dict | list) and place:
            place[key] = data.draw(json_values)
    if isinstance(notebook.get("cells"), list):
        graft(KEY, notebook)
        best_key([KEY], notebook, "x")


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode) | json_values.map(lambda v: json.dumps(v).encode())
)
def test_any_file_is_a_notebook_or_a_one_line_error(raw: bytes) -> None:
    class File(type(Path())):  # type: ignore[misc]
        def is_file(self) -> bool:
            return True

        def read_bytes(self) -> bytes:
            return raw

    problem = ""
    try:
        assert isinstance(read_json(File("some.ipynb"))["cells"], list)
    except NotebookError as error:
        problem = str(error)
    assert not problem or problem.startswith("some.ipynb: not a notebook: ")
    assert "\n" not in problem


@pytest.mark.slow
def test_damaged_notebooks_are_all_graded_and_none_gains(tmp_path: Path) -> None:
    """The whole pipeline on files with bytes changed, cut out or doubled, and on whole parts moved about."""
    draw = random.Random(20)
    half = {name: answers()[name] for name in NAMES[:2]}
    whole = json.dumps(fill(released(), half)).encode()
    paths = [save(fill(released(), half), tmp_path / "whole.ipynb")]
    for number in range(24):
        raw = bytearray(whole)
        for _ in range(draw.choice([1, 5, 50])):
            at, size = draw.randrange(len(raw)), draw.randrange(1, 80)
            how = draw.randrange(3)
            raw[at : at + size] = [b"", draw.randbytes(size), bytes(raw[at : at + size]) * 2][how]
        paths.append(tmp_path / f"01_lists-{number}.ipynb")
        paths[-1].write_bytes(raw)
    for number in range(8):
        cells = fill(released(), half)["cells"]
        chosen = [copy.deepcopy(draw.choice(cells)) for _ in range(draw.randrange(2 * len(cells)))]
        for cell in chosen:
            if draw.random() < 0.2:
                cell["metadata"] = draw.choice([{}, None, [], 3, {"nbgrader": {"grade_id": draw.choice(NAMES)}}])
        paths.append(save({"cells": chosen, "metadata": {}}, tmp_path / f"01_lists-moved-{number}.ipynb"))
    results = grade(paths)
    assert [Path(r.submission) for r in results] == paths
    best = {c.grade_id for c in results[0].checks if c.points}
    assert 0 < len(best) < len(KEY.checks)
    for result in results:
        assert {c.grade_id for c in result.checks if c.points} <= best, result
        assert bool(result.error) == (not any(c.status != "ERROR" or c.message != result.error for c in result.checks))


def test_sources_of_every_kind() -> None:
    assert text_of({"source": ["a\n", "b", 3]}) == "a\nb"
    assert text_of({"source": 3}) == text_of({}) == text_of(3) == ""
    assert text_of({"source": "\ud800"}) == "?"


def test_the_most_answer_cells_decide_which_exercise_it_is() -> None:
    from dataclasses import replace

    other = replace(
        KEY, name="02_other", cells=tuple(replace(c, id="z" + c.id, grade_id="z" + c.grade_id) for c in KEY.cells)
    )
    assert best_key([other, KEY], solved(), "02_other") is KEY
    assert best_key([other, KEY], {"cells": []}, "my 02_other") is other
    assert best_key([other, KEY], {"cells": [], "metadata": {"tinygrad_edu": {"exercise": "01_lists"}}}, "x") is KEY
    assert best_key([other, KEY], {"cells": []}, "x") is None


def test_print_becomes_a_channel_in_hidden_tests_only() -> None:
    source = (
        'print("visible")\n### BEGIN HIDDEN TESTS\nfor i in "ä":\n    print("ä", print)\n### END HIDDEN TESTS\nprint(1)'
    )
    assert grading_source(source).split("\n") == [
        'print("visible")',
        "from tinygrad_edu.course.checks import reveal as _reveal",
        'for i in "ä":',
        '    _reveal("ä", _reveal)',
        "### END HIDDEN TESTS",
        "print(1)",
    ]


def test_several_regions_and_indents() -> None:
    region = "### BEGIN SOLUTION\n{0}x\n{0}### END SOLUTION\n"
    source = "class A:\n    def f(self):\n        " + region.format(" " * 8) + "    " + region.format("    ").rstrip()
    assert clear_solution(source).split("\n") == [
        "class A:",
        "    def f(self):",
        '        raise NotImplementedError("write your code here")',
        '    raise NotImplementedError("write your code here")',
    ]
