"""Run the examples that torch's own docstrings hold, with torch or with us, and tell what each statement printed.

    python -m oracle.docstrings collect examples.json          # needs torch
    python -m oracle.docstrings torch|ours examples.json out.json

Each side runs in a process of its own, so that ``import torch`` in an example means that side.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import io
import json
import os
import random
import re
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

ROOMS = [
    "torch",
    "torch.Tensor",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.nn.utils.rnn",
    "torch.linalg",
    "torch.fft",
    "torch.special",
    "torch.signal.windows",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
    "torch.utils.data",
    "torch.utils.checkpoint",
    "torch.autograd",
    "torch.autograd.functional",
    "torch.autograd.function",
    "torch.autograd.graph",
    "torch.autograd.forward_ad",
    "torch.func",
    "torch.masked",
    "torch.random",
    "torch.distributions",
    "torch.testing",
    "torch.serialization",
]
SECONDS = 30  # of the clock, on a machine that may be busy; an example that needs them hangs

# A batch of 20 (or 16 pictures of 3 channels) in three dimensions: millions of numbers of which none is printed. 2 do as well.
BATCH_OF_VOLUMES = re.compile(r"randn\((20|16(?=, 3,)), (?=(\d+, ){3}\d+\))")


def collect() -> dict[str, list[str]]:
    """Name → statements, of every public thing of torch whose docstring has examples."""
    seen: dict[str, str] = {}
    for room in ROOMS:
        place = importlib.import_module("torch").Tensor if room == "torch.Tensor" else importlib.import_module(room)
        for name in sorted(dir(place)):
            if name.startswith("_") or inspect.ismodule(thing := getattr(place, name, None)):
                continue
            things = [(f"{room}.{name}", thing)]
            if inspect.isclass(thing) and room not in ("torch", "torch.Tensor"):
                things += [(f"{room}.{name}.{k}", v) for k, v in vars(thing).items() if callable(v) and k[:2] != "__"]
            for path, each in things:
                text = getattr(each, "__doc__", None)
                if isinstance(text, str) and ">>>" in text:
                    seen.setdefault(text, path)
    return {path: statements(text) for text, path in sorted(seen.items(), key=lambda item: item[1])}


def statements(text: str) -> list[str]:
    """The statements of a docstring's examples; torch's docstrings are not all valid doctests."""
    lines = []
    for line in text.split("\n"):
        found = re.match(r"\s*>>> ?(.*)$", line) or re.match(r"\s*\.\.\. ?(.*)$", line)
        if found and "xdoctest" not in line:
            lines.append(found.group(1))
    source = "\n".join(BATCH_OF_VOLUMES.sub("randn(2, ", line) for line in lines)
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return [line for line in lines if _compiles(line)]
    whole = []
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        whole.append("\n".join(source.split("\n")[first - 1 : node.end_lineno]))
    return whole


def _compiles(line: str) -> bool:
    try:
        compile(line, "example", "exec")
    except SyntaxError:
        return False
    return True


class TooLong(BaseException):
    """A statement ran out of its time."""


def _stop(*_: Any) -> None:
    raise TooLong


def run(examples: list[str], torch: Any) -> list[tuple[str, str]]:
    """(what it printed, its error) of each statement, in one namespace."""
    numpy = importlib.import_module("numpy")
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "np": numpy, "numpy": numpy,
                             "math": importlib.import_module("math"), "optim": torch.optim, "__name__": "__main__"}  # fmt: skip
    torch.manual_seed(0)
    numpy.random.seed(0)
    random.seed(0)
    results = []
    for source in examples:
        printed, error = io.StringIO(), ""
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source + "\n", "<example>", "single"), names)
        except TooLong:
            error = "took too long"
        except BaseException as raised:  # whatever an example does is its result
            error = f"{type(raised).__name__}: {raised}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        results.append((_clean(printed.getvalue()), _clean(error)))
    torch.set_default_dtype(torch.float32)
    torch.set_printoptions(profile="default")
    torch.set_grad_enabled(True)
    torch.set_default_device("cpu")
    return results


def _clean(text: str) -> str:
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    return re.sub(r" \(Triggered internally at .*?\)$", "", text, flags=re.S).replace("tinygrad_edu", "torch")


def main(what: str, path: str, out: str = "") -> None:
    warnings.simplefilter("ignore")
    if what == "collect":
        Path(path).write_text(json.dumps(collect()), "utf-8")
        return
    examples = json.loads(Path(path).read_text("utf-8"))
    signal.signal(signal.SIGALRM, _stop)
    module = (
        importlib.import_module("tinygrad_edu").install_as_torch()
        if what == "ours"
        else importlib.import_module("torch")
    )
    module.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # examples write files
        results = {name: run(source, module) for name, source in examples.items()}
        os.chdir("/")
    Path(out).write_text(json.dumps(results), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
