"""`make book` in a real browser: chapters, exercises and reference as a website that asks no other host for anything."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tinygrad_edu import nn

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(900), pytest.mark.xdist_group("book")]  # built once
ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results" / "screenshots"
REPOSITORY = "https://github.com/somebody/course"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a book that was built from nothing."""
    out = tmp_path_factory.mktemp("book")
    command = [sys.executable, ROOT / "book" / "build.py", "--out", out]
    environment = {**os.environ, "BOOK_REPOSITORY": f"{REPOSITORY}.git"}
    built = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return out / "html"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def reader(page: Any, site: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that fails its test afterwards if it met an error, or asked anybody but the site."""
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    def failed(asked: Any) -> None:
        if asked.failure != "net::ERR_ABORTED":  # the reader went on before it had come
            problems.append(f"failed: {asked.url} {asked.failure}")

    page.on("requestfailed", failed)
    ours = ("http://127.0.0.1:", f"file://{site}", "data:")
    page.on("request", lambda asked: None if asked.url.startswith(ours) else problems.append(f"asked: {asked.url}"))
    yield page
    assert not problems


def photograph(page: Any, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"book-{name}.png")


def heading(page: Any) -> str:
    return str(page.locator("main article h1").inner_text()).strip("# \n")


def test_from_the_landing_page_to_a_chapter_and_to_its_exercise(reader: Any, address: str, site: Path) -> None:
    reader.goto(address)
    assert heading(reader) == "tinygrad_edu"
    photograph(reader, "landing")
    reader.locator("main table").get_by_role("link", name="Autograd", exact=True).click()
    reader.wait_for_url("**/chapters/05_autograd.html")
    assert heading(reader) == "Autograd"
    saved = json.loads((ROOT / "chapters" / "05_autograd.ipynb").read_text(encoding="utf-8"))["cells"]
    outputs = [out for cell in saved for out in cell.get("outputs", []) if out["output_type"] == "stream"]
    assert "".join(outputs[0]["text"]).strip() in reader.locator(".cell_output").first.inner_text()

    reader.get_by_role("link", name="the exercises of this chapter").click()
    reader.wait_for_url("**/exercises/05_autograd.html")
    assert heading(reader) == "Exercises: autograd"
    assert reader.get_by_text('raise NotImplementedError("write your code here")').count() > 5
    links = reader.locator(".dropdown-launch-buttons a").evaluate_all("links => links.map(link => link.href)")
    assert links == [
        "http://127.0.0.1:8888/lab/tree/exercises/05_autograd.ipynb",
        "https://mybinder.org/v2/gh/somebody/course/main?urlpath=lab/tree/exercises/05_autograd.ipynb",
        "https://colab.research.google.com/github/somebody/course/blob/main/exercises/05_autograd.ipynb",
    ]
    source = reader.locator(".btn-download-source-button").get_attribute("href")
    offered = (site / "exercises" / source).resolve().read_bytes()
    assert offered == (ROOT / "exercises" / "05_autograd.ipynb").read_bytes()


def test_formulas_and_pictures_are_drawn_on_every_page(reader: Any, address: str, site: Path) -> None:
    drawn = {"img": 0, "svg": 0, "formula": 0}
    pages = sorted(path.relative_to(site).as_posix() for path in site.glob("chapters/*.html"))
    assert len(pages) == len([*ROOT.glob("chapters/*.ipynb")])
    for name in ["index.html", *pages, "exercises/14_sequences.html"]:
        reader.goto(f"{address}/{name}")
        reader.evaluate("async () => { if (window.MathJax) await MathJax.startup.promise }")
        formulas = reader.locator("main .math")
        assert formulas.locator("mjx-container > svg").count() >= formulas.count(), name
        drawn["formula"] += formulas.count()
        pictures = reader.locator("main article img").evaluate_all(
            "async all => { await Promise.all(all.map(one => one.decode())); return all.map(one => one.naturalWidth) }"
        )
        assert all(pictures), (name, pictures)
        drawings = reader.locator("main .cell_output svg").evaluate_all("all => all.map(one => one.clientWidth)")
        assert all(drawings), (name, drawings)
        drawn["img"] += len(pictures)
        drawn["svg"] += len(drawings)
    assert drawn["img"] > 40, drawn
    assert drawn["svg"] > 30, drawn
    assert drawn["formula"] > 3, drawn


def test_search_finds_sections_and_functions(reader: Any, address: str) -> None:
    reader.goto(f"{address}/using.html")
    reader.keyboard.press("Control+k")
    reader.keyboard.type("broadcasting")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/search.html?q=broadcasting")
    found = reader.locator("#search-results li a")
    found.get_by_text("Computing > Broadcasting").wait_for()
    reader.locator("#search-results li .context").first.wait_for()
    reader.wait_for_load_state("networkidle")
    photograph(reader, "search")

    reader.goto(f"{address}/search.html?q=scatter_add")
    found.get_by_text("tinygrad_edu.scatter_add").first.click()
    reader.wait_for_url("**/api/*.html#tinygrad_edu.scatter_add*")


def test_copy_button_copies_code_without_prompts(reader: Any, address: str) -> None:
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.goto(f"{address}/chapters/00_welcome.html")
    cell = reader.locator(".cell_input div.highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    copied = "() => navigator.clipboard.readText()"
    assert reader.evaluate(copied).strip() == "import tinygrad_edu as tg\n\nx = tg.tensor([1.0, 2.0, 3.0])\nx * 10"
    assert reader.locator(".cell_output button.copybtn").count() == 0

    reader.goto(address)
    reader.locator("div.highlight:has-text('requires_grad')").hover()
    reader.locator("div.highlight:has-text('requires_grad') button.copybtn").click()
    lines = reader.evaluate(copied).splitlines()
    assert lines[:2] == ["import tinygrad_edu as tg", "x = tg.ones(2, 2, requires_grad=True)"]


def test_reference_shows_signature_and_example(reader: Any, address: str) -> None:
    reader.goto(f"{address}/api/index.html")
    reader.locator("main").get_by_role("link", name="nn: linear").click()
    reader.wait_for_url("**/api/nn.linear.html")  # `evaluate_all` does not wait for what it asks for
    entry = reader.locator("dl.class:has(> dt[id='tinygrad_edu.nn.Linear'])")
    parameters = entry.locator("> dt .sig-param").evaluate_all(
        "all => all.map(one => one.querySelector('.n').innerText)"
    )
    assert parameters == [*inspect.signature(nn.Linear).parameters]
    example = entry.locator("> dd > .highlight-default, > dd > .doctest").first.inner_text()
    assert "layer = tg.nn.Linear(3, 2)" in example
    assert "tensor([[-0.1812, -0.0347]], grad_fn=<AddmmBackward0>)" in example
    photograph(reader, "reference")


@pytest.mark.parametrize("name", ["index.html", "chapters/02_shapes_and_memory.html", "docs/glossary.html"])
def test_dark_mode_and_a_telephone(reader: Any, address: str, name: str) -> None:
    reader.set_viewport_size({"width": 390, "height": 800})
    reader.goto(f"{address}/{name}")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    assert reader.evaluate(ground) == "rgb(255, 255, 255)"
    assert reader.evaluate("() => document.documentElement.scrollWidth") == 390  # wide things scroll by themselves
    photograph(reader, f"telephone-{Path(name).stem}")
    reader.emulate_media(color_scheme="dark")
    reader.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    assert max(int(part) for part in re.findall(r"\d+", reader.evaluate(ground))) < 64
    drawings = reader.locator(
        ".cell_output .text_html:has(svg)"
    )  # they know both grounds; the theme would lay them on a light one
    grounds = drawings.evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert {*grounds} == ({"rgba(0, 0, 0, 0)"} if "02_shapes" in name else set())
    reader.set_viewport_size({"width": 1400, "height": 1000})
    photograph(reader, f"dark-{Path(name).stem}")


def test_read_from_the_disk(reader: Any, site: Path) -> None:
    reader.goto(f"file://{site}/index.html")
    reader.locator("main").get_by_role("link", name="Exercises: modules").click()
    reader.wait_for_url("**/exercises/06_modules.html")
    assert heading(reader) == "Exercises: modules"
    reader.locator("mjx-container > svg").first.wait_for()
    reader.goto(f"file://{site}/search.html?q=dropout")
    reader.locator("#search-results li a").get_by_text("nn: dropout").first.click()
    reader.wait_for_url("**/api/nn.dropout.html*")
    assert heading(reader) == "nn: dropout"


def test_no_answer_is_in_the_site(site: Path) -> None:
    def bare(text: str) -> str:
        return re.sub(r"\s+", "", text)

    def cells(path: Path) -> list[str]:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]

    answers = {}
    for path in ROOT.glob("solutions/*.ipynb"):
        for kind in ("SOLUTION", "HIDDEN TESTS"):
            hidden = re.findall(rf"### BEGIN {kind}\n(.*?)### END {kind}", "\n".join(cells(path)), re.DOTALL)
            answers |= {
                bare(text): (path.stem, text) for text in hidden if len(bare(text)) > 60
            }  # `return x + 1` is no secret
    assert len(answers) > 250
    pages = {
        path: bare(unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))) for path in site.rglob("*.html")
    }
    leaks = [(page.name, where) for page, text in pages.items() for answer, where in answers.items() if answer in text]
    assert not leaks
    for path in ROOT.glob("exercises/*.ipynb"):  # what is not secret is found in this very way
        assert all(bare(cell) in pages[site / "exercises" / f"{path.stem}.html"] for cell in cells(path)), path
    for path in site.rglob("*.ipynb"):
        assert path.read_bytes() == (site.parent / "source" / path.relative_to(site / "_sources")).read_bytes()
    assert not [path for path in site.rglob("*") if "solution" in path.relative_to(site).as_posix().lower()]


def from_the_book(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"book_{name}", ROOT / "book" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_where_the_buttons_lead_is_asked_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "book")
    build = from_the_book("build")
    for given, address in {
        "": "",
        "git@github.com:somebody/course.git": REPOSITORY,
        "ssh://git@github.com/somebody/course.git": REPOSITORY,
        "https://name:secret@github.com/somebody/course/": REPOSITORY,
        "/srv/git/course.git": "",
    }.items():
        monkeypatch.setenv("BOOK_REPOSITORY", given)
        assert build.repository() == address, given


def test_a_flowchart_that_is_no_chain_is_refused() -> None:
    notebooks = from_the_book("notebooks")

    def drawn(arrows: str) -> str:
        return str(notebooks.MERMAID.sub(notebooks.draw_chain, f"```mermaid\nflowchart LR\n{arrows}\n```"))

    assert drawn('a["one"] --> b["two"]\nb --> c["three"]').count("<span>") == 3
    with pytest.raises(ValueError, match="one chain"):
        drawn('a["one"] --> b["two"]\na --> c["three"]')
