"""Adam for sparse gradients: rows that a batch did not look up keep their running means as they are."""

from __future__ import annotations

import math
from typing import Any

from ..ops.creation import zeros_like
from ..sparse.creation import sparse_coo_tensor
from .matrices import EachParameter
from .optimizer import check, check_betas, check_lr


class SparseAdam(EachParameter):
    """`Adam` on the numbers that a sparse gradient has; all others, of p and of the running means, are left alone::

        m = m + (1 - β1) · (g - m)
        v = v + (1 - β2) · (g² - v)
        p = p - lr · √(1 - β2ᵗ) / (1 - β1ᵗ) · m / (√v + eps)

    >>> import tinygrad_edu as tg
    >>> table = tg.nn.Embedding(3, 2, sparse=True, _weight=tg.zeros(3, 2))
    >>> optimizer = SparseAdam(table.parameters(), lr=0.1)
    >>> table(tg.tensor([1])).sum().backward(); optimizer.step(); table.weight.data
    tensor([[ 0.0000,  0.0000],
            [-0.1000, -0.1000],
            [ 0.0000,  0.0000]])
    """

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("learning rate", lr, bool(lr > 0.0))
        check("epsilon value", eps, eps > 0.0)
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        at = [([i, j], p) for i, group in enumerate(self.param_groups) for j, p in enumerate(group["params"])]
        sparse = [where for where, p in at if p.is_sparse]
        if sparse:
            raise ValueError(f"Sparse params at indices {sparse}: SparseAdam requires dense parameter tensors")
        complex_ones = [where for where, p in at if p.is_complex()]
        if complex_ones:
            raise ValueError(
                f"Complex params at indices {complex_ones}: SparseAdam does not support complex parameters"
            )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for slots in self.state.values():
            if "step" in slots:
                slots["step"] = int(slots["step"])  # a plain number here, in torch too

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": 0, "exp_avg": zeros_like(p), "exp_avg_sq": zeros_like(p)}

    def refuse(self, p: Any) -> None:
        if not p.grad.is_sparse:
            raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")

    def update(self, group: dict[str, Any], p: Any, g: Any, state: dict[str, Any]) -> None:
        if not state:
            state.update(self.start(group, p))
        state["step"] += 1
        g = (-g if group["maximize"] else g).coalesce()
        if not g._nnz():
            return
        beta1, beta2 = group["betas"]
        values, t = g.values(), state["step"]
        old_mean, old_square = (state[name].sparse_mask(g).values() for name in ("exp_avg", "exp_avg_sq"))
        mean, square = (values - old_mean) * (1 - beta1), (values * values - old_square) * (1 - beta2)
        for name, change in (("exp_avg", mean), ("exp_avg_sq", square)):
            state[name].add_(sparse_coo_tensor(g.indices(), change, g.shape))
        lr = group["lr"] * math.sqrt(1 - beta2**t) / (1 - beta1**t)
        change = (mean + old_mean) / ((square + old_square).sqrt() + group["eps"]) * -lr
        p.add_(sparse_coo_tensor(g.indices(), change, g.shape))
