"""Step sizes of their own for every element: Adagrad, RMSprop, Adadelta, Rprop."""

from __future__ import annotations

from typing import Any

from ..autograd.modes import no_grad
from ..ops.creation import full_like, zeros_like
from ..sparse.creation import sparse_coo_tensor
from .optimizer import Optimizer, advance, check, check_lr, decayed, lerp, number, scalar, with_decay


class Adagrad(Optimizer):
    """Adagrad (Duchi et al. 2011)::

    s = s + g²
    p = p - lr / (1 + (t - 1) · lr_decay) · g / (√s + eps)
    """

    def __init__(
        self, params: Any, lr: float = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *, maximize: bool = False,
        differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("lr_decay value", lr_decay, lr_decay >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        check("initial_accumulator_value value", initial_accumulator_value, initial_accumulator_value >= 0.0)
        check("epsilon value", eps, eps >= 0.0)
        defaults = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p] = self.start(group, p)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("sum",)

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        value = group["initial_accumulator_value"]
        return {"step": number(0.0), "sum": full_like(p, complex(value, value) if p.is_complex() else value)}

    def share_memory(self) -> None:
        """Move the sums into memory that other processes can open."""
        for state in self.state.values():
            state["sum"].share_memory_()

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        step_size = scalar(group["lr"]) / (1 + (advance(state) - 1) * group["lr_decay"])
        return step_size, group["eps"], scalar(group["weight_decay"]), group["maximize"]

    def _sparse_step(self, group: dict[str, Any], p: Any) -> None:
        """Only the rows that the gradient has are touched."""
        state = self.state[p]
        step_size, eps, weight_decay, maximize = self.numbers(group, state, False)
        if weight_decay != 0:
            raise RuntimeError("weight_decay option is not compatible with sparse gradients")
        with no_grad():
            g = (-p.grad if maximize else p.grad).coalesce()
            s = state["sum"].add_(g.pow(2))
            root = s.sparse_mask(g).values().sqrt_().add_(eps)
            p.add_(sparse_coo_tensor(g.indices(), g.values() / root, g.shape), alpha=-step_size)

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        step_size, eps, weight_decay, maximize = numbers
        (s,) = slots
        g = with_decay(g, p, weight_decay, maximize)
        s = s + g * g
        return p - g * step_size / (k.sqrt(s) + eps), s

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        step_size, eps, weight_decay, maximize = numbers
        s, a, c = rest
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        xp.multiply(g, g, out=c)
        s += c
        xp.sqrt(s, out=c)
        c += eps
        xp.multiply(g, -step_size, out=a)
        a /= c
        p += a


class RMSprop(Optimizer):
    """RMSprop (Hinton 2012)::

    v = α · v + (1 - α) · g²            (centered: minus the square of the mean of g)
    p = p - lr · g / (√v + eps)         (momentum: through a buffer b = momentum · b + g / (√v + eps))
    """

    def __init__(
        self, params: Any, lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
        momentum: float = 0, centered: bool = False, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("epsilon value", eps, eps >= 0.0)
        check("momentum value", momentum, momentum >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        check("alpha value", alpha, alpha >= 0.0)
        defaults = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("momentum", 0)
            group.setdefault("centered", False)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        names = ["square_avg"]
        names += ["momentum_buffer"] if group["momentum"] > 0 else []
        names += ["grad_avg"] if group["centered"] else []
        return tuple(names)

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        advance(state)
        return (
            scalar(group["lr"]), group["alpha"], group["eps"], scalar(group["weight_decay"]), scalar(group["momentum"]),
            group["centered"], group["maximize"],
        )  # fmt: skip

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        lr, alpha, eps, weight_decay, momentum, centered, maximize = numbers
        v, *others = slots
        g = with_decay(g, p, weight_decay, maximize)
        v = v * alpha + g * g * (1 - alpha)
        spread = v
        if centered:
            mean = others[-1]
            mean = others[-1] = mean + (g - mean) * (1 - alpha)
            spread = v - mean * mean
        update = g / (k.sqrt(spread) + eps)
        if momentum > 0:
            update = others[0] = others[0] * momentum + update
        return p - update * lr, v, *others

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        lr, alpha, eps, weight_decay, momentum, centered, maximize = numbers
        v, *others, a, c = rest
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        xp.multiply(g, g, out=c)
        c *= 1 - alpha
        v *= alpha
        v += c
        if centered:
            mean = others[-1]
            lerp(xp, mean, g, 1 - alpha, c)
            xp.multiply(mean, mean, out=c)
            xp.subtract(v, c, out=c)
            xp.sqrt(c, out=c)
        else:
            xp.sqrt(v, out=c)
        c += eps
        if momentum > 0:
            b = others[0]
            xp.divide(g, c, out=c)
            b *= momentum
            b += c
            xp.multiply(b, lr, out=a)
        else:
            xp.multiply(g, lr, out=a)
            a /= c
        p -= a


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012): the step sizes come from running means of squared gradients (v) and squared steps (u)::

    d = √(u + eps) / √(v + eps) · g
    p = p - lr · d
    """

    def __init__(
        self, params: Any, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("rho value", rho, 0.0 <= rho <= 1.0)
        check("epsilon value", eps, eps >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("square_avg", "acc_delta")

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        advance(state)
        return scalar(group["lr"]), group["rho"], group["eps"], scalar(group["weight_decay"]), group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        lr, rho, eps, weight_decay, maximize = numbers
        v, u = slots
        g = with_decay(g, p, weight_decay, maximize)
        v = v * rho + g * g * (1 - rho)
        d = k.sqrt(u + eps) / k.sqrt(v + eps) * g
        u = u * rho + d * d * (1 - rho)
        return p - d * lr, v, u

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        lr, rho, eps, weight_decay, maximize = numbers
        v, u, a, c = rest
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        xp.multiply(g, g, out=c)
        c *= 1 - rho
        v *= rho
        v += c
        xp.add(v, eps, out=c)
        xp.sqrt(c, out=c)
        xp.divide(g, c, out=a)
        xp.add(u, eps, out=c)
        xp.sqrt(c, out=c)
        a *= c
        xp.multiply(a, a, out=c)
        c *= 1 - rho
        u *= rho
        u += c
        a *= lr
        p -= a


class Rprop(Optimizer):
    """Resilient backpropagation (Riedmiller & Braun 1993): only the signs of the gradients count.

    Each element has its own step size: times ``etas[1]`` while its gradient keeps its sign, times ``etas[0]`` when it turns
    (then this step is left out), within ``step_sizes``.
    """

    def __init__(
        self, params: Any, lr: float = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("prev", "step_size")

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        lr = float(group["lr"])
        size = full_like(p, complex(lr, lr) if p.is_complex() else lr)
        return {"step": number(0.0), "prev": zeros_like(p), "step_size": size}

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        advance(state)
        return *group["etas"], *group["step_sizes"], group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        shrink, grow, smallest, largest, maximize = numbers
        previous, size = slots
        g = -g if maximize else g
        agree = k.sign(g * previous)
        turned = agree < 0
        size = k.clamp(k.where(turned, size * shrink, k.where(agree > 0, size * grow, size)), smallest, largest)
        g = k.where(turned, g * 0, g)
        return p - k.sign(g) * size, g, size

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        shrink, grow, smallest, largest, maximize = numbers
        previous, size, a, c = rest
        if maximize:
            g = xp.negative(g, out=a)
        xp.multiply(g, previous, out=c)
        turned = c < 0
        xp.multiply(size, grow, out=size, where=c > 0)
        xp.multiply(size, shrink, out=size, where=turned)
        xp.clip(size, smallest, largest, out=size)
        previous[...] = g
        previous[turned] = 0
        xp.sign(previous, out=c)
        xp.copyto(c, 0, where=previous != previous)  # as torch's sign of NaN
        c *= size
        p -= c
