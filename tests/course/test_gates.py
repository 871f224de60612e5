"""The gates that every exercise of the repository passes: the stub earns nothing, the reference everything, each
wrong answer loses exactly its own points with its own message.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from course.kit import DATA, REPOSITORY, Mutant, fill, grade, lost, mutants, save

from tinygrad_edu.course import release
from tinygrad_edu.course.exercise import Exercise, read
from tinygrad_edu.course.results import Submission

pytestmark = pytest.mark.timeout(1200)  # one exercise with forty wrong answers is a batch of its own

COURSES = [(REPOSITORY, REPOSITORY / "tests" / "course" / "mutants"), (DATA, DATA / "mutants")]
EXERCISES = [(root, wrong, path) for root, wrong in COURSES for path in sorted((root / "solutions").glob("*.ipynb"))]


@dataclass(frozen=True)
class Graded:
    """One exercise with everything that was graded for it, in one batch."""

    key: Exercise
    stub: Submission
    reference: Submission
    mutants: list[tuple[Mutant, Submission]]


@pytest.fixture(scope="module", params=EXERCISES, ids=lambda p: f"{p[0].name}-{p[2].stem}")
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    root, wrong, path = request.param
    key = read(path)
    exercise = json.loads((root / "exercises" / path.name).read_text("utf-8"))
    right = {name: cell.source for name, cell in key.answers.items()}
    folder = tmp_path_factory.mktemp(path.stem)
    found = mutants(wrong, key)
    stub = save(exercise, folder / f"{path.stem}.ipynb")
    reference = save(fill(exercise, right), folder / "reference.ipynb")
    others = [save(fill(exercise, right | {m.answer: m.source}), folder / f"{m.path.stem}.ipynb") for m in found]
    results = grade([stub, reference, *others], [key])
    return Graded(key, results[0], results[1], list(zip(found, results[2:], strict=True)))


def test_an_untouched_exercise_earns_nothing(graded: Graded) -> None:
    assert graded.stub.points == 0
    assert {c.status for c in graded.stub.checks} == {"UNATTEMPTED"}
    assert [c.grade_id for c in graded.stub.checks] == list(graded.key.checks)


def test_the_reference_earns_everything(graded: Graded) -> None:
    assert lost(graded.reference) == {}
    assert graded.reference.points == graded.reference.max_points > 0


def test_a_wrong_answer_loses_its_own_points_with_its_own_message(graded: Graded) -> None:
    problems = []
    for mutant, result in graded.mutants:
        messages = {c.grade_id: c.message for c in result.checks if c.points == 0}
        if set(messages) != set(mutant.expected):
            problems.append(f"{mutant.path.name}: should fail {sorted(mutant.expected)}, failed {messages}")
            continue
        problems += [
            f"{mutant.path.name}: {name}: {messages[name]!r} does not match {pattern!r}"
            for name, pattern in mutant.expected.items()
            if not re.search(pattern, messages[name])
        ]
    assert not problems, "\n".join(problems)


def test_every_answer_has_two_mutants_and_every_check_one(graded: Graded) -> None:
    count = Counter(mutant.answer for mutant, _ in graded.mutants)
    assert {name: count[name] for name in graded.key.answers if count[name] < 2} == {}
    failed = {name for mutant, _ in graded.mutants for name in mutant.expected}
    assert failed == set(graded.key.checks)


@pytest.mark.parametrize(("root", "path"), [(r, p) for r, _, p in EXERCISES], ids=lambda p: p.stem)
def test_the_exercise_is_what_its_solution_gives(root: Path, path: Path) -> None:
    made = release.prepare(path, root / "exercises")
    assert made.current, f"run: tinygrad-edu release {path.stem[:2]}"


def test_the_quick_stub_is_nbgraders() -> None:
    for root, _, path in EXERCISES:
        made = json.loads((root / "exercises" / path.name).read_text("utf-8"))
        for cell in made["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in read(path).answers:
                assert "".join(cell["source"]) == read(path).answers[name].stub


def test_there_is_an_exercise_to_gate() -> None:
    assert any(root == DATA for root, _, _ in EXERCISES)
