"""The same work in other teaching frameworks, each in its own idiom. What one of them cannot express, `MISSING` says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

Step = Callable[[], Any]
Steps = dict[str, Callable[[], Step]]

MISSING = {
    "mygrad": {},
    "dezero": {},
    "autograd": dict.fromkeys(("W3", "W4a", "W4b", "W5"), "no convolution or pooling"),
}
CNNS = {"W3": (64, 1, 28, 2), "W4a": (4, 3, 32, 0), "W4b": (128, 3, 32, 0)}  # batch, channels, size, padding


def normal(rng: np.random.Generator, *shape: int, fan: int = 1) -> np.ndarray:
    return (rng.standard_normal(shape) / np.sqrt(fan)).astype(np.float32)


def mlp_data(batch: int = 64) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    rng = np.random.default_rng(0)
    layers = [(normal(rng, i, o, fan=i), np.zeros(o, np.float32)) for i, o in pairwise([784, 512, 512, 10])]
    return normal(rng, batch, 784), rng.integers(0, 10, batch), layers


def cnn_data(name: str) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]], int]:
    """Images, classes, (weight, bias) of two convolutions and three layers, the padding of the first."""
    batch, channels, size, pad = CNNS[name]
    rng = np.random.default_rng(0)
    filters = [(6, channels, 5, 5), (16, 6, 5, 5)]
    made = [(normal(rng, *f, fan=f[1] * 25), np.zeros(f[0], np.float32)) for f in filters]
    made += [(normal(rng, i, o, fan=i), np.zeros(o, np.float32)) for i, o in pairwise([400, 120, 84, 10])]
    return normal(rng, batch, channels, size, size), rng.integers(0, 10, batch), made, pad


def vgg_data() -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    rng = np.random.default_rng(0)
    made = [(normal(rng, 64, c, 3, 3, fan=9 * c), np.zeros(64, np.float32)) for c in (3, 64)]
    return normal(rng, 16, 3, 32, 32), made


def gru_data() -> tuple[np.ndarray, list[np.ndarray]]:
    """The sequence, and for each of the three gates: weight of the input, of the state, bias."""
    rng = np.random.default_rng(0)
    gates = [
        (normal(rng, 64, 128, fan=128), normal(rng, 128, 128, fan=128), np.zeros(128, np.float32)) for _ in range(3)
    ]
    return normal(rng, 32, 32, 64), [p for gate in gates for p in gate]


def gru(x: Any, params: Any, matmul: Any, sigmoid: Any, tanh: Any) -> Any:
    """The sum of the states of a GRU, step by step; for a framework that has no layer for it."""
    wz, uz, bz, wr, ur, br, wh, uh, bh = params
    h: Any = np.zeros((x.shape[1], 128), np.float32)
    total: Any = 0
    for each in x:
        z = sigmoid(matmul(each, wz) + matmul(h, uz) + bz)
        r = sigmoid(matmul(each, wr) + matmul(h, ur) + br)
        n = tanh(matmul(each, wh) + r * matmul(h, uh) + bh)
        h = n + z * (h - n)
        total = total + h
    return total


class Momentum:
    """p -= lr · b, b = 0.9 · b + g: for frameworks without optimizers."""

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.buffers = [np.zeros_like(a) for a in arrays]

    def __call__(self, arrays: list[np.ndarray], grads: list[np.ndarray]) -> None:
        for p, g, b in zip(arrays, grads, self.buffers):
            b *= 0.9
            b += g
            p -= 1e-3 * b


class Adam:
    """The same for Adam."""

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.m, self.v, self.t = [np.zeros_like(a) for a in arrays], [np.zeros_like(a) for a in arrays], 0

    def __call__(self, arrays: list[np.ndarray], grads: list[np.ndarray]) -> None:
        self.t += 1
        for p, g, m, v in zip(arrays, grads, self.m, self.v):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= 1e-3 / (1 - 0.9**self.t) * m / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-8)


def descend(arrays: list[np.ndarray], grads: list[np.ndarray]) -> None:
    for p, g in zip(arrays, grads):
        p -= 1e-3 * g


# ------------------------------------------------------------------------------------ MyGrad
def mygrad_steps() -> Steps:
    import mygrad as mg
    from mygrad.nnet.activations import relu, sigmoid
    from mygrad.nnet.layers import conv_nd, max_pool
    from mygrad.nnet.losses import softmax_crossentropy

    def tensors(pairs: Any) -> list[Any]:
        return [mg.tensor(p) for pair in pairs for p in pair]

    def train(loss: Any, params: list[Any], update: Any) -> None:
        loss.backward()
        update([p.data for p in params], [p.grad for p in params])
        for p in params:
            p.null_grad()

    def dense(h: Any, params: list[Any]) -> Any:
        for i in range(0, len(params), 2):
            h = mg.matmul(h, params[i]) + params[i + 1]
            h = relu(h) if i < len(params) - 2 else h
        return h

    def mlp(rule: Any) -> Step:
        x, y, layers = mlp_data()
        params = tensors(layers)
        update = rule([p.data for p in params]) if isinstance(rule, type) else rule
        return lambda: train(softmax_crossentropy(dense(x, params), y), params, update)

    def convolved(h: Any, w: Any, b: Any, pad: int) -> Any:
        return relu(conv_nd(h, w, stride=1, padding=pad) + b.reshape(1, -1, 1, 1))

    def cnn(name: str) -> Step:
        x, y, made, pad = cnn_data(name)
        params = tensors(made)
        update = Momentum([p.data for p in params])

        def step() -> None:
            h = max_pool(convolved(x, *params[:2], pad), (2, 2), (2, 2))
            h = max_pool(convolved(h, *params[2:4], 0), (2, 2), (2, 2))
            train(softmax_crossentropy(dense(h.reshape(len(x), -1), params[4:]), y), params, update)

        return step

    def vgg() -> Step:
        x, made = vgg_data()
        params = tensors(made)

        def step() -> None:
            h = convolved(convolved(x, *params[:2], 1), *params[2:], 1)
            train(max_pool(h, (2, 2), (2, 2)).sum(), params, lambda *_: None)

        return step

    def small() -> Step:
        start = mg.tensor(np.ones(10, np.float32))

        def step() -> None:
            h = start
            for _ in range(50):
                h = mg.tanh(relu(h * 1.01 + 0.1))
            h.sum().backward()

        return step

    def recurrent() -> Step:
        x, weights = gru_data()
        params = [mg.tensor(w) for w in weights]
        return lambda: train(gru(x, params, mg.matmul, sigmoid, mg.tanh).sum(), params, lambda *_: None)

    def inference() -> Step:
        x, _, layers = mlp_data(1024)
        params = tensors(layers)

        def step() -> None:
            with mg.no_autodiff:
                dense(x, params)

        return step

    return {
        "W1": partial(mlp, descend), "W2": partial(mlp, Adam), **{name: partial(cnn, name) for name in CNNS},
        "W5": vgg, "W6": small, "W7": recurrent, "W8": inference,
    }  # fmt: skip


# ------------------------------------------------------------------------------------ DeZero
def dezero_steps() -> Steps:
    np.int = int  # type: ignore[attr-defined]  # noqa: NPY001 – DeZero 0.0.13 was written for a NumPy that still had this name
    import dezero
    import dezero.functions as F
    import dezero.layers as L
    from dezero import optimizers
    from dezero.models import MLP, Model

    def training(net: Any, optimizer: Any, x: Any, y: Any) -> Step:
        optimizer.setup(net)

        def step() -> None:
            loss = F.softmax_cross_entropy(net(x), y)
            net.cleargrads()
            loss.backward()
            optimizer.update()

        return step

    def mlp(optimizer: Any) -> Step:
        x, y, _ = mlp_data()
        return training(MLP((512, 512, 10), activation=F.relu), optimizer(1e-3), x, y)

    class LeNet(Model):
        def __init__(self, pad: int) -> None:
            super().__init__()
            self.c1, self.c2 = L.Conv2d(6, 5, 1, pad), L.Conv2d(16, 5)
            self.l1, self.l2, self.l3 = L.Linear(120), L.Linear(84), L.Linear(10)

        def forward(self, x: Any) -> Any:
            h = F.pooling(F.relu(self.c1(x)), 2, 2)
            h = F.pooling(F.relu(self.c2(h)), 2, 2)
            h = F.reshape(h, (len(x), -1))
            return self.l3(F.relu(self.l2(F.relu(self.l1(h)))))

    def cnn(name: str) -> Step:
        x, y, _, pad = cnn_data(name)
        return training(LeNet(pad), optimizers.MomentumSGD(1e-3, 0.9), x, y)

    class VGG(Model):
        def __init__(self) -> None:
            super().__init__()
            self.c1, self.c2 = L.Conv2d(64, 3, 1, 1), L.Conv2d(64, 3, 1, 1)

        def forward(self, x: Any) -> Any:
            return F.pooling(F.relu(self.c2(F.relu(self.c1(x)))), 2, 2)

    def vgg() -> Step:
        x, _ = vgg_data()
        net = VGG()

        def step() -> None:
            net.cleargrads()
            F.sum(net(x)).backward()

        return step

    def small() -> Step:
        start = dezero.Variable(np.ones(10, np.float32))

        def step() -> None:
            h = start
            for _ in range(50):
                h = F.tanh(F.relu(h * 1.01 + 0.1))
            start.cleargrad()
            F.sum(h).backward()

        return step

    def recurrent() -> Step:
        x, weights = gru_data()
        params = [dezero.Parameter(w) for w in weights]

        def step() -> None:
            for p in params:
                p.cleargrad()
            F.sum(gru(x, params, F.matmul, F.sigmoid, F.tanh)).backward()

        return step

    def inference() -> Step:
        x, _, _ = mlp_data(1024)
        net = MLP((512, 512, 10), activation=F.relu)

        def step() -> None:
            with dezero.no_grad():
                net(x)

        return step

    return {
        "W1": partial(mlp, optimizers.SGD), "W2": partial(mlp, optimizers.Adam),
        **{name: partial(cnn, name) for name in CNNS}, "W5": vgg, "W6": small, "W7": recurrent, "W8": inference,
    }  # fmt: skip


# ------------------------------------------------------------------------------------ HIPS autograd
def autograd_steps() -> Steps:
    import autograd.numpy as anp
    from autograd import grad

    def dense(h: Any, params: Any) -> Any:
        for i, (w, b) in enumerate(params):
            h = anp.dot(h, w) + b
            h = anp.maximum(h, 0) if i < len(params) - 1 else h
        return h

    def mlp(rule: Any) -> Step:
        x, y, layers = mlp_data()
        rows = np.arange(len(y))

        def loss(params: Any) -> Any:
            h = dense(x, params)
            h = h - anp.max(h, axis=1, keepdims=True)
            return -anp.mean(h[rows, y] - anp.log(anp.sum(anp.exp(h), axis=1)))

        slope = grad(loss)
        arrays = [p for pair in layers for p in pair]
        update = rule(arrays) if isinstance(rule, type) else rule
        return lambda: update(arrays, [g for pair in slope(layers) for g in pair])

    def small() -> Step:
        def chain(h: Any) -> Any:
            for _ in range(50):
                h = anp.tanh(anp.maximum(h * 1.01 + 0.1, 0))
            return anp.sum(h)

        slope, start = grad(chain), np.ones(10, np.float32)
        return lambda: slope(start)

    def recurrent() -> Step:
        x, weights = gru_data()

        def sigmoid(h: Any) -> Any:
            return 1 / (1 + anp.exp(-h))

        slope = grad(lambda params: anp.sum(gru(x, params, anp.dot, sigmoid, anp.tanh)))
        return lambda: slope(weights)

    def inference() -> Step:
        x, _, layers = mlp_data(1024)
        return lambda: dense(x, layers)

    return {
        "W1": partial(mlp, descend), "W2": partial(mlp, Adam), "W6": small, "W7": recurrent, "W8": inference,
    }  # fmt: skip


_MAKERS = {"mygrad": mygrad_steps, "dezero": dezero_steps, "autograd": autograd_steps}


def installed() -> dict[str, Callable[[], Steps]]:
    """The peers at hand on this machine."""
    return {name: make for name, make in _MAKERS.items() if find_spec(name) is not None}
