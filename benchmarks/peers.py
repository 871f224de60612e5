"""The same work in other teaching frameworks, each in its own idiom (only the workloads that it can express)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

Step = Callable[[], Any]


def _mlp_data() -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    rng = np.random.default_rng(0)
    sizes = [784, 512, 512, 10]
    layers = [
        ((rng.standard_normal((i, o)) / np.sqrt(i)).astype(np.float32), np.zeros(o, np.float32))
        for i, o in pairwise(sizes)
    ]
    return rng.standard_normal((64, 784)).astype(np.float32), rng.integers(0, 10, 64), layers


def mygrad_steps() -> dict[str, Step]:
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    x, y, layers = _mlp_data()
    params = [(mg.tensor(w), mg.tensor(b)) for w, b in layers]

    def mlp() -> None:
        h: Any = x
        for i, (w, b) in enumerate(params):
            h = mg.matmul(h, w) + b
            h = relu(h) if i < len(params) - 1 else h
        softmax_crossentropy(h, y).backward()
        for pair in params:
            for p in pair:
                p.data -= 1e-3 * p.grad
                p.null_grad()

    start = mg.tensor(np.ones(10, np.float32))

    def small() -> None:
        h = start
        for _ in range(50):
            h = mg.tanh(relu(h * 1.01 + 0.1))
        h.sum().backward()

    return {"W1": mlp, "W6": small}


def dezero_steps() -> dict[str, Step]:
    np.int = int  # type: ignore[attr-defined]  # noqa: NPY001 – DeZero 0.0.13 was written for a NumPy that still had this name
    import dezero
    import dezero.functions as F
    from dezero.models import MLP
    from dezero.optimizers import SGD, Adam

    x, y, _ = _mlp_data()

    def training(optimizer: Any) -> Step:
        net = MLP((512, 512, 10), activation=F.relu)
        optimizer.setup(net)

        def step() -> None:
            loss = F.softmax_cross_entropy(net(x), y)
            net.cleargrads()
            loss.backward()
            optimizer.update()

        return step

    start = dezero.Variable(np.ones(10, np.float32))

    def small() -> None:
        h = start
        for _ in range(50):
            h = F.tanh(F.relu(h * 1.01 + 0.1))
        start.cleargrad()
        F.sum(h).backward()

    return {"W1": training(SGD(1e-3)), "W2": training(Adam(1e-3)), "W6": small}


def autograd_steps() -> dict[str, Step]:
    import autograd.numpy as anp
    from autograd import grad

    x, y, layers = _mlp_data()
    rows = np.arange(len(y))

    def loss(params: Any) -> Any:
        h = x
        for i, (w, b) in enumerate(params):
            h = anp.dot(h, w) + b
            h = anp.maximum(h, 0) if i < len(params) - 1 else h
        h = h - anp.max(h, axis=1, keepdims=True)
        return -anp.mean(h[rows, y] - anp.log(anp.sum(anp.exp(h), axis=1)))

    slope = grad(loss)

    def mlp() -> None:
        for (w, b), (gw, gb) in zip(layers, slope(layers), strict=False):
            w -= 1e-3 * gw
            b -= 1e-3 * gb

    def chain(h: Any) -> Any:
        for _ in range(50):
            h = anp.tanh(anp.maximum(h * 1.01 + 0.1, 0))
        return anp.sum(h)

    slope_of_chain = grad(chain)
    start = np.ones(10, np.float32)
    return {"W1": mlp, "W6": lambda: slope_of_chain(start)}


_MAKERS = {"mygrad": mygrad_steps, "dezero": dezero_steps, "autograd": autograd_steps}


def installed() -> dict[str, Callable[[], dict[str, Step]]]:
    """The peers at hand on this machine."""
    return {name: make for name, make in _MAKERS.items() if find_spec(name) is not None}
