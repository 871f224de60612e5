"""What counts as a disturbance of other cells: ordinary use of the framework does not, changing what others rely on does.

A false alarm costs a second run for every wrong answer of a submission, which is most of a class's grading time.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

BEFORE = """
import math, os, random, sys, tempfile, threading
import numpy as np
import tinygrad_edu as tg, tinygrad_edu.nn, tinygrad_edu.optim
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from tinygrad_edu.course import tamper
tamper.remember()
"""
TRAINING = """
from tinygrad_edu.utils.data import DataLoader, TensorDataset
tg.manual_seed(3); np.random.seed(3); random.seed(3)
net = tg.nn.Sequential(tg.nn.Conv2d(1, 8, 3), tg.nn.BatchNorm2d(8), tg.nn.ReLU(), tg.nn.Flatten(), tg.nn.Linear(800, 10))
handle = net[0].register_forward_hook(lambda module, args, out: None)
optimizer = tg.optim.Adam(net.parameters())
scheduler = tg.optim.lr_scheduler.StepLR(optimizer, 1)
data = TensorDataset(tg.randn(64, 1, 12, 12), tg.randint(0, 10, (64,)))
for x, y in DataLoader(data, batch_size=32, shuffle=True, generator=tg.Generator().manual_seed(0)):
    optimizer.zero_grad()
    tg.nn.functional.cross_entropy(net(x), y).backward()
    tg.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
scheduler.step()
handle.remove()
with tg.no_grad(), tg.autograd.profiler.record_function("look"):
    repr(net(x)), tg.get_rng_state()
with tempfile.TemporaryDirectory() as folder:
    tg.save(net.state_dict(), os.path.join(folder, "net.pt"))
    net.load_state_dict(tg.load(os.path.join(folder, "net.pt")))
"""
DISTURBED = {
    "a builtin is shadowed": "InteractiveShell.instance().user_ns['sum'] = max",
    "NumPy is patched": "np.dot = np.add",
    "a constant is changed": "math.pi = 3.0",
    "a function's code is exchanged": "from tinygrad_edu.ops import softmax as s; s._total.__code__ = s._wide.__code__",
    "a method is exchanged": "tg.nn.Module.train = lambda self: self",
    "an inherited method is hidden": "tg.Tensor.sum = lambda self: 0",
    "a private helper is exchanged": "import tinygrad_edu.ops.softmax as s; s._softmax = None",
    "a primitive's derivative is exchanged": "tg.autograd.op.Op.table['exp'].formulas = {}",
    "gradients are switched off": "tg.set_grad_enabled(False)",
    "the default dtype is changed": "tg.set_default_dtype(tg.float64)",
    "warnings are silenced": "import warnings; warnings.simplefilter('ignore')",
    "a thread is left running": "threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "the folder is changed": "os.chdir('/')",
    "a trace is set": "sys.settrace(lambda *args: None)",
}


def changed(after: str) -> bool:
    code = f"{BEFORE}{after}\nprint(tamper.changed())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return {"True": True, "False": False}[done.stdout.strip().splitlines()[-1]]


def test_ordinary_use_is_no_disturbance() -> None:
    assert not changed(TRAINING)


@pytest.mark.parametrize("what", DISTURBED.values(), ids=DISTURBED)
def test_a_change_of_what_others_rely_on_is_one(what: str) -> None:
    assert changed(what)
