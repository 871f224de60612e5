"""docs/coverage.md tells the truth: what it says is taught, is; and the study aids know all chapters."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from notebooks import pages

DOCS = pages.ROOT / "docs"
ROW = re.compile(r"^\| (?!topic|---)(.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
ROWS = ROW.findall((DOCS / "coverage.md").read_text(encoding="utf-8"))
TO_CHAPTER = re.compile(r"\]\((\.\./chapters/[^)#]+)#([^)]+)\)")


def places(cell: str) -> list[tuple[Path, str]]:
    """The chapters and anchors that a row links to."""
    return [((DOCS / path).resolve(), unquote(wanted)) for path, wanted in TO_CHAPTER.findall(cell)]


def test_the_table_was_read() -> None:
    assert len(ROWS) >= 90
    assert {path for _, where, _ in ROWS for path, _ in places(where)} >= {*pages.CHAPTERS}


@pytest.mark.parametrize(("topic", "where", "names"), ROWS, ids=lambda text: text[:40])
def test_a_topic_is_taught_where_the_table_says(topic: str, where: str, names: str) -> None:
    assert where.count("](") == len(places(where)) >= 1
    code = ""
    for path, wanted in places(where):
        notebook = pages.read(path)
        found = [text for _, text in pages.headings(notebook) if pages.anchor(text) == wanted]
        assert found, f"{path.name} has no heading {wanted!r}"
        code += pages.sections(notebook)[found[0]]
    used = {name for name in re.findall(r"`([^`]+)`", names) if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code)}
    assert used == set(re.findall(r"`([^`]+)`", names))


FIGURES = {
    "03": ["[ 0,  5, 10, 15]", "[ 3,  6,  9, 12]", "[14, 24]"],
    "02": ["[2, 4, 1, 5, 3, 9]"],
    "04": ["1763.8846", "[4517.2969,   82.6000]", "323.0905", "29.0227", "[ 0.2327, -0.0438]", "y = 0.0000 at x = 1.0000", "nan", "0.8533"],
    "05": ["[4517.2969,   82.6000]", "x tensor(4.) y1 tensor(-4.) y2 tensor(4.)", "[4.5000, 4.5000]", "(tensor(2.), tensor(1.))",
           "(tensor(3.), tensor(2.))", "tensor([[4.5000, 4.5000]]) tensor([[4.5000]])", "a second time", "tensor(-2.) tensor(2.)"],
    "06": ["0.8533", "Size([6, 1, 5, 5])", "61706"],
    "12": ["'Conv2d': 13, 'ReLU': 13, 'MaxPool2d': 5", "'Linear': 3", "138,357,544"],
}  # fmt: skip


def test_the_figures_that_every_course_on_this_has() -> None:
    """Results that a reader can compare with books and notes stand in the stored outputs of the chapter that explains them."""
    missing = []
    for number, figures in FIGURES.items():
        (path,) = (chapter for chapter in pages.CHAPTERS if chapter.stem.startswith(number))
        shown = "\n".join(
            output.get("text", "") + output.get("evalue", "") + str(output.get("data", {}).get("text/plain", ""))
            for cell in pages.code_cells(pages.read(path))
            for output in cell.outputs
        )
        missing += [(path.stem, figure) for figure in figures if figure not in shown]
    assert missing == []


def test_the_map_of_the_welcome_chapter_names_every_chapter_with_its_minutes_and_exercises() -> None:
    welcome = "\n".join(pages.prose(pages.read(pages.CHAPTERS[0])))
    rows = re.findall(
        r"^\| \*\*\[(\d\d) .+?\]\((.+?)\)\*\* \| .+? \| (\d+) \| (★+) \| \[.+?\]\((.+?)\) \|$", welcome, re.M
    )
    lessons = [path for path in pages.CHAPTERS if not path.stem.startswith("00")]
    assert [file for _, file, *_ in rows] == [path.name for path in lessons]
    for (number, file, minutes, stars, exercise), path in zip(rows, lessons, strict=True):
        first = pages.prose(pages.read(path))[0]
        assert re.search(rf"\*\*Time:\*\*\s+{minutes}\s+minutes", first), f"{file} says another time than {minutes}"
        assert 1 <= len(stars) <= 3
        assert exercise == f"../exercises/{file}"
        assert file.startswith(number)


def test_the_glossary_is_alphabetical_and_names_chapters_that_use_the_term() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \| (.+?) \| \[(\d+)\]\((.+?)\) \|$", glossary(), re.MULTILINE)
    assert len(rows) == glossary().count("\n| **")
    assert len(rows) >= 120
    terms = [term for term, *_ in rows]
    assert terms == sorted(terms, key=str.casefold)
    assert len(set(terms)) == len(terms)
    for term, chinese, _, number, link in rows:
        assert re.search(r"[\u4e00-\u9fff]", chinese), term
        path = (DOCS / link).resolve()
        assert path in pages.CHAPTERS, term
        assert int(path.stem[:2]) == int(number), term
        words = re.sub(r" \(.*", "", term).split(",")[0].strip("`").casefold()
        text = "\n".join(cell.source for cell in pages.read(path).cells).casefold()
        assert words.rstrip("s") in re.sub(r"[*`]", "", re.sub(r"\s+", " ", text)), f"{path.name} never says {term!r}"


def glossary() -> str:
    return (DOCS / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["cheatsheet.md", "pytorch_notes.md"])
def test_names_in_the_study_aids_exist(name: str) -> None:
    """Whatever stands as `tg.…` there can be called."""
    import tinygrad_edu as tg

    text = (DOCS / name).read_text(encoding="utf-8")
    named = set(re.findall(r"\btg((?:\.[A-Za-z_]\w*)+)", text))
    missing = []
    for path in named:
        value: object = tg
        for part in path.strip(".").split("."):
            value = getattr(value, part, None)
            if value is None:
                missing.append(f"tg{path}")
                break
    assert missing == []


def test_the_study_aids_are_linked_from_the_readme_and_the_welcome_chapter() -> None:
    readme = (pages.ROOT / "README.md").read_text(encoding="utf-8")
    welcome = "\n".join(pages.prose(pages.read(pages.CHAPTERS[0])))
    for name in ("glossary.md", "cheatsheet.md", "pytorch_notes.md", "coverage.md"):
        assert f"(docs/{name})" in readme
        assert f"(../docs/{name})" in welcome
