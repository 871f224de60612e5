"""Sphinx's settings for the book. `build.py` gathers the pages into _build/source and runs Sphinx with this file."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import notebooks  # noqa: E402

import tinygrad_edu  # noqa: E402

project = "tinygrad_edu"
author = copyright = "the tinygrad_edu authors"
release = version = tinygrad_edu.__version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax", "sphinx_copybutton"]
exclude_patterns = ["**/.ipynb_checkpoints"]
suppress_warnings = [
    "mystnb.unknown_mime_type",  # a check's result is also stored as data of our own, for the grader, beside its HTML
    "ref.python",  # an annotation names a class without its namespace, and two namespaces may have a Transform each
]

# Notebooks as they were saved: nothing is run, and the sliders of ipywidgets become pictures (notebooks.py).
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_merge_streams = True
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "notebooks.anchor"  # links to sections are JupyterLab's

# One file holds MathJax with its glyphs as outlines: no fonts to load, so that formulas show from file:// too.
mathjax_path = "tex-svg.js"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_selector = "div[class*=highlight-]:not(.output) > div.highlight > pre"  # what is printed needs no button

html_theme = "sphinx_book_theme"
html_title = "tinygrad_edu"
html_static_path = [str(HERE / "_static")]
html_css_files, html_js_files = ["book.css"], ["book.js"]
html_favicon = str(HERE / "_static" / "icon.svg")
html_logo = html_favicon
html_show_sphinx = False
html_domain_indices = False  # of modules: the reference has its own order
html_context = {"default_mode": "auto"}  # light or dark as the reader's system
add_module_names = False
toc_object_entries_show_parents = "hide"
pygments_style = "a11y-high-contrast-light"

REPOSITORY, BRANCH = os.environ.get("BOOK_REPOSITORY", ""), os.environ.get("BOOK_BRANCH", "main")
JUPYTERLAB = os.environ.get("BOOK_JUPYTERLAB", "http://127.0.0.1:8888")
html_theme_options: dict[str, Any] = {
    "logo": {"text": "tinygrad_edu"},
    "navbar_persistent": [],  # one search field is enough: the sidebar's
    "collapse_navbar": True,  # the pages of the reference are listed on its own pages only
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "use_repository_button": bool(REPOSITORY),
    "use_issues_button": bool(REPOSITORY),
}
if REPOSITORY:
    html_theme_options |= {
        "repository_url": REPOSITORY,
        "repository_branch": BRANCH,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "jupyterhub_url": os.environ.get("BOOK_JUPYTERHUB", ""),
            "colab_url": "https://colab.research.google.com" if "//github.com/" in REPOSITORY else "",
        },
    }


def add_jupyterlab(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """On a notebook's page: a button that opens it in the JupyterLab which `make lab` has started."""
    if doctree is None or not pagename.startswith(("chapters/", "exercises/")):
        return
    button = {
        "type": "link",
        "text": "JupyterLab",
        "tooltip": f"Open in the JupyterLab of this computer ({JUPYTERLAB}; `make lab` starts it)",
        "icon": "_static/images/logo_jupyterhub.svg",
        "url": f"{JUPYTERLAB}/lab/tree/{quote(pagename)}.ipynb",
    }
    groups = [each for each in context["header_buttons"] if each.get("label") == "launch-buttons"]
    if groups:
        groups[0]["buttons"].insert(0, button)
    else:
        group = {"type": "group", "tooltip": "Open this notebook", "icon": "fas fa-rocket", "label": "launch-buttons"}
        context["header_buttons"].append({**group, "buttons": [button]})


def bring_mathjax(app: Any, problem: Exception | None) -> None:
    """Copy MathJax into the site: only the one file of the package that is needed."""
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    assert found is not None
    assert found.submodule_search_locations is not None
    if problem is None:
        source = Path(found.submodule_search_locations[0], "static", "mathjax", mathjax_path)
        shutil.copy(source, Path(app.outdir, "_static", mathjax_path))


def setup(app: Any) -> None:
    code = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))
    app.add_config_value(
        "book_code", hashlib.sha256(code).hexdigest(), "env", str
    )  # when it changes, all pages are read again
    app.connect("source-read", notebooks.prepare)
    app.connect("html-page-context", add_jupyterlab, priority=900)  # after the theme's own buttons
    app.connect("build-finished", bring_mathjax)
