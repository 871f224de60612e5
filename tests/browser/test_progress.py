"""`train.ProgressBar` in JupyterLab: a bar while it runs, and one plain text in the end, which is what is saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser import notebook_page as nb

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "screenshots"
TRAINING = """
import time
import tinygrad_edu as tg
from tinygrad_edu import nn, train
tg.manual_seed(0)
model = train.Model(nn.Linear(3, 1))
model.compile("sgd", "mse")
wait = train.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.25))
history = model.fit(tg.ones(32, 3), tg.ones(32, 1), batch_size=2, epochs=2, callbacks=wait)
"""


def test_the_bar_moves_and_a_text_stays(page: Any, jupyterlab: Any) -> None:
    name = "progress.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    written = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRAINING)], metadata=kernel)
    nbformat.write(written, jupyterlab.folder / name)
    nb.open_untouched(page, jupyterlab, name)
    page.locator(".jp-Cell .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    bar = page.locator(".jp-OutputArea progress")
    bar.first.wait_for(timeout=60_000, state="attached")
    values = set()
    for _ in range(6):
        values.add(bar.first.get_attribute("value", timeout=5000))
        page.wait_for_timeout(400)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "progress.png")
    assert len(values) > 2, values
    saved = nb.run_all_and_save(page, jupyterlab, name)
    (output,) = nb.code_cells(saved)[0]["outputs"]
    assert output["output_type"] == "display_data"
    assert list(output["data"]) == ["text/plain"]
    lines = "".join(output["data"]["text/plain"]).splitlines()
    assert [line.split(" - loss: ")[0] for line in lines] == ["Epoch 1/2", "Epoch 2/2"]
    assert page.locator(".jp-OutputArea progress").count() == 0
