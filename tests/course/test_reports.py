"""Reports of a batch, and a batch that is interrupted and resumed."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
from course.kit import DATA, SAMPLE, save, solved

from tinygrad_edu.course import reports, results, sandbox
from tinygrad_edu.course.exercise import read
from tinygrad_edu.course.graft import graft
from tinygrad_edu.course.results import CheckResult, Submission

KEY = read(SAMPLE)


def graded(path: str, *points: float, message: str = "text", **more: object) -> Submission:
    """A result with the statuses that such points suggest; -1 stands for an untouched check."""
    checks = [
        CheckResult(
            grade_id=f"check{n}",
            status="PASS" if p > 0 else "UNATTEMPTED" if p < 0 else "WRONG",
            points=max(p, 0),
            max_points=2,
            message=message,
        )
        for n, p in enumerate(points)
    ]
    total = sum(c.points for c in checks)
    return Submission(
        submission=path, notebook="01_lists", points=total, max_points=2 * len(checks), checks=checks, **more
    )


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("submitted/ann/one/01_lists.ipynb", "ann"),
        ("class/ann/01_lists.ipynb", "ann"),
        ("ann_01_lists.ipynb", "ann"),
        ("01_lists (ann).ipynb", "ann"),
        ("01_lists-ann lee.ipynb", "ann lee"),
        ("homework.ipynb", "homework"),
    ],
)
def test_whose_submission_a_file_is(path: str, student: str) -> None:
    assert reports.student_of(Path(path), "01_lists") == student


def test_grades_have_a_line_per_student_and_a_column_per_exercise() -> None:
    other = graded("ann_02.ipynb", 2, 2).model_copy(update={"notebook": "02"})
    pages = reports.name_pages(
        [
            graded("ann_01_lists.ipynb", 2, 0),
            other,
            graded("bob_01_lists.ipynb", 2, 2),
            graded("=1+1_01_lists.ipynb", 0),
        ],
        {},
    )
    rows = list(csv.reader(reports.grades(pages).splitlines()))
    assert rows == [
        ["student", "01_lists", "02", "total", "max"],
        ["'=1+1", "0", "", "0", "2"],
        ["ann", "2", "4", "6", "8"],
        ["bob", "4", "", "4", "4"],
    ]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.urls: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.urls += [v or "" for k, v in attrs if k in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_students_page_is_self_contained_and_escaped(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> | [x](javascript:y) \x1b[31m"
    result = graded("ann/01_lists.ipynb", 2, 0, -1, message=evil, notes=[evil])
    done = graft(KEY, solved(relu=f"# {evil}\nx = 1"))
    reports.write([result, result], {0: done}, tmp_path)
    page = (tmp_path / "students" / "ann-01_lists.html").read_text()
    tags = Tags(page)
    assert tags.open == []
    assert tags.urls == []
    assert "<script" not in page
    assert "# &lt;script&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert "2 of 6 points" in page
    text = (tmp_path / "students" / "ann-01_lists.md").read_text()
    assert "<script" not in text.replace("\\<script", "")
    assert text.startswith("# 01\\_lists: 2 of 6 points\n")
    assert (tmp_path / "students" / "ann-01_lists-2.html").is_file()


def test_a_students_page_leaks_no_hidden_test(tmp_path: Path) -> None:
    reports.write([graded("ann/01_lists.ipynb", 2)], {0: graft(KEY, solved())}, tmp_path)
    for path in (tmp_path / "students").iterdir():
        text = path.read_text()
        assert "HIDDEN" not in text
        assert "check.rng" not in text


def test_junit_counts_by_kind() -> None:
    broken = Submission(submission="x.ipynb", notebook="", points=0, max_points=0, checks=[], error="x.ipynb: none")
    pages = reports.name_pages([graded("a.ipynb", 2, 0, -1, message="bad \x00\x1b"), broken], {})
    root = ElementTree.fromstring(reports.junit(pages))
    assert [s.get("name") for s in root] == ["a.ipynb", "x.ipynb"]
    assert [[kind.tag for kind in case] for case in root[0]] == [[], ["failure"], ["skipped"]]
    assert root[1][0][0].get("message") == "x.ipynb: none"


def test_the_summary_shows_distribution_and_hardest_checks() -> None:
    bad = Submission(
        submission="x.ipynb", notebook="", points=0, max_points=0, checks=[], error="x.ipynb: no such file"
    )
    results = [graded("a.ipynb", 2, 0), graded("b.ipynb", 2, 2), graded("c.ipynb", 2, -1, notes=["a remark"]), bad]
    text = reports.summary(reports.name_pages(results, {}))
    assert "3 submissions, 4 points: mean 2.7, median 2" in text
    assert text.index("| check1 | 33% | 1 | 1 | 0 |") < text.index("| check0 | 100% | 0 | 0 | 0 |")
    assert "| 2 to 2.4 | ██ 2 |" in text
    assert "| 3.6 to 4 | █ 1 |" in text
    assert "- c.ipynb: a remark" in text
    assert "- x.ipynb: x.ipynb: no such file" in text


def _command(out: Path, *paths: Path) -> list[str]:
    command = [sys.executable, "-m", "tinygrad_edu.course.cli", "grade", "--course", str(DATA), "--out", str(out)]
    return [*command, *(["--unsafe"] if sandbox.available() else []), *map(str, paths)]


def _gone(path: Path) -> bool:
    """Whether a folder is away, at once or within the seconds that its last process takes to leave."""
    for _ in range(100):
        if not path.exists():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to interrupt with")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_batch_leaves_nothing_and_resumes(tmp_path: Path, how: signal.Signals) -> None:
    temporary = tmp_path / "t"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(sandbox.PACKAGE.parent), "TMPDIR": "/tmp"}
    slow = "import time\ndef relu(values):\n    time.sleep(4.5)\n    return values"
    names = ["one.ipynb", "two.ipynb", "three.ipynb"]
    paths = [save(solved(**({"relu": slow} if n else {})), tmp_path / name) for n, name in enumerate(names)]
    out = tmp_path / "out"
    running = subprocess.Popen(
        _command(out, *paths), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert running.stdout is not None
    assert "one.ipynb: 11 of 11" in running.stdout.readline()
    time.sleep(1.5)
    family = psutil.Process(running.pid).children(recursive=True)
    folders = [a for p in family for a in p.cmdline() if "tgedu-" in a]
    assert family
    running.send_signal(how)
    _, said = running.communicate(timeout=30)
    assert running.returncode == {signal.SIGINT: 2, signal.SIGTERM: 143, signal.SIGKILL: -9}[how], said
    psutil.wait_procs(family, timeout=15)
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert folders
    assert all(_gone(Path(*Path(part).parts[:3])) for part in folders if part.startswith("/tmp/tgedu-"))
    assert not (out / "results.json").exists()
    done = subprocess.run(
        [*_command(out, *paths), "--resume"], capture_output=True, text=True, env=environment, check=True
    )
    assert [line.split(": ")[1] for line in done.stdout.splitlines()[:3]] == ["11 of 11 (01_lists)"] + [
        "8 of 11 (01_lists)"
    ] * 2
    assert [r.points for r in results.load(out / "results.json")] == [11, 8, 8]
    assert not (out / ".batch").exists()


def test_resuming_takes_over_what_was_finished_and_nothing_that_changed(tmp_path: Path) -> None:
    from tinygrad_edu.course.grade import Cache

    cache = Cache(tmp_path / ".batch", resume=False)
    assert cache.seed(5) == 5
    cache.store("job", graded("a.ipynb", 2))
    again = Cache(tmp_path / ".batch", resume=True)
    assert again.seed(6) == 5
    assert again.load("job") == graded("a.ipynb", 2)
    assert again.load("another job") is None
    fresh = Cache(tmp_path / ".batch", resume=False)
    assert fresh.load("job") is None
    assert fresh.seed(6) == 6


def test_all_files_of_a_batch(tmp_path: Path) -> None:
    path = save(solved(mean="def mean(values): return 0"), tmp_path / "ann" / "01_lists.ipynb")
    environment = {**os.environ, "PYTHONPATH": str(sandbox.PACKAGE.parent)}
    subprocess.run(_command(tmp_path / "out", path), check=True, capture_output=True, env=environment)
    found = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert found == [
        "grades.csv",
        "junit.xml",
        "results.json",
        "students/ann-01_lists.html",
        "students/ann-01_lists.md",
        "summary.md",
    ]
    page = (tmp_path / "out" / "students" / "ann-01_lists.html").read_text()
    assert 'mean([1.0, 2.0, 6.0]): expected 3.0, got 0.<div class="hint">Hint: Add them up, then divide.</div>' in page
    assert "def mean(values): return 0" in page
    assert json.loads((tmp_path / "out" / "results.json").read_text())[0]["points"] == 8
