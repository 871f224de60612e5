"""Gradient descent: plain, with momentum, and averaged."""

from __future__ import annotations

from typing import Any

from ..autograd.modes import no_grad
from ..autograd.variable import Variable
from ..backend import compiled
from ..ops.creation import ones_like, zeros_like
from .optimizer import Optimizer, advance, check, check_lr, decayed, number, scalar, with_decay


class SGD(Optimizer):
    """Stochastic gradient descent::

        g = grad + weight_decay · p
        b = momentum · b + (1 - dampening) · g      (the first time: b = g)
        p = p - lr · b                              (nesterov: p - lr · (g + momentum · b))

    >>> import tinygrad_edu as tg
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (3 * w).sum().backward(); optimizer.step(); w
    tensor([0.7000], requires_grad=True)
    """

    shared_numbers = True

    def __init__(
        self, params: Any, lr: float = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: float = 0,
        nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("momentum value", momentum, momentum >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize,
            "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("nesterov", False)
        for p, slots in list(self.state.items()):  # torch writes None for a buffer that has not been needed
            if isinstance(slots, dict) and slots.get("momentum_buffer", p) is None:
                del self.state[p]

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("momentum_buffer",) if group["momentum"] != 0 else ()

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {name: zeros_like(p) for name in self.slots(group)}

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        keep = 1.0 if first else 1 - group["dampening"]  # the first time the buffer is the gradient itself
        lr, weight_decay = scalar(group["lr"]), scalar(group["weight_decay"])
        return lr, weight_decay, scalar(group["momentum"]), keep, group["nesterov"], group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        lr, weight_decay, momentum, keep, nesterov, maximize = numbers
        g = with_decay(g, p, weight_decay, maximize)
        if not slots:
            return (p - g * lr,)
        (b,) = slots
        b = b * momentum + g * keep
        return p - (g + b * momentum if nesterov else b) * lr, b

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        lr, weight_decay, momentum, keep, nesterov, maximize = numbers
        *slots, a, c = rest
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        if slots:
            (b,) = slots
            b *= momentum
            b += g if keep == 1 else xp.multiply(g, keep, out=c)
            if nesterov:
                xp.multiply(b, momentum, out=c)
                c += g
                g = c
            else:
                g = b
        xp.multiply(g, lr, out=c)
        p -= c

    def _sparse_step(self, group: dict[str, Any], p: Any) -> None:
        with no_grad():
            g = -p.grad if group["maximize"] else p.grad
            if group["weight_decay"] != 0:
                g = g.add(p, alpha=group["weight_decay"])  # which is refused: it would be dense
            if group["momentum"] != 0:
                b = self.state[p].get("momentum_buffer")
                if b is None:
                    b = self.state[p]["momentum_buffer"] = g.clone()
                else:
                    b.mul_(group["momentum"]).add_(g, alpha=1 - group["dampening"])
                g = g.add(b, alpha=group["momentum"]) if group["nesterov"] else b
            p.add_(g, alpha=-group["lr"])

    def _compiled(self, numbers: tuple[Any, ...], arrays: list[Any]) -> bool:
        lr, weight_decay, momentum, keep, nesterov, maximize = numbers
        if nesterov or maximize or any(isinstance(n, Variable) for n in numbers):
            return False
        p, g, *slots = (a.reshape(-1) for a in arrays)
        b = slots[0] if slots else p[:0]
        how = (lr, weight_decay, momentum, keep)
        compiled.kernels_for(p).sgd(p, g, b, *how, 0, p.size)  # by one thread: it waits for memory
        return True


class ASGD(Optimizer):
    """Averaged gradient descent: the steps shrink, and ``state["ax"]`` is the mean of the parameters since step ``t0``."""

    def __init__(
        self, params: Any, lr: float = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: float = 0, foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for slots in self.state.values():
            for name in ("eta", "mu"):
                if slots and not isinstance(slots[name], Variable):
                    slots[name] = number(float(slots[name]))

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("ax",)

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        eta = number(float(group["lr"]))
        return {"step": number(0.0), "eta": eta, "mu": ones_like(eta), "ax": zeros_like(p)}

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        lr, lambd = scalar(group["lr"]), group["lambd"]
        eta, mu, step = state["eta"].item(), state["mu"].item(), advance(state)
        state["eta"]._data[...] = lr / ((1 + lambd * lr * step) ** group["alpha"])
        state["mu"]._data[...] = 1 / max(1, step - group["t0"])
        return eta, mu, 1 - lambd * eta, scalar(group["weight_decay"]), group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        eta, mu, shrink, weight_decay, maximize = numbers
        (ax,) = slots
        p = p * shrink - with_decay(g, p, weight_decay, maximize) * eta
        return p, p if mu == 1 else ax + (p - ax) * mu

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        eta, mu, shrink, weight_decay, maximize = numbers
        ax, a, _ = rest
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        xp.multiply(g, eta, out=a)
        p *= shrink
        p -= a
        if mu == 1:
            ax[...] = p
        else:
            xp.subtract(p, ax, out=a)
            a *= mu
            ax += a
