"""Layers of images and sequences, of sizes that nobody would choose by hand: one wide, one high, one filter, uneven strides.

Random sizes, with seeds, in plain and in transposed memory, with the compiled kernels and without; values, gradients and (for every
third) second gradients beside torch's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_edu as tg

Case = tuple[str, list[np.ndarray], Callable[..., Any]]


class Draw(random.Random):
    """Random sizes and arrays."""

    def array(self, *shape: int, ties: bool = False) -> np.ndarray:
        made = np.random.default_rng(self.randint(0, 2**31)).standard_normal(shape)
        return np.rint(made) if ties else made

    def sizes(self, n: int, low: int, high: int) -> list[int]:
        return [self.randint(low, high) for _ in range(n)]

    def each(self, n: int, low: int, high: int) -> Any:
        """One number for all dimensions, or one for each."""
        return self.randint(low, high) if self.random() < 0.4 else tuple(self.sizes(n, low, high))


def pooling(draw: Draw) -> Case:
    n, kind = draw.randint(1, 3), draw.choice(["max", "avg"])
    kernel, sizes = draw.sizes(n, 1, 4), draw.sizes(n, 1, 9)
    # no window may lie in the padding as a whole: torch writes its gradient somewhere
    padding = [min(draw.randint(0, k // 2), max(0, m - 1)) for k, m in zip(kernel, sizes)] if draw.random() < 0.5 else 0
    stride, ceil = draw.choice([None, tuple(kernel), draw.each(n, 1, 4)]), draw.random() < 0.3
    x = draw.array(*draw.choice([[2, 3], [3]]), *sizes, ties=draw.random() < 0.5)
    if kind == "avg":
        last = (ceil, draw.random() < 0.5)
        if n == 3 and any(m < k for m, k in zip(sizes, kernel)):
            kernel = [1] * n
    else:
        last = (draw.each(n, 1, 2) if padding == 0 else 1, ceil)  # type: ignore[assignment]
    name = f"{kind}_pool{n}d"
    return (
        f"{name} {x.shape} {kernel} {stride} {padding} {last}",
        [x],
        lambda T, x: getattr(T.nn.functional, name)(x, kernel, stride, padding, *last),
    )


def convolution(draw: Draw) -> Case:
    n, groups = draw.randint(1, 3), draw.choice([1, 1, 1, 2, 3])
    i, o = groups * draw.randint(1, 3), groups * draw.randint(1, 4)
    kernel, stride, dilation = draw.sizes(n, 1, 4), draw.each(n, 1, 3), draw.each(n, 1, 2)
    x = draw.array(draw.randint(1, 9), i, *draw.sizes(n, 3, 12))
    bias = [draw.array(o)] if draw.random() < 0.6 else []
    if draw.random() < 0.4:
        w, more = (
            draw.array(i, o // groups, *kernel),
            1 if stride != 1 and (not isinstance(stride, tuple) or min(stride) > 1) else 0,
        )
        name, how = f"conv_transpose{n}d", (stride, draw.randint(0, 1), more, groups, dilation)
    else:
        w, name = draw.array(o, i // groups, *kernel), f"conv{n}d"
        how = (
            stride,
            draw.choice([0, draw.each(n, 0, 3), "valid", *(["same"] if stride == 1 else [])]),
            dilation,
            groups,
        )  # type: ignore[assignment]
    return (
        f"{name} {x.shape} {w.shape} {how}",
        [x, w, *bias],
        lambda T, x, w, b=None: getattr(T.nn.functional, name)(x, w, b, *how),
    )


def resizing(draw: Draw) -> Case:
    n = draw.randint(1, 3)
    mode = draw.choice(
        ["nearest", "nearest-exact", ("linear", "bilinear", "trilinear")[n - 1], *(["bicubic"] if n == 2 else [])]
    )
    x, options = draw.array(1, 2, *draw.sizes(n, 2, 7)), {"size": draw.sizes(n, 1, 9)}
    if draw.random() < 0.5:
        options = {"scale_factor": draw.choice([0.5, 0.7, 1.3, 2, 2.5, 3])}
    if "nearest" not in mode:
        options["align_corners"] = draw.random() < 0.5  # type: ignore[assignment]
    return (
        f"interpolate {x.shape} {mode} {options}",
        [x],
        lambda T, x: T.nn.functional.interpolate(x, mode=mode, **options),
    )


def normalising(draw: Draw) -> Case:
    x = draw.array(draw.randint(2, 4), 2 * draw.randint(1, 3), *draw.sizes(draw.randint(1, 3), 2, 5))
    kind, c, last = (
        draw.choice(["batch", "layer", "group", "instance", "rms"]),
        x.shape[1],
        x.shape[-draw.randint(1, x.ndim - 1) :],
    )
    of = last if kind in ("layer", "rms") else (c,)
    w, b = draw.array(*of), draw.array(*of)

    def call(T: Any, x: Any, w: Any, b: Any) -> Any:
        F = T.nn.functional
        if kind == "batch":
            return F.batch_norm(x, None, None, w, b, True)
        if kind == "group":
            return F.group_norm(x, 2, w, b)
        if kind == "instance":
            return F.instance_norm(x, weight=w, bias=b)
        return F.layer_norm(x, of, w, b) if kind == "layer" else F.rms_norm(x, of, w) + 0 * b

    return f"{kind}_norm {x.shape} {of}", [x, w, b], call


def sequences(draw: Draw) -> Case:
    kind, i, h = draw.choice(["RNN", "LSTM", "GRU"]), draw.randint(1, 4), draw.randint(1, 4)
    n, steps, seed = draw.randint(1, 4), draw.randint(1, 5), draw.randint(0, 99)
    options = {"num_layers": draw.randint(1, 2), "bidirectional": draw.random() < 0.4, "bias": draw.random() < 0.8}
    if kind == "LSTM" and h > 1 and draw.random() < 0.3:
        options["proj_size"] = h - 1
    lengths = sorted(draw.sizes(n - 1, 1, steps) + [steps], reverse=True) if draw.random() < 0.4 else None

    def call(T: Any, x: Any) -> Any:
        T.manual_seed(seed)
        layer = getattr(T.nn, kind)(i, h, **options).to(x.dtype)
        out, last = layer(x if lengths is None else T.nn.utils.rnn.pack_padded_sequence(x, T.tensor(lengths)))
        out = out if lengths is None else out.data
        return T.cat([t.flatten() for t in (out, *(last if kind == "LSTM" else (last,)))])

    return f"{kind} {steps, n, i, h} {options} {lengths}", [draw.array(steps, n, i)], call


def sampling(draw: Draw) -> Case:
    n = draw.randint(2, 3)
    mode, padding = draw.choice(["bilinear", "nearest"]), draw.choice(["zeros", "border", "reflection"])
    x, grid, align = draw.array(2, 2, *draw.sizes(n, 1, 6)), draw.array(2, *draw.sizes(n, 1, 4), n), draw.random() < 0.5
    return (
        f"grid_sample {x.shape} {grid.shape} {mode} {padding} {align}",
        [x, grid],
        lambda T, x, grid: T.nn.functional.grid_sample(x, grid, mode, padding, align) + 0 * (x.sum() + grid.sum()),
    )


def shares(draw: Draw) -> Case:
    n, kind = draw.randint(1, 3), draw.choice(["avg", "max"])
    x, sizes = draw.array(2, 2, *draw.sizes(n, 1, 8), ties=draw.random() < 0.5), tuple(draw.sizes(n, 1, 9))
    name = f"adaptive_{kind}_pool{n}d"
    return (
        f"{name} {x.shape} {sizes}",
        [x],
        lambda T, x: getattr(T.nn.functional, name)(x, sizes if n > 1 else sizes[0]),
    )


def results(T: Any, arrays: list[np.ndarray], call: Any, dtype: str, second: bool, turned: bool, seed: int) -> Any:
    inputs = []
    for a in arrays:
        t = T.tensor(a.tolist(), dtype=getattr(T, dtype)).reshape(a.shape)
        t = t.transpose(0, -1).contiguous().transpose(0, -1) if turned and a.ndim > 1 else t
        inputs.append(t.detach().requires_grad_())
    try:
        out = call(T, *inputs)
    except RuntimeError as error:
        return type(error).__name__
    weights = np.random.default_rng(seed).standard_normal(tuple(out.shape))
    g = T.tensor(weights.tolist(), dtype=out.dtype).reshape(tuple(out.shape)).requires_grad_()
    first = T.autograd.grad(out, inputs, g, create_graph=second)
    found = [out, *first]
    if second:
        found += T.autograd.grad(sum((t * t).sum() for t in first), [*inputs, g], allow_unused=True)
    return [None if t is None else np.array(t.detach().tolist(), dtype="float64") for t in found]


def close(mine: Any, theirs: Any, tolerance: float) -> bool:
    if isinstance(theirs, str) or isinstance(mine, str) or len(mine) != len(theirs):
        return mine == theirs
    for a, b in zip(mine, theirs):
        if a is None or b is None:  # torch knows of some that they are 0
            if any(t is not None and t.any() for t in (a, b)):
                return False
        elif a.shape != b.shape or not np.allclose(
            a, b, rtol=5 * tolerance, atol=tolerance * max(1, abs(b).max(initial=0))
        ):
            return False
    return True


@pytest.mark.filterwarnings("ignore::UserWarning")  # of even windows with padding="same", for one
@pytest.mark.parametrize("kind", [pooling, convolution, resizing, normalising, sequences, sampling, shares])
def test_random_sizes(kind: Callable[[Draw], Case]) -> None:
    draw, wrong = Draw(kind.__name__), []
    before = tg.backend.compiled.use(True)
    try:
        for seed in range(120):
            name, arrays, call = kind(draw)
            dtype, second, turned = draw.choice(["float32", "float64"]), seed % 3 == 0, draw.random() < 0.3
            tg.backend.compiled.use(seed % 2 == 0)
            how = (arrays, call, dtype, second, turned, seed)
            if not close(results(tg, *how), results(torch, *how), 2e-4 if dtype == "float32" else 1e-8):
                wrong.append(f"{name} {dtype}{' second' * second}{' turned' * turned}")
    finally:
        tg.backend.compiled.use(before)
    assert not wrong, f"{len(wrong)} of 120:\n" + "\n".join(wrong[:10])
