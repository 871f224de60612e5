"""The kernel that a GPU runs for an update: its source, made from the formula, is compiled here for the CPU and compared.

On a real GPU the optimizers run through the same tests as on the CPU (tests/strict and tests marked ``needs_gpu``).
"""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess

import numpy as np
import pytest
from optim.test_kernels import CASES

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.optim import fused

COMPILER = shutil.which("g++") or shutil.which("clang++")
C_TYPES = {"float32": ("float", ctypes.c_float), "float64": ("double", ctypes.c_double)}


class Kernel:
    """CuPy's ElementwiseKernel, for NumPy arrays, by a C++ compiler."""

    def __init__(self, inputs, outputs, body, name, folder):
        self.inputs, self.outputs = (
            [p.split() for p in text.split(", ")] for text in (inputs, outputs)
        )  # fmt: skip
        self.body, self.name, self.folder, self.compiled = body, name, folder, {}

    def function(self, dtype):
        if dtype not in self.compiled:
            numbers = [f"{C_TYPES[t][0]} {n}" for t, n in self.inputs if t != "T"]
            arrays = [n for t, n in self.inputs if t == "T"] + [n for _, n in self.outputs]
            arguments = ", ".join([f"T *{n}_a" for n in arrays] + numbers)
            loads = "".join(f"T &{n} = {n}_a[i]; " for n in arrays)
            text = f"""#include <cmath>
using std::sqrt;
typedef {C_TYPES[dtype][0]} T;
extern "C" void {self.name}(long n, {arguments}) {{ for (long i = 0; i < n; i++) {{ {loads}\n{self.body}\n}} }}
"""
            path = self.folder / f"k{hashlib.sha1(text.encode()).hexdigest()[:12]}"
            path.with_suffix(".cpp").write_text(text)
            command = [
                COMPILER,
                "-shared",
                "-fPIC",
                "-O1",
                "-ffp-contract=off",
                "-Wall",
                "-Werror",
                "-Wno-unused-variable",
            ]
            subprocess.run([*command, "-o", f"{path}.so", f"{path}.cpp"], check=True)
            self.compiled[dtype] = getattr(ctypes.CDLL(f"{path}.so"), self.name)
        return self.compiled[dtype]

    def __call__(self, g, *rest):
        n = len(self.inputs) - 1
        numbers, arrays = rest[:n], [g, *rest[n:]]
        kinds = [C_TYPES[t][1] for t, _ in self.inputs if t != "T"]
        pointers = [ctypes.c_void_p(a.__array_interface__["data"][0]) for a in arrays]
        self.function(g.dtype.name)(
            ctypes.c_long(g.size), *pointers, *[kind(v) for kind, v in zip(kinds, numbers, strict=True)]
        )


@pytest.fixture
def xp(tmp_path):
    if COMPILER is None:
        pytest.skip("LEFT OUT: no C++ compiler")

    class Xp:
        made = []

        @classmethod
        def ElementwiseKernel(cls, inputs, outputs, body, name):
            kernel = Kernel(inputs, outputs, body, name, tmp_path)
            cls.made.append(kernel)
            return kernel

    return Xp


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("cls", "options"), CASES.values(), ids=CASES.keys())
def test_fused_kernel_equals_the_others(cls, options, dtype, xp):
    def run(on_gpu):
        rng = np.random.default_rng(4)
        p = tg.tensor(rng.normal(size=23).astype(dtype), requires_grad=True)
        optimizer = cls([p], lr=0.05, **options)
        (group,) = optimizer.param_groups
        path = []
        for _ in range(8):
            p.grad = tg.tensor(rng.normal(size=23).astype(dtype))
            if on_gpu:
                state = optimizer.state.get(p)
                first = not state
                if first:
                    state = optimizer.state[p] = optimizer.start(group, p)
                arrays = [p._data, p.grad._data, *[state[name]._data for name in optimizer.slots(group)]]
                fused.run_on_gpu(optimizer, xp, optimizer.numbers(group, state, first), arrays)
            else:
                optimizer.step()
            path.append(p.detach().numpy().copy())
        return np.array(path), [optimizer.state[p][name].numpy() for name in optimizer.slots(group)]

    (path, slots), (expected, expected_slots) = run(True), run(False)
    tolerance = 3e-5 if dtype == "float32" else 1e-6  # the constants of a kernel are float32 where the C type is
    np.testing.assert_allclose(path, expected, tolerance, tolerance / 10)
    for mine, other in zip(slots, expected_slots, strict=True):
        np.testing.assert_allclose(mine, other, tolerance, tolerance / 10)


def test_one_kernel_serves_all_steps(xp):
    """What changes from step to step is passed, not compiled in."""
    p = tg.ones(5, requires_grad=True)
    optimizer = optim.Adam([p], lr=0.1)
    (group,) = optimizer.param_groups
    state = optimizer.start(group, p)
    for step in range(5):
        group["lr"] = 0.1 / (step + 1)
        arrays = [p._data, np.ones(5, np.float32), *[state[name]._data for name in optimizer.slots(group)]]
        fused.run_on_gpu(optimizer, xp, optimizer.numbers(group, state, False), arrays)
    assert len(xp.made) == 1


def test_without_kernels_of_ones_own():
    """An array module that has no ElementwiseKernel runs the ordinary kernel."""
    p, g = np.ones(3, np.float32), np.ones(3, np.float32)
    optimizer = optim.SGD([tg.ones(1)], lr=0.5)
    (group,) = optimizer.param_groups
    fused.run_on_gpu(optimizer, np, optimizer.numbers(group, {}, True), [p, g])
    assert p.tolist() == [0.5, 0.5, 0.5]


@pytest.mark.needs_gpu
@pytest.mark.parametrize(("cls", "options"), CASES.values(), ids=CASES.keys())
def test_on_a_gpu(cls, options):
    def run(device):
        rng = np.random.default_rng(4)
        p = tg.tensor(rng.normal(size=(7, 5)).astype(np.float32), device=device, requires_grad=True)
        optimizer = cls([p], lr=0.05, **options)
        for _ in range(8):
            p.grad = tg.tensor(rng.normal(size=(7, 5)).astype(np.float32), device=device)
            optimizer.step()
        return p.detach().cpu().numpy()

    np.testing.assert_allclose(run("cuda"), run("cpu"), 3e-5, 3e-6)
