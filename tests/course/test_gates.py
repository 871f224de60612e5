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
from course.kit import DATA, FORGERY, REPOSITORY, Mutant, fill, grade, lost, mutants, packs, save

from tinygrad_edu.course import release
from tinygrad_edu.course.exercise import Exercise, names_defined, read
from tinygrad_edu.course.pretender import pretending
from tinygrad_edu.course.results import Submission

pytestmark = pytest.mark.timeout(1200)  # one exercise with forty wrong answers is a batch of its own

COURSES = [(REPOSITORY, REPOSITORY / "tests" / "course" / "mutants"), (DATA, DATA / "mutants")]
EXERCISES = [(root, wrong, path) for root, wrong in COURSES for path in sorted((root / "solutions").glob("*.ipynb"))]
# Checks that are made to say they passed are found out in the same way in every exercise, each by a run of its own, which takes long:
# one exercise of each course is enough.
FORGED = [min(path for at, _, path in EXERCISES if at == root) for root, _ in COURSES]


@dataclass(frozen=True)
class Graded:
    """One exercise with everything that was graded for it, in one batch."""

    key: Exercise
    stub: Submission
    reference: Submission
    pretended: dict[str, Submission]
    mutants: list[Mutant]
    problems: list[str]


@pytest.fixture(scope="module", params=EXERCISES, ids=lambda p: f"{p[0].name}-{p[2].stem}")
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Wrong answers of different cells share a notebook; where that gives another result than it should, each of them
    is graded again by itself."""
    root, wrong, path = request.param
    key = read(path)
    exercise = json.loads((root / "exercises" / path.name).read_text("utf-8"))
    right = {name: cell.source for name, cell in key.answers.items()}
    folder = tmp_path_factory.mktemp(path.stem)
    found = mutants(wrong, key)

    def written(name: str, answers: dict[str, str]) -> Path:
        return save(fill(exercise, right | answers), folder / f"{name}.ipynb")

    groups = packs(found)
    stub = save(exercise, folder / f"{path.stem}.ipynb")
    forged = FORGERY if path in FORGED else ""
    pretended = {kind: written(kind, answers) for kind, answers in pretences(key, forged).items()}
    together = [written(f"pack{n}", {m.answer: m.source for m in group}) for n, group in enumerate(groups)]
    results = grade([stub, written("reference", {}), *pretended.values(), *together], [key])
    start = 2 + len(pretended)
    suspects = [
        m for group, result in zip(groups, results[start:], strict=True) if faults(group, result) for m in group
    ]
    alone = grade([written(m.path.stem, {m.answer: m.source}) for m in suspects], [key]) if suspects else []
    problems = [text for mutant, result in zip(suspects, alone, strict=True) for text in faults([mutant], result)]
    return Graded(key, results[0], results[1], dict(zip(pretended, results[2:start], strict=True)), found, problems)


def pretences(key: Exercise, before: str) -> dict[str, dict[str, str]]:
    """Answers for a whole exercise without a line of it written, each after the code ``before``."""
    names = {answer: names_defined(cell.stub) or names_defined(cell.source) for answer, cell in key.answers.items()}
    return {
        "agrees to all": {answer: before + pretending(defined) for answer, defined in names.items()},
        "gives back what it gets": {
            answer: before + "".join(f"{name} = lambda *a, **k: a[0] if a else None\n" for name in sorted(defined))
            for answer, defined in names.items()
        },
    }


def faults(group: list[Mutant], result: Submission) -> list[str]:
    """What is not as it should be with a notebook that holds these wrong answers."""
    expected = {name: pattern for mutant in group for name, pattern in mutant.expected.items()}
    messages = {c.grade_id: c.message for c in result.checks if c.points == 0}
    names = ", ".join(mutant.path.name for mutant in group)
    if set(messages) != set(expected):
        return [f"{names}: should fail {sorted(expected)}, failed {messages}"]
    return [
        f"{names}: {name}: {messages[name]!r} does not match {pattern!r}"
        for name, pattern in expected.items()
        if not re.search(pattern, messages[name])
    ]


def test_an_untouched_exercise_earns_nothing(graded: Graded) -> None:
    assert graded.stub.points == 0
    assert {c.status for c in graded.stub.checks} == {"UNATTEMPTED"}
    assert [c.grade_id for c in graded.stub.checks] == list(graded.key.checks)


def test_the_reference_earns_everything(graded: Graded) -> None:
    assert lost(graded.reference) == {}
    assert graded.reference.points == graded.reference.max_points > 0


def test_what_only_pretends_earns_nothing(graded: Graded) -> None:
    """Whatever the checks are made to say: points need values that only a right answer gives."""
    earned = {kind: [c.grade_id for c in r.checks if c.points] for kind, r in graded.pretended.items()}
    assert not any(earned.values()), earned


def test_a_wrong_answer_loses_its_own_points_with_its_own_message(graded: Graded) -> None:
    assert not graded.problems, "\n".join(graded.problems)


def test_every_answer_has_two_mutants_and_every_check_one(graded: Graded) -> None:
    count = Counter(mutant.answer for mutant in graded.mutants)
    assert {name: count[name] for name in graded.key.answers if count[name] < 2} == {}
    failed = {name for mutant in graded.mutants for name in mutant.expected}
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
