"""What a graded batch leaves behind: a page for each student, a summary of the class, grades.csv, junit.xml.

Students' pages hold verdicts, messages and the student's own code; of hidden tests only what a message says. junit.xml
is for the teacher.
"""

import csv
import io
import math
import re
import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from .graft import Graft
from .results import CheckResult, Submission

_MARK = {"PASS": "✓", "WRONG": "✗", "ERROR": "!", "UNATTEMPTED": "·", "TIMEOUT": "…"}
_NAME = 60  # characters of a file's name: at most 240 bytes, of 255 that file systems take
_HTML_STYLE = """
:root { color-scheme: light dark; --good: #1b7f37; --bad: #b3261e; --dim: #6b7280; --line: #d0d7de; --code: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --good: #56d364; --bad: #ff8a80; --dim: #9aa4af; --line: #3d444d; --code: #1e242c; }
  body { background: #12161b; color: #e6edf3; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
pre { background: var(--code); padding: .8rem; overflow-x: auto; border-radius: .4rem; }
.PASS { color: var(--good); } .WRONG, .ERROR, .TIMEOUT { color: var(--bad); } .UNATTEMPTED { color: var(--dim); }
progress { width: 100%; height: 1rem; accent-color: var(--good); }
tbody th { min-width: 9rem; overflow-wrap: break-word; } thead th, td.points, td.verdict { white-space: nowrap; }
.message { overflow-wrap: anywhere; } .hint { color: var(--dim); }
@media (max-width: 40rem) {  /* a telephone: the message below its check */
  thead { display: none; } tbody th { min-width: 0; } tr { display: block; border-bottom: 1px solid var(--line); padding: .4rem 0; }
  th, td { display: inline-block; border: 0; padding: .1rem .6rem .1rem 0; } .message { display: block; }
}
"""


@dataclass(frozen=True)
class Page:
    """One submission with the name it goes by and the code that was graded."""

    student: str
    name: str  # of its files; unique in the batch
    result: Submission
    code: tuple[tuple[str, str], ...] = ()  # answer's grade_id, source


def write(results: Sequence[Submission], grafts: dict[int, Graft], out: Path) -> None:
    """Write all reports into `out`."""
    pages = name_pages(results, grafts)
    folder = out / "students"
    folder.mkdir(parents=True, exist_ok=True)
    for page in pages:
        (folder / f"{page.name}.md").write_text(markdown(page), "utf-8")
        (folder / f"{page.name}.html").write_text(html(page), "utf-8")
    (out / "grades.csv").write_text(grades(pages), "utf-8")
    (out / "junit.xml").write_bytes(junit(pages))
    (out / "summary.md").write_text(summary(pages), "utf-8")


def name_pages(results: Iterable[Submission], grafts: dict[int, Graft]) -> list[Page]:
    """Pages with a student and a file name each."""
    taken: set[str] = set()
    pages = []
    for number, result in enumerate(results):
        student = student_of(Path(result.submission), result.notebook)
        label = f"{student}-{result.notebook}" if result.notebook else student
        name = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", label)).strip("._")[:_NAME] or "_"
        unique, count = name, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{name}-{count}"
        taken.add(unique.casefold())
        graft = grafts.get(number)
        code = tuple((c.grade_id, c.source) for c in graft.cells if c.role == "answer") if graft else ()
        pages.append(Page(student, unique, result, code))
    return pages


def student_of(path: Path, notebook: str) -> str:
    """Whose submission a file is, by where it lies.

    ``submitted/ann/one/01_x.ipynb`` (nbgrader's folders) and ``ann/01_x.ipynb`` are ann's, and so is ``ann_01_x.ipynb``;
    any other file goes by its own name.
    """
    parts = path.parts
    if "submitted" in parts[:-2]:
        return parts[parts.index("submitted") + 1]
    rest = path.stem.replace(notebook, "").strip(" _-.()[]") if notebook else path.stem
    return rest or path.resolve().parent.name or path.stem


def markdown(page: Page) -> str:
    """A student's report as Markdown, for a terminal or a job summary."""
    result = page.result
    lines = [f"# {_md(result.notebook or result.submission)}: {result.points:g} of {result.max_points:g} points", ""]
    if result.error:
        lines += [f"**Not graded:** {_md(result.error)}", ""]
    if result.checks:
        lines += ["| check | verdict | points | message |", "|---|---|---|---|"]
        lines += [
            f"| {_md(c.grade_id)} | {_MARK[c.status]} {c.status} | {c.points:g} of {c.max_points:g} | {_md(c.message)} |"
            for c in result.checks
        ]
        lines.append("")
    lines += [f"- {_md(note)}" for note in result.notes]
    return "\n".join(lines).rstrip() + "\n"


def _md(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text).replace("\n", " ")


