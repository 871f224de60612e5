"""What a notebook needs to become a page. The file that a reader downloads stays as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
Notebook = dict[str, Any]


def anchor(heading: str) -> str:
    """A heading's name in links, as JupyterLab makes it: ``08_data.ipynb#A-dataset-of-your-own``."""
    return heading.replace(" ", "-")


def prepare(app: Any, page: str, content: list[str]) -> None:
    """Sphinx has read a page: change a notebook's text before it is taken apart."""
    if not page.startswith(("chapters/", "exercises/")):
        return
    notebook = json.loads(content[0])
    show_widgets(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = MERMAID.sub(draw_chain, "".join(cell["source"]))
    exercise = page.replace("chapters/", "exercises/")
    if page != exercise and exercise in app.env.found_docs:
        lead = notebook["cells"][0]
        name = exercise.rpartition("/")[2]
        link = f"\n\n**Practise:** [the exercises of this chapter](../exercises/{name}.ipynb)."
        lead["source"] = "".join(lead["source"]) + link
    content[0] = json.dumps(notebook)


MERMAID = re.compile(r"```mermaid\nflowchart LR\n(.*?)```", re.DOTALL)


def draw_chain(diagram: re.Match[str]) -> str:
    """A row of boxes for a Mermaid flowchart that is a chain (JupyterLab draws Mermaid itself, a browser does not)."""
    texts = dict(re.findall(r'(\w+)\["(.*?)"\]', diagram[1]))
    links = re.findall(r"(\w+)(?:\[.*?\])? --> (\w+)", diagram[1])
    order = [links[0][0], *(after for _, after in links)]
    if [before for before, _ in links] != order[:-1] or {*order} != {*texts}:
        raise ValueError(f"the book draws Mermaid flowcharts that are one chain, not\n{diagram[0]}")
    boxes = '<i aria-hidden="true">→</i>'.join(f"<span>{texts[name]}</span>" for name in order)
    label = re.search(r"accTitle: (.*)", diagram[1])
    return f'<div class="chain" role="group" aria-label="{label[1] if label else ""}">{boxes}</div>'


def title(file: Path) -> str:
    """The first heading of a notebook."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    lines = "".join(cells[0]["source"]).splitlines()
    return next(line.removeprefix("# ") for line in lines if line.startswith("# "))


def show_widgets(notebook: Notebook) -> None:
    """In place of sliders, which need a running Python, what they showed when the notebook was saved."""
    models = notebook["metadata"].pop("widgets", {}).get(STATE, {}).get("state", {})
    for cell in notebook["cells"]:
        outputs = cell.get("outputs", [])
        for place, output in enumerate(outputs):
            view = output.get("data", {}).get(VIEW)
            if view is not None:
                outputs[place : place + 1] = standing(models, view["model_id"])


def standing(models: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The values of the sliders below a widget, as a line of text, and the output as it stood."""
    values, outputs = [], []
    for child in models[name]["state"].get("children", []):
        state = models[child.removeprefix("IPY_MODEL_")]["state"]
        outputs += state.get("outputs", [])
        if "value" in state and state.get("description"):
            values.append(f"{state['description']} = {state['value']}")
    text = f"{', '.join(values)} (in JupyterLab these are sliders)\n"
    return [{"output_type": "stream", "name": "stdout", "text": text}, *outputs]
