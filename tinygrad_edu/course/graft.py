"""Grafting: the student's answer cells into the teacher's key, never the other way round.

Nothing is executed here, and nothing but the *source* of answer cells is taken from the submission.
"""

from dataclasses import dataclass, replace
from typing import Any

from .exercise import Cell, Exercise, metadata_of, names_defined, same_code, text_of


@dataclass(frozen=True)
class Graft:
    """The key with a student's answers in it, ready to run."""

    cells: tuple[Cell, ...]
    untouched: frozenset[str]  # grade_ids of answers that are missing or still the stub
    notes: tuple[str, ...]

    def unattempted(self, check: Cell) -> bool:
        """Whether nothing was written for this check."""
        return bool(check.answers) and all(name in self.untouched for name in check.answers)


def graft(key: Exercise, submission: dict[str, Any]) -> Graft:
    """Put the submission's answers into the key: by grade_id, then by cell id, then by what the cell defines (an editor
    may have dropped both), the last one winning.

    Never raises, whatever `submission["cells"]` holds; a missing answer becomes the stub.
    """
    found = [cell for cell in submission["cells"] if isinstance(cell, dict)]
    notes: list[str] = []
    used: set[int] = set()
    cells, untouched = [], set()
    names = {c.grade_id for c in key.cells if c.grade_id}
    unmarked = _unmarked(found, key)
    for cell in key.cells:
        if cell.role != "answer":
            cells.append(cell)
            continue
        places = [i for i, raw in enumerate(found) if _grade_id(raw) == cell.grade_id]
        if not places and cell.id:
            places = [i for i, raw in enumerate(found) if raw.get("id") == cell.id and _grade_id(raw) not in names]
        if not places:
            places = [i for i, defined in unmarked.items() if _defines(cell, defined)]
            notes += [f"{cell.grade_id}: found by what it defines; the cell has lost its metadata"] if places else []
        used.update(places)
        if len(places) > 1:
            notes.append(f"{cell.grade_id}: {len(places)} cells of this name, the last one was graded")
        if not places:
            notes.append(f"{cell.grade_id}: no such answer cell")
        source = text_of(found[places[-1]]) if places else cell.stub
        if places and found[places[-1]].get("cell_type") != "code":
            notes.append(f"{cell.grade_id}: the answer is not in a code cell; its text was graded as code")
        if not source.strip() or same_code(source, cell.stub):
            untouched.add(cell.grade_id)
        cells.append(replace(cell, source=source))
    extra = sum(_is_extra(raw, key) for i, raw in enumerate(found) if i not in used)
    if extra:
        notes.append(
            f"{extra} cell{'s' * (extra > 1)} that the exercise does not have {'were' if extra > 1 else 'was'} not run"
        )
    return Graft(tuple(cells), frozenset(untouched), tuple(notes))


def best_key(keys: list[Exercise], submission: dict[str, Any], stem: str) -> Exercise | None:
    """The exercise that a submission belongs to: most answer cells in common, then its metadata, then its name."""
    cells = [cell for cell in submission["cells"] if isinstance(cell, dict)]
    marks = {_grade_id(cell) for cell in cells}
    ids = {cell.get("id") for cell in cells if isinstance(cell.get("id"), str)}
    says = metadata_of(submission, "tinygrad_edu").get("exercise")

    def common(key: Exercise) -> tuple[int, bool, bool, bool]:
        answers = key.answers.values()
        shared = sum(a.grade_id in marks or (a.id in ids and bool(a.id)) for a in answers)
        defined = [] if shared else [*_unmarked(cells, key).values()]
        alike = sum(any(_defines(answer, names) for names in defined) for answer in answers)
        return shared, key.name == says, key.name in stem, 2 * alike > len(answers)

    best = max(keys, key=common, default=None)
    return best if best is not None and any(common(best)) else None


def _unmarked(found: list[dict[str, Any]], key: Exercise) -> dict[int, set[str]]:
    """What those code cells define that nothing ties to a cell of the key, by place."""
    ids, names = {c.id for c in key.cells}, {c.grade_id for c in key.cells if c.grade_id}
    free = {
        i: raw
        for i, raw in enumerate(found)
        if raw.get("cell_type") == "code" and _grade_id(raw) not in names and raw.get("id", "") not in ids - {""}
    }
    return {i: names_defined(text_of(raw)) for i, raw in free.items()}


def _defines(answer: Cell, defined: set[str]) -> bool:
    """Whether a cell that defines these names may be this answer."""
    wanted = names_defined(answer.stub) or names_defined(answer.source)
    return bool(wanted) and wanted <= defined


def _grade_id(raw: dict[str, Any]) -> str:
    name = metadata_of(raw, "nbgrader").get("grade_id")
    return name if isinstance(name, str) else ""


def _is_extra(raw: dict[str, Any], key: Exercise) -> bool:
    """A non-empty code cell that stands nowhere in the key."""
    if raw.get("cell_type") != "code" or not text_of(raw).strip():
        return False
    return not any((c.grade_id and c.grade_id == _grade_id(raw)) or (c.id and c.id == raw.get("id")) for c in key.cells)
