"""Optimizers that see a parameter as a matrix: Adafactor (row and column means) and Muon (orthogonal updates)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..autograd.modes import enable_grad, no_grad
from ..autograd.variable import Variable
from ..ops.creation import zeros_like
from ..ops.linalg import addmm
from ..ops.norms import norm
from ..typeinfo import finfo
from .optimizer import Optimizer, advance, number, scalar


def _demand(ok: bool, text: str, value: Any) -> None:
    if not ok:
        raise ValueError(f"{text} but is: {value}")


def _check_lr(lr: Any) -> None:
    if isinstance(lr, Variable) and lr._data.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    _demand(bool(lr >= 0.0), "Learning rate should be >= 0", lr)  # type: ignore[operator]


class EachParameter(Optimizer):
    """The loop over parameters that have a gradient; a subclass says what happens to one."""

    def refuse(self, p: Any) -> None:
        """RuntimeError for what the algorithm has no rule for."""
        if p.grad.is_sparse:
            raise RuntimeError(self.no_sparse.format(type(self).__name__))
        if p.is_complex():
            raise RuntimeError(f"{type(self).__name__} does not support complex parameters")

    def update(self, group: dict[str, Any], p: Any, g: Any, state: dict[str, Any]) -> None:
        """Change ``p`` by its gradient ``g``."""
        raise NotImplementedError

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update all parameters from their gradients. ``closure`` computes the loss again and returns it."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self.refuse(p)
                        self.update(group, p, p.grad, self.state[p])
        return loss


class Adafactor(EachParameter):
    """Adafactor (Shazeer & Stern 2018): RMSprop that keeps one number for each row and each column of the squared gradients.

    At step t, with ``b = t ** beta2_decay``::

        r = r + b · (mean over a row of g² - r)         c = c + b · (mean over a column of g² - c)
        v = r c / mean(r)                               (a vector keeps v itself)
        u = g / √max(v, eps₁²)
        p = p - max(eps₂, rms(p)) · min(lr, 1 / √t) · u / max(1, rms(u) / d)
    """

    def __init__(
        self, params: Any, lr: float = 1e-2, beta2_decay: float = -0.8, eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0, weight_decay: float = 0.0, *, foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        _check_lr(lr)
        _demand(beta2_decay <= 0.0, "beta2_decay should be <= 0", beta2_decay)
        _demand(eps[0] is None or eps[0] >= 0.0, "epsilon1 should be >= 0", eps[0])
        _demand(eps[1] >= 0.0, "epsilon2 should be >= 0", eps[1])
        _demand(d >= 1.0, "Clipping threshold d should be >= 1", d)
        _demand(weight_decay >= 0.0, "weight_decay should be >= 0", weight_decay)
        defaults = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, defaults)

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        shape = list(p.shape)
        if len(shape) < 2:
            return {"step": number(0.0), "variance": zeros_like(p)}
        rows, columns = [*shape[:-1], 1], [*shape[:-2], 1, shape[-1]]
        return {"step": number(0.0), "row_var": p.new_zeros(rows), "col_var": p.new_zeros(columns)}

    def update(self, group: dict[str, Any], p: Any, g: Any, state: dict[str, Any]) -> None:
        if not state:
            state.update(self.start(group, p))
        g = -g if group["maximize"] else g
        lr, (eps1, eps2) = float(scalar(group["lr"])), group["eps"]
        eps1 = finfo(p.dtype).eps if eps1 is None else eps1
        t = advance(state)
        share = t ** group["beta2_decay"]
        size = max(eps2, norm(p, 2).item() / math.sqrt(p.numel())) * min(lr, 1 / math.sqrt(t))
        if group["weight_decay"] != 0:
            p.mul_(1 - lr * group["weight_decay"])
        if g.dim() > 1:
            rows, columns = state["row_var"], state["col_var"]
            rows.lerp_(norm(g, dim=-1, keepdim=True).square_().div_(g.size(-1)), share)
            columns.lerp_(norm(g, dim=-2, keepdim=True).square_().div_(g.size(-2)), share)
            spread = (rows @ columns).div_(rows.mean(-2, True).clamp_(min=eps1))
        else:
            state["variance"].lerp_(g * g, share)
            spread = state["variance"].clone()
        u = spread.clamp_(min=eps1 * eps1).rsqrt_().mul_(g)
        clip = max(1.0, norm(u, 2).item() / (math.sqrt(u.numel()) * group["d"]))
        p.add_(u, alpha=-size / clip)


class Muon(EachParameter):
    """Muon (Jordan et al. 2024): momentum whose singular values are all brought near 1. For matrices only.

    The nearest orthogonal matrix is approached by ``ns_steps`` Newton-Schulz steps ``x = a x + (b x xᵀ + c (x xᵀ)²) x`` in
    bfloat16. ``adjust_lr_fn``: how the learning rate follows the matrix's shape, "original" or "match_rms_adamw".
    """

    def __init__(
        self, params: Any, lr: float = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95, nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315), eps: float = 1e-7, ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:  # fmt: skip
        _check_lr(lr)
        _demand(momentum >= 0.0, "momentum should be >= 0", momentum)
        _demand(weight_decay >= 0.0, "weight decay should be >= 0", weight_decay)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        defaults = {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.size()}"
                    )

    def update(self, group: dict[str, Any], p: Any, g: Any, state: dict[str, Any]) -> None:
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = zeros_like(g)
        lr, momentum = float(scalar(group["lr"])), group["momentum"]
        mean = state["momentum_buffer"].lerp_(g, 1 - momentum)
        new = g.lerp(mean, momentum) if group["nesterov"] else mean
        new = orthogonalized(new, group["ns_coefficients"], group["ns_steps"], group["eps"])
        rows, columns = p.shape
        rms = group["adjust_lr_fn"] == "match_rms_adamw"
        ratio = 0.2 * math.sqrt(max(rows, columns)) if rms else math.sqrt(max(1, rows / columns))
        p.mul_(1 - lr * group["weight_decay"])
        p.add_(new, alpha=-lr * ratio)


def orthogonalized(g: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """A matrix with the singular vectors of ``g`` and singular values near 1, in bfloat16."""
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    a, b, c = coefficients
    tall = g.size(0) > g.size(1)
    x = g.to(dtypes.bfloat16)
    x = x.T if tall else x
    x = x / norm(x).clamp(min=eps)  # no singular value is above 1 from here on
    for _ in range(steps):
        gram = x @ x.T
        x = addmm(x, addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x
