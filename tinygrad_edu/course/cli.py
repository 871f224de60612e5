"""The command ``tinygrad-edu``."""

import signal
import sys
from pathlib import Path

import click

from . import course as courses
from .results import Submission

_COURSE = click.option("--course", type=click.Path(path_type=Path, file_okay=False), help="The course's folder.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Get the course, work on its exercises, release and grade them."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def init(folder: Path, dry_run: bool) -> None:
    """Put the course into FOLDER, or bring a FOLDER that has it up to date.

    Chapters, exercises and data sets are copied. A file that you have changed is never touched: where the course has
    changed it too, the new one is put beside yours, as NAME.new-VERSION. A file that you have deleted comes back.
    """
    from . import folder as folders

    try:
        delivery = folders.Delivery(folder)
        steps = delivery.plan() if dry_run else delivery.run()
        for line in folders.lines(delivery, steps):
            click.echo(line)
        if dry_run:
            click.echo(f"nothing was done (--dry-run) in {folder}")
            return
        untrusted = folders.trust(folder, steps)
    except folders.FolderError as error:
        raise SystemExit(_fail(str(error))) from None
    except KeyboardInterrupt:
        raise SystemExit(_fail("interrupted; the same command goes on from here")) from None
    except OSError as error:
        raise SystemExit(_fail(f"{error.filename or folder}: {error.strerror}; the same command goes on")) from None
    if untrusted:
        click.echo(untrusted, err=True)
    shown = f'"{folder}"' if " " in str(folder) else folder
    click.echo(f"\nGo on with\n\n    jupyter lab {shown}\n\nand open {folders.WELCOME} there.")


@main.command()
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the results.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Notebooks graded at once.")
@click.option(
    "--dask", metavar="ADDRESS", help="Grade on the Dask cluster whose scheduler is there, not on this machine."
)
@click.option("--seed", type=int, help="Seed of the hidden tests; a fresh one for each batch by default.")
@click.option("--exercise", help="Grade every submission as this exercise (its number or name).")
@click.option("--unsafe", is_flag=True, help="Run students' code without a sandbox.")
@click.option("--resume", is_flag=True, help="Go on with the batch in OUT that was interrupted.")
@_COURSE
def grade(
    submissions: tuple[Path, ...],
    out: Path,
    workers: int,
    dask: str | None,
    seed: int | None,
    exercise: str | None,
    unsafe: bool,
    resume: bool,
    course: Path | None,
) -> None:
    """Grade notebooks. Writes OUT/results.json, grades.csv, summary.md, junit.xml and a page for each student.

    The exit code is 0 when every submission was graded, whatever its points, and 1 when one could not be.
    """
    from . import grade as grading
    from . import reports
    from . import results as found
    from .exercise import NotebookError

    place = courses.find(course)
    try:
        keys = grading.load_keys(place.solutions, [exercise] if exercise else [])
        cache = grading.Cache(out / ".batch", resume)
        batch = grading.Batch(keys, workers=workers, dask=dask, sandboxed=not unsafe, hide=place.secrets, cache=cache)
        batch.seed = cache.seed(batch.seed if seed is None else seed)
        if exercise:
            batch.only = keys[0].name
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that kernels and folders are cleared away
        if unsafe:
            click.echo("unsandboxed: students' code runs with your rights (--unsafe)", err=True)
        try:
            results = batch.grade(submissions, progress=_say)
        finally:
            signal.signal(signal.SIGTERM, before)
        found.save(results, out / "results.json")
        reports.write(results, batch.grafts, out)
        cache.remove()
    except KeyboardInterrupt:
        raise SystemExit(_fail("interrupted; the same command with --resume goes on from here")) from None
    except (grading.GradingError, NotebookError) as error:
        raise SystemExit(_fail(str(error))) from None
    except OSError as error:
        raise SystemExit(_fail(f"{error.filename or out}: {error.strerror}")) from None
    failed = sum(r.error is not None for r in results)
    click.echo(f"{len(results) - failed} of {len(results)} graded, seed {batch.seed}: {out / 'results.json'}")
    sys.exit(1 if failed else 0)


def _say(result: Submission) -> None:
    if result.error:
        click.echo(f"error: {result.error}", err=True)
        return
    click.echo(f"{result.submission}: {result.points:g} of {result.max_points:g} ({result.notebook})")


def _fail(text: str) -> int:
    for line in text.splitlines():
        click.echo(f"error: {line}", err=True)
    return 2


@main.command()
@click.argument("numbers", nargs=-1)
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when something would change.")
@click.option("--run", is_flag=True, help="Run the solutions first and store their outputs.")
@_COURSE
def release(numbers: tuple[str, ...], check: bool, run: bool, course: Path | None) -> None:
    """Make exercises/ from solutions/, all of them or those whose number is given."""
    from . import release as releases
    from .exercise import NotebookError

    place = courses.find(course)
    sources = [p for p in sorted(place.solutions.glob("*.ipynb")) if not numbers or p.name.startswith(numbers)]
    if not sources:
        raise SystemExit(_fail(f"no solution notebook {' '.join(numbers)} in {place.solutions}".replace("  ", " ")))
    bad = stale = 0
    for source in sources:
        try:
            made = releases.prepare(source, place.exercises, run=run and not check)
            problems = [] if check else releases.verify(made)
        except NotebookError as error:
            problems = str(error).splitlines()
        if problems:
            bad += 1
            _fail("\n".join(problems))
        elif made.current:
            click.echo(f"{made.path.name}: up to date")
        elif check:
            stale += 1
            click.echo(f"{made.path.name}: differs from what {source.name} gives; run tinygrad-edu release", err=True)
        else:
            made.write()
            click.echo(f"{made.path.name}: released")
    if not numbers:
        for orphan in sorted(set(place.exercises.glob("*.ipynb")) - {place.exercises / s.name for s in sources}):
            stale += 1
            click.echo(f"{orphan.name}: an exercise without a solution", err=True)
    sys.exit(1 if bad or stale else 0)


@main.command()
def doctor() -> None:
    """Say what works on this machine."""
    from . import doctor as clinic

    findings = clinic.examine()
    for line in clinic.lines(findings):
        click.echo(line)
    sys.exit(0 if all(f.ok or not f.required for f in findings) else 1)


@main.command()
@click.argument("number")
@_COURSE
def check(number: str, course: Path | None) -> None:
    """Run your exercise NUMBER and show its visible checks."""
    from . import selfcheck
    from .exercise import NotebookError
    from .grade import GradingError

    try:
        report = selfcheck.check(_course_here(course).exercises, number)
    except (GradingError, NotebookError) as error:
        raise SystemExit(_fail(str(error))) from None
    click.echo(report.text)
    sys.exit(0 if report.passed else 1)


@main.command()
@_COURSE
def progress(course: Path | None) -> None:
    """Show how far the course has been worked through on this machine."""
    from .record import progress as measure

    click.echo(str(measure(_course_here(course).root)))


def _course_here(named: Path | None) -> courses.Course:
    place = courses.find(named)
    if place.exercises.is_dir():
        return place
    where = f"{named} holds no course" if named else "there is no course here"
    raise SystemExit(
        _fail(f"{where}: run this in its folder (`tinygrad-edu init FOLDER` makes one), or name it: --course")
    )


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("-n", "--processes", default=2, show_default=True, type=click.IntRange(1), help="How many processes.")
@click.argument("script", type=click.Path(exists=True, dir_okay=False))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def launch(processes: int, script: str, arguments: tuple[str, ...]) -> None:
    """Run SCRIPT on several processes that work together (tinygrad_edu.distributed), by MPI's mpiexec.

    When one of them fails, its traceback is printed and all are stopped.
    """
    from ..distributed import run

    try:
        sys.exit(run.launch(processes, script, arguments))
    except FileNotFoundError as error:
        raise SystemExit(_fail(str(error))) from None


if __name__ == "__main__":
    main()