def html(page: Page) -> str:
    """A student's report as one self-contained page."""
    result = page.result
    title = escape(result.notebook or Path(result.submission).name)
    points = f"{result.points:g} of {result.max_points:g} points"
    rows = "".join(_row(c) for c in result.checks)
    answers = [(escape(name), escape(source)) for name, source in page.code if source.strip()]
    code = "".join(f"<h3>{name}</h3><pre><code>{source}</code></pre>" for name, source in answers)
    head = "<tr><th>check</th><th>verdict</th><th>points</th><th>message</th></tr>"
    parts = [
        f"<h1>{title}: {points}</h1>",
        f'<progress aria-label="{points}" value="{result.points:g}" max="{result.max_points or 1:g}"></progress>',
        f'<p class="ERROR"><strong>Not graded:</strong> {escape(result.error)}</p>' if result.error else "",
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else "",
        "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in result.notes) + "</ul>" if result.notes else "",
        f"<h2>The code that was graded</h2><p>{escape(result.submission)}</p>{code}" if code else "",
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}: {points}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_HTML_STYLE}</style></head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _row(check: CheckResult) -> str:
    message, _, hint = check.message.partition(" Hint: ")
    advice = f'<div class="hint">Hint: {escape(hint)}</div>' if hint else ""
    return (
        f'<tr><th scope="row">{escape(check.grade_id)}</th>'
        f'<td class="verdict {check.status}"><span aria-hidden="true">{_MARK[check.status]}</span> {check.status}</td>'
        f'<td class="points">{check.points:g} of {check.max_points:g}</td>'
        f'<td class="message">{escape(message)}{advice}</td></tr>'
    )


def grades(pages: Sequence[Page]) -> str:
    """grades.csv: a line per student, a column per exercise, the last submission of each counting."""
    exercises = sorted({p.result.notebook for p in pages if p.result.notebook})
    table: dict[str, dict[str, Submission]] = {}
    for page in pages:
        row = table.setdefault(page.student, {})
        if page.result.notebook:
            row[page.result.notebook] = page.result
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", *exercises, "total", "max"])
    for student, row in sorted(table.items()):
        cells = [f"{row[e].points:g}" if e in row else "" for e in exercises]
        total = sum(r.points for r in row.values()), sum(r.max_points for r in row.values())
        writer.writerow([_csv(student), *cells, f"{total[0]:g}", f"{total[1]:g}"])
    return out.getvalue()


def _csv(text: str) -> str:
    """Spreadsheets run a cell that begins like a formula; an apostrophe keeps it text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def junit(pages: Sequence[Page]) -> bytes:
    """junit.xml: a suite per submission, a case per check."""
    root = ElementTree.Element("testsuites")
    for page in pages:
        result = page.result
        suite = ElementTree.SubElement(root, "testsuite", name=_xml(result.submission), tests=str(len(result.checks)))
        if result.error and not result.checks:
            case = ElementTree.SubElement(suite, "testcase", classname="", name="submission")
            ElementTree.SubElement(case, "error", message=_xml(result.error))
        for check in result.checks:
            case = ElementTree.SubElement(suite, "testcase", classname=result.notebook, name=check.grade_id)
            kind = {"WRONG": "failure", "ERROR": "error", "TIMEOUT": "error", "UNATTEMPTED": "skipped"}.get(
                check.status
            )
            if kind is not None:
                ElementTree.SubElement(case, kind, message=_xml(check.message), type=check.status)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _xml(text: str) -> str:
    return "".join(c for c in text if c in "\t\n" or c.isprintable())


def summary(pages: Sequence[Page]) -> str:
    """The class at a glance: distribution of points, hardest checks, what needs a look."""
    lines = ["# Summary", ""]
    for exercise in sorted({p.result.notebook for p in pages if p.result.notebook}):
        graded = [p.result for p in pages if p.result.notebook == exercise and not p.result.error]
        if graded:
            lines += _exercise(exercise, graded)
    trouble = [p for p in pages if p.result.error or p.result.notes]
    rivals = _rivals(pages)
    if trouble or rivals:
        lines += ["## To look at", "", *rivals]
        for page in trouble:
            said = [page.result.error] if page.result.error else page.result.notes
            lines += [f"- {_md(page.result.submission)}: {_md(text or '')}" for text in said]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _rivals(pages: Sequence[Page]) -> list[str]:
    """Submissions that count for the same student, of which only the last does: a name may have been borrowed."""
    found: dict[tuple[str, str], list[str]] = {}
    for page in pages:
        if page.result.notebook:
            found.setdefault((page.student, page.result.notebook), []).append(page.result.submission)
    return [
        f"- {_md(student)}: {len(files)} submissions of {_md(exercise)}, the last counts: {_md(', '.join(files))}"
        for (student, exercise), files in found.items()
        if len(files) > 1
    ]


def _exercise(name: str, graded: list[Submission]) -> list[str]:
    points = [r.points for r in graded]
    top = graded[0].max_points
    lines = [f"## {_md(name)}", ""]
    middle = f"mean {statistics.fmean(points):.1f}, median {statistics.median(points):g}"
    lines.append(f"{len(graded)} submissions, {top:g} points: {middle}")
    lines += ["", "| points | submissions |", "|---|---|"]
    for tenth in range(10):
        low, high = top * tenth / 10, top * (tenth + 1) / 10
        count = sum(low <= p < high or (tenth == 9 and math.isclose(p, top)) for p in points)
        lines.append(f"| {low:g} to {high:g} | {'█' * count} {count or ''} |")
    lines += ["", "| check | passed | not attempted | wrong | error, timeout |", "|---|---|---|---|---|"]
    rows = []
    for number, check in enumerate(graded[0].checks):
        found = [r.checks[number].status for r in graded]
        passed = found.count("PASS") / len(found)
        other = found.count("ERROR") + found.count("TIMEOUT")
        counts = f"{found.count('UNATTEMPTED')} | {found.count('WRONG')} | {other}"
        rows.append((passed, f"| {_md(check.grade_id)} | {passed:.0%} | {counts} |"))
    return [*lines, *(row for _, row in sorted(rows, key=lambda r: r[0])), ""]
