"""TensorBoard in a browser on files of our own: a curve, a histogram page, and the graph of a model."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tinygrad_edu as tg
from tests.browser.notebook_page import colours
from tests.browser.ports import free_port
from tinygrad_edu import nn
from tinygrad_edu.utils.tensorboard import SummaryWriter

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "screenshots"


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
        self.head = nn.Linear(8, 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.body(x)).softmax(1)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a TensorBoard that shows what a SummaryWriter wrote."""
    folder = tmp_path_factory.mktemp("tensorboard")
    with SummaryWriter(folder / "run") as writer:
        for step in range(50):
            writer.add_scalar("training/loss", 1 / (step + 1), step)
        writer.add_graph(Net(), tg.rand(3, 4))
        writer.add_histogram("weights", tg.randn(1000))
    port = free_port()
    log = folder / "log"
    command = [
        sys.executable,
        "-m",
        "tensorboard.main",
        f"--logdir={folder}",
        "--host=127.0.0.1",
        f"--port={port}",
        "--load_fast=false",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        for _ in range(400):
            if process.poll() is not None:
                pytest.fail(f"TensorBoard ended (status {process.returncode}):\n{log.read_text()}")
            try:
                with opener.open(f"{address}/data/plugin/scalars/tags", timeout=5) as answer:
                    if b"training/loss" in answer.read():
                        break
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.25)
        else:
            pytest.fail(f"TensorBoard did not read the file:\n{log.read_text()}")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def picture_of(page: Any, name: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"tensorboard-{name}.png"
    page.screenshot(path=path)
    return path


def test_curves_and_the_graph_are_drawn(page: Any, board: str) -> None:
    page.goto(f"{board}/#timeseries", wait_until="commit", timeout=60_000)
    page.get_by_text("training/loss").first.wait_for(timeout=90_000)
    page.locator("scalar-card canvas, scalar-card svg path").first.wait_for(timeout=90_000, state="attached")
    page.wait_for_timeout(4000)  # the curve grows into its place
    card = page.locator("scalar-card").first.inner_text()
    assert "49" in card.split(), card  # the last step, in the table below the curve
    assert page.get_by_text("weights").count() > 0
    assert colours(picture_of(page, "curves")) > 50

    page.goto(f"{board}/#graphs", wait_until="commit", timeout=60_000)
    nodes = page.locator("svg g.node")
    nodes.filter(has_text="Net").first.wait_for(timeout=90_000, state="attached")
    page.wait_for_timeout(3000)
    nodes.filter(has_text="Net").first.dblclick(force=True)  # opens the box
    nodes.filter(has_text="Linear[head]").first.wait_for(timeout=30_000, state="attached")
    page.wait_for_timeout(3000)
    inside = " ".join(nodes.locator("text").all_text_contents())
    assert colours(picture_of(page, "graph")) > 50
    for name in ("input", "Sequential[body]", "softmax", "output", "3×8", "3×2"):  # boxes, and shapes on the edges
        assert name in inside, inside
