"""Sparse tensors on the GPU that is not there: the same results as on the CPU, no implicit transfer."""

from __future__ import annotations

from typing import Any

from oracle.test_sparse import FORMS, LOSSES, OF_MATRICES, Sample, shown, slopes
from strict.test_on_device import _on_host

import tinygrad_edu as tg


class OnDevice:
    """The package, whose tensors are made on the device."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(tg, name)
        if name not in ("tensor", "ones", "arange"):
            return found
        return lambda *args, **kwargs: found(*args, **{"device": "cuda", **kwargs})


def test_operations(device: str) -> None:
    wrong = []
    for seed in range(9):
        sample = Sample(seed)
        there, here = sample.on(OnDevice()), sample.on(tg)
        assert there["a"].is_cuda
        for form in FORMS + (OF_MATRICES if not sample.dense else []):
            mine, other = shown(form, there, _on_host), shown(form, here)
            if mine.replace("'SparseCUDA'", "'SparseCPU'") != other:
                wrong.append(f"seed {seed}: {form}\n{other}\non the device\n{mine}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:6])


def test_gradients(device: str) -> None:
    for name, loss in LOSSES.items():
        there, here = slopes(OnDevice(), 1, loss), slopes(tg, 1, loss)
        for what, g in here.items():
            assert repr(_on_host(there[what])) == repr(g), f"{name}: {what}"


def test_embeddings_and_their_optimizers(device: str) -> None:
    for kind, options in (("SGD", {"momentum": 0.9}), ("Adagrad", {}), ("SparseAdam", {})):
        found = []
        for place in ("cpu", "cuda"):
            table = tg.nn.Embedding(5, 3, sparse=True, _weight=tg.arange(15.0).view(5, 3)).to(place)
            optimizer = getattr(tg.optim, kind)(table.parameters(), lr=0.1, **options)
            for row in ([1, 1, 4], [0, 1, 2]):
                optimizer.zero_grad()
                table(tg.tensor(row, device=place)).pow(2).sum().backward()
                assert table.weight.grad.is_sparse
                optimizer.step()
            found.append(table.weight.detach().cpu())
        assert tg.allclose(*found), kind
