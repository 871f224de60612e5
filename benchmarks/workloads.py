"""The workloads W1–W9, written once in torch's names: ``T`` is torch or tinygrad_edu.

Each function builds its model and data and returns the step to be timed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Step = Callable[[], Any]


def _mlp(T: Any) -> Any:
    nn = T.nn
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def _training(T: Any, net: Any, optimizer: Any, x: Any, y: Any) -> Step:
    loss_fn = T.nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad()
        loss_fn(net(x), y).backward()
        optimizer.step()

    return step


def w1_mlp_sgd(T: Any) -> Step:
    T.manual_seed(0)
    net = _mlp(T)
    return _training(T, net, T.optim.SGD(net.parameters(), lr=1e-3), T.randn(64, 784), T.randint(0, 10, (64,)))


def w2_mlp_adam(T: Any) -> Step:
    T.manual_seed(0)
    net = _mlp(T)
    return _training(T, net, T.optim.Adam(net.parameters(), lr=1e-3), T.randn(64, 784), T.randint(0, 10, (64,)))


def _lenet(T: Any, channels: int, pad: int, flat: int) -> Any:
    nn = T.nn
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5, padding=pad), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(flat, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def w3_lenet(T: Any) -> Step:
    T.manual_seed(0)
    net = _lenet(T, 1, 2, 400)
    optimizer = T.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)
    return _training(T, net, optimizer, T.randn(64, 1, 28, 28), T.randint(0, 10, (64,)))


def _cifar(T: Any, batch: int) -> Step:
    T.manual_seed(0)
    net = _lenet(T, 3, 0, 400)
    optimizer = T.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)
    return _training(T, net, optimizer, T.randn(batch, 3, 32, 32), T.randint(0, 10, (batch,)))


def w4a_cifar_4(T: Any) -> Step:
    return _cifar(T, 4)


def w4b_cifar_128(T: Any) -> Step:
    return _cifar(T, 128)


def w5_vgg_block(T: Any) -> Step:
    nn = T.nn
    T.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
    )
    x = T.randn(16, 3, 32, 32)

    def step() -> None:
        net.zero_grad()
        net(x).sum().backward()

    return step


W6_OPS = 200


def w6_small_ops(T: Any) -> Step:
    x = T.ones(10, requires_grad=True)

    def step() -> None:
        y = x
        for _ in range(W6_OPS // 4):
            y = T.tanh(T.relu(y * 1.01 + 0.1))
        y.sum().backward()

    return step


def w7_gru(T: Any) -> Step:
    T.manual_seed(0)
    net = T.nn.GRU(64, 128)
    x = T.randn(32, 32, 64)

    def step() -> None:
        net.zero_grad()
        net(x)[0].sum().backward()

    return step


def w8_inference(T: Any) -> Step:
    T.manual_seed(0)
    net = _mlp(T)
    x = T.randn(1024, 784)

    def step() -> None:
        with T.no_grad():
            net(x)

    return step


WORKLOADS: dict[str, tuple[str, Callable[[Any], Step]]] = {
    "W1": ("MLP 784-512-512-10, batch 64, SGD", w1_mlp_sgd),
    "W2": ("same, Adam", w2_mlp_adam),
    "W3": ("LeNet 28x28, batch 64, momentum", w3_lenet),
    "W4a": ("CIFAR net, batch 4", w4a_cifar_4),
    "W4b": ("CIFAR net, batch 128", w4b_cifar_128),
    "W5": ("VGG block, batch 16, fwd+bwd", w5_vgg_block),
    "W6": ("200 small elementwise ops, fwd+bwd", w6_small_ops),
    "W7": ("GRU 64-128, 32 steps, batch 32", w7_gru),
    "W8": ("MLP inference, batch 1024", w8_inference),
}
