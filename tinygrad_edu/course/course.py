"""Where a course's folders are."""

from dataclasses import dataclass
from pathlib import Path

from .record import course_folder


@dataclass(frozen=True)
class Course:
    """A course folder: ``solutions/`` (teachers only) and ``exercises/``."""

    root: Path

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    @property
    def secrets(self) -> tuple[Path, ...]:
        """Folders that no student's code may read."""
        return tuple(p.resolve() for p in (self.solutions, self.root / "tests") if p.is_dir())


def find(root: Path | None = None) -> Course:
    """The course in `root`, else the one around the working folder, else the one this package was installed from."""
    return Course(root if root is not None else course_folder())
