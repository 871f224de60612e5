"""torch.hub: the same files, folders, outputs and errors as with torch, over HTTP from 127.0.0.1."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import io
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.hub

import tinygrad_edu as tg

HUBCONF = """
dependencies = ["math"{more}]
import {name} as torch
def tiny(a=1, k=2):
    "A tiny layer."
    torch.manual_seed(0)
    return torch.nn.Linear(a, k)
def broken():
    raise ValueError("no such weights")
number = 3
"""


class _Files(http.server.SimpleHTTPRequestHandler):
    requests: list[str] = []

    def do_GET(self) -> None:
        self.requests.append(self.path)
        super().do_GET()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    folder = tmp_path / "served"
    folder.mkdir()
    torch.save({"w": torch.arange(3.0), "n": 4}, folder / "weights.pth")
    digits = hashlib.sha256((folder / "weights.pth").read_bytes()).hexdigest()
    for name in (f"right-{digits[:8]}.pth", "wrong-0123456789.pth", "other.pth"):
        (folder / name).write_bytes((folder / "weights.pth").read_bytes())
    (folder / "right.txt").write_text(digits)
    _Files.requests = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def outcome(call: Any, folder: Path) -> str:
    """What it gives, prints, or raises, without the folder's name."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            text = repr(call())
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
    shown = "progress shown" if "100" in err.getvalue() else ""
    return f"{text} {out.getvalue()} {shown}".replace(str(folder), "FOLDER")


def steps(hub: Any, folder: Path, url: str, repo: Path) -> Iterator[str]:
    """The same calls for either hub: what each one gave, and the files that are there then."""
    digits = (repo.parent / "served" / "right.txt").read_text()
    calls = [
        lambda: hub.set_dir(folder),
        lambda: Path(hub.get_dir()) == folder,
        lambda: hub.load_state_dict_from_url(f"{url}/weights.pth"),
        lambda: hub.load_state_dict_from_url(f"{url}/weights.pth"),  # from the disk
        lambda: hub.load_state_dict_from_url(f"{url}/weights.pth", file_name="renamed.pth", progress=False),
        lambda: hub.load_state_dict_from_url(f"{url}/other.pth?download=1", model_dir=str(folder / "elsewhere"), map_location="cpu"),
        lambda: hub.load_state_dict_from_url(f"{url}/right-{digits[:8]}.pth", check_hash=True, weights_only=True),
        lambda: hub.load_state_dict_from_url(f"{url}/wrong-0123456789.pth", check_hash=True),
        lambda: hub.load_state_dict_from_url(f"{url}/wrong-0123456789.pth", progress=False),
        lambda: hub.load_state_dict_from_url(f"{url}/missing.pth"),
        lambda: hub.download_url_to_file(f"{url}/weights.pth", str(folder / "copy.pth"), progress=False),
        lambda: hub.download_url_to_file(f"{url}/weights.pth", str(folder / "checked.pth"), hash_prefix=digits),
        lambda: hub.download_url_to_file(f"{url}/weights.pth", str(folder / "copy.pth"), hash_prefix="00000000"),
        lambda: hub.download_url_to_file((repo.parent / "served" / "weights.pth").as_uri(), str(folder / "local.pth")),
        lambda: hub.download_url_to_file("http://127.0.0.1:1/x", str(folder / "nothing.pth")),
        lambda: hub.load(str(repo), "tiny", source="local"),
        lambda: hub.load(str(repo), "tiny", 3, source="local", k=4).weight.detach(),
        lambda: hub.load(str(repo), "broken", source="local"),
        lambda: hub.load(str(repo), "missing", source="local"),
        lambda: hub.load(str(repo), "number", source="local"),
        lambda: hub.load(str(repo), 3, source="local"),
        lambda: hub.load(str(repo / "needy"), "tiny", source="local"),
        lambda: hub.load("a/b", "tiny", source="nowhere"),
        lambda: hub.load("a_folder", "tiny"),
    ]  # fmt: skip
    for call in calls:
        told = outcome(call, folder)
        yield told + "\n" + " ".join(sorted(p.name for p in folder.rglob("*") if p.is_file()))


def test_hub_is_torchs(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tg.hub, "_dir", None)
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    assert tg.hub.get_dir() == torch.hub.get_dir() == str(tmp_path / "home" / "hub")
    found, requests = [], []
    with torch.random.fork_rng(), tg.random.fork_rng():
        for module in (torch, tg):
            folder, repo = tmp_path / module.__name__, tmp_path / f"repo_{module.__name__}"
            (repo / "needy").mkdir(parents=True)
            (repo / "hubconf.py").write_text(HUBCONF.format(more="", name=module.__name__))
            (repo / "needy" / "hubconf.py").write_text(HUBCONF.format(more=', "no_such_package"', name=module.__name__))
            _Files.requests.clear()
            found.append(list(steps(module.hub, folder, address, repo)))
            requests.append(list(_Files.requests))
    for theirs, ours in zip(*found):
        assert ours.replace("tinygrad_edu", "torch") == theirs
    assert requests[0] == requests[1]


def test_names_of_repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """torchvision's models are ours; another repository is used where torch has left it, and not fetched."""
    monkeypatch.setattr(tg.hub, "_dir", str(tmp_path))
    model = tg.hub.load("pytorch/vision:v0.10.0", "resnet18", num_classes=7)
    assert model.fc.out_features == 7
    assert "vgg16" in tg.hub.list("pytorch/vision")
    cached = tmp_path / "somebody_models_main"
    cached.mkdir()
    (cached / "hubconf.py").write_text(HUBCONF.format(more="", name="tinygrad_edu"))
    assert tg.hub.load("somebody/models", "tiny", 5, verbose=False).in_features == 5
    assert tg.hub.help("somebody/models", "tiny") == "A tiny layer."
    with pytest.raises(RuntimeError, match="are not fetched here"):
        tg.hub.load("some/other", "tiny")


def test_a_file_that_would_run_code_is_loaded_with_a_warning(tmp_path: Path) -> None:
    tg.save(tg.nn.Linear(1, 1), tmp_path / "model.pth")
    url = (tmp_path / "model.pth").as_uri()
    with pytest.warns(UserWarning, match="run any code"):
        model = tg.hub.load_state_dict_from_url(url, str(tmp_path / "kept"), progress=False)
    assert isinstance(model, tg.nn.Linear)
    with pytest.raises(tg.io.LoadError, match="Weights only load failed"):
        tg.hub.load_state_dict_from_url(url, str(tmp_path / "kept"), weights_only=True)


def test_what_urllib_raises_is_raised(address: str, tmp_path: Path) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        tg.hub.download_url_to_file(f"{address}/missing.pth", str(tmp_path / "x"))
    assert caught.value.code == 404
    assert not list(tmp_path.glob("x*"))
