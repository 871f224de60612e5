"""The shape of ``results.json``: a list of `Submission`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Status = Literal["PASS", "WRONG", "ERROR", "UNATTEMPTED", "TIMEOUT"]


class CheckResult(BaseModel):
    """One check of one submission."""

    model_config = ConfigDict(extra="forbid")

    grade_id: str
    status: Status
    points: float = Field(ge=0)
    max_points: float = Field(ge=0)
    message: str = ""


class Submission(BaseModel):
    """One graded notebook. `error` says why it couldn't be graded; `notes` what the teacher should know."""

    model_config = ConfigDict(extra="forbid")

    submission: str
    notebook: str
    points: float = Field(ge=0)
    max_points: float = Field(ge=0)
    checks: list[CheckResult]
    error: str | None = None
    notes: list[str] = []


Results = TypeAdapter(list[Submission])


def save(results: list[Submission], path: Path) -> None:
    """Write ``results.json``; the file is replaced as a whole."""
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(Results.dump_json(results, indent=1) + b"\n")
    temporary.replace(path)


def load(path: Path) -> list[Submission]:
    """Read and validate a ``results.json``."""
    return Results.validate_json(path.read_bytes())
