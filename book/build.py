"""`make book`: gather chapters, exercises and docs, write the reference, and let Sphinx make a website of them."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import notebooks
import reference
from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
COPIED = (
    "chapters/*.ipynb",
    "exercises/*.ipynb",
    "docs/*.md",
    "docs/*.yml",
    "docs/img/*",
    "Containerfile",
)  # never solutions/
DOCS = {
    "Look up": ("glossary", "cheatsheet", "pytorch_notes", "coverage", "differences", "performance", "scaling"),
    "For teachers": ("teaching", "grading"),
}


def gather() -> dict[str, bytes]:
    """The sources of all pages and pictures, by their place in the book; folders as in the project, so that links hold."""
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes() for form in COPIED for path in sorted(ROOT.glob(form))
    }
    files |= {f"{name}.rst": text.encode() for name, text in reference.pages().items()}
    files["using.md"] = (HERE / "using.md").read_bytes()
    files["index.md"] = landing_page().encode()
    return files


def landing_page() -> str:
    """index.md with the table of chapters, and what the sidebar lists."""
    chapters = {path.stem: notebooks.title(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}
    exercises = {path.stem: notebooks.title(path) for path in sorted((ROOT / "exercises").glob("*.ipynb"))}
    rows, entries = ["| | chapter | practise |", "|---|---|---|"], []
    for stem in sorted({*chapters, *exercises}):
        number, _, _ = stem.partition("_")
        chapter = f"[{chapters[stem]}](chapters/{stem}.ipynb)" if stem in chapters else ""
        exercise = f"[{exercises[stem]}](exercises/{stem}.ipynb)" if stem in exercises else ""
        rows.append(f"| {number} | {chapter} | {exercise} |")
        if stem in chapters:
            entries.append(f"{number} {chapters[stem]} <chapters/{stem}>")
        if stem in exercises:
            name = "↳ Exercises" if stem in chapters else f"{number} {exercises[stem].partition(':')[0]}"
            entries.append(f"{name} <exercises/{stem}>")
    pages = {caption: [f"docs/{name}" for name in names] for caption, names in DOCS.items()}
    pages["Look up"].insert(0, "api/index")
    trees = [toctree("Course", ["using", *entries]), *(toctree(caption, names) for caption, names in pages.items())]
    text = (HERE / "index.md").read_text(encoding="utf-8")
    return text.replace("<!-- chapters -->", "\n".join(rows)) + "\n".join(trees)


def toctree(caption: str, entries: list[str]) -> str:
    """A part of the sidebar: pages without their sections, and the reference's own list of pages."""
    depth = 2 if "api/index" in entries else 1
    return "\n".join(
        ["", "```{toctree}", ":hidden:", f":caption: {caption}", f":maxdepth: {depth}", "", *entries, "```", ""]
    )


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write what has changed and remove what is no longer there: Sphinx reads again only what is newer."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def repository() -> str:
    """The project's public address: BOOK_REPOSITORY, or git's remote `origin`; "" where there is none."""
    given = os.environ.get("BOOK_REPOSITORY")
    if given is None:
        asked = subprocess.run(["git", "remote", "get-url", "origin"], cwd=ROOT, capture_output=True, text=True)
        given = asked.stdout.strip()
    given = re.sub(r"^(ssh://)?git@([^:/]+)[:/]", r"https://\2/", given)
    given = re.sub(r"//[^/@]*@", "//", given)  # a token in the address is nobody's business
    return given.removesuffix("/").removesuffix(".git") if given.startswith("https://") else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "_build", help="where to (default: book/_build)")
    out = parser.parse_args().out.resolve()
    start = time.perf_counter()
    os.environ["BOOK_REPOSITORY"] = address = repository()
    write(gather(), out / "source")
    site = out / "html"
    options = ["-b", "html", "-W", "--keep-going", "-q", "-j", "auto", "-c", HERE, "-d", out / "doctrees"]
    status = sphinx([str(word) for word in (*options, out / "source", site)])
    if status:
        return status
    shutil.rmtree(site / ".doctrees", ignore_errors=True)
    (site / ".nojekyll").touch()  # GitHub Pages leaves out folders with an underscore otherwise
    if not address:
        print(
            "No public repository is known (BOOK_REPOSITORY, or git's remote origin): no buttons for Colab and Binder."
        )
    print(f"The book is {site / 'index.html'}, made in {time.perf_counter() - start:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
