"""Adam and its relatives: steps scaled by running means of the gradient (m) and of its square (v)."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..backend import compiled
from ..ops.creation import zeros_like
from .optimizer import (
    Optimizer,
    advance,
    check,
    check_betas,
    check_lr,
    decayed,
    lerp,
    number,
    scalar,
    value_of,
    with_decay,
)  # fmt: skip


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015)::

        m = β1 · m + (1 - β1) · g
        v = β2 · v + (1 - β2) · g²
        p = p - lr · (m / (1 - β1ᵗ)) / (√(v / (1 - β2ᵗ)) + eps)

    ``amsgrad``: the largest v so far in place of v. ``decoupled_weight_decay``: shrink p itself, not through g (AdamW).
    """

    no_sparse = "Adam does not support sparse gradients, please consider SparseAdam instead"

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, Variable) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        check_lr(lr)
        check("epsilon value", eps, eps >= 0.0)
        check_betas(betas)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        kinds = [isinstance(b, Variable) for b in betas]
        if not (all(kinds) or all(isinstance(b, float) for b in betas)):
            raise ValueError("betas must be either both floats or both Tensors")
        for i, b in enumerate(betas):
            if isinstance(b, Variable) and foreach and not capturable:
                raise ValueError(f"betas[{i}] as a Tensor is not supported for capturable=False and foreach=True")
            if isinstance(b, Variable) and b._data.size != 1:
                raise ValueError(f"Tensor betas[{i}] must be 1-element")
        defaults = {
            "lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("amsgrad", False)
            group.setdefault("decoupled_weight_decay", False)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", *(("max_exp_avg_sq",) if group["amsgrad"] else ()))

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        lr, weight_decay = scalar(group["lr"]), scalar(group["weight_decay"])
        beta1, beta2 = (scalar(b) for b in group["betas"])
        t = advance(state)
        shrink = 1.0
        if group["decoupled_weight_decay"]:
            shrink, weight_decay = 1 - lr * weight_decay, 0
        step_size, root = lr / (1 - beta1**t), (1 - beta2**t) ** 0.5
        return step_size, root, beta1, beta2, group["eps"], weight_decay, shrink, group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        step_size, root, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        m, v, *largest = slots
        g = with_decay(g, p, weight_decay, maximize)
        m = m + (g - m) * (1 - beta1)
        v = v * beta2 + g * g * (1 - beta2)
        largest = [k.maximum(old, v) for old in largest]
        size = k.sqrt(largest[0] if largest else v) / root + eps
        return p * shrink - m / size * step_size, m, v, *largest

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        step_size, root, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        m, v, *largest, a, c = rest
        if shrink != 1.0:
            p *= shrink
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        lerp(xp, m, g, 1 - beta1, c)
        xp.multiply(g, g, out=c)
        c *= 1 - beta2
        v *= beta2
        v += c
        for old in largest:
            v = xp.maximum(old, v, out=old)
        xp.sqrt(v, out=c)  # both sides of the fraction times root: one pass less
        c += eps * root
        xp.multiply(m, -step_size * root, out=a)
        a /= c
        p += a

    def _compiled(self, numbers: tuple[Any, ...], arrays: list[Any]) -> bool:
        step_size, root, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        if maximize or len(arrays) > 4 or any(isinstance(n, Variable) for n in numbers):
            return False
        if beta1 <= 0.5:  # `lerp` rounds in another way then
            return False
        flat = [a.reshape(-1) for a in arrays]
        how = (-step_size * root, 1 - beta1, beta2, 1 - beta2, eps * root, weight_decay, shrink)
        compiled.kernels_for(*flat).adam(*flat, *how, 0, flat[0].size)  # by one thread: it waits for memory
        return True


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly (Loshchilov & Hutter 2019)."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


class Adamax(Optimizer):
    """Adam with the largest recent |g| in place of the root of v::

    u = max(β2 · u, |g| + eps)
    p = p - lr / (1 - β1ᵗ) · m / u
    """

    def __init__(
        self, params: Any, lr: float = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("epsilon value", eps, eps >= 0.0)
        check_betas(betas)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("exp_avg", "exp_inf")

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        beta1, beta2 = group["betas"]
        step_size = scalar(group["lr"]) / (1 - beta1 ** advance(state))
        return step_size, beta1, beta2, group["eps"], scalar(group["weight_decay"]), group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        step_size, beta1, beta2, eps, weight_decay, maximize = numbers
        m, u = slots
        g = with_decay(g, p, weight_decay, maximize)
        m = m + (g - m) * (1 - beta1)
        u = k.maximum(u * beta2, k.abs(g) + eps)
        return p - m * step_size / u, m, u

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        step_size, beta1, beta2, eps, weight_decay, maximize = numbers
        m, u, a, c = rest
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        lerp(xp, m, g, 1 - beta1, c)
        xp.abs(g, out=c)
        c += eps
        u *= beta2
        xp.maximum(u, c, out=u)
        xp.multiply(m, -step_size, out=a)
        a /= u
        p += a


class NAdam(Optimizer):
    """Adam with Nesterov momentum (Dozat 2016): the step uses the momentum that comes next, whose weight μ grows with time."""

    def __init__(
        self, params: Any, lr: float = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
        foreach: bool | None = None, maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("epsilon value", eps, eps >= 0.0)
        check_betas(betas)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        check("momentum_decay value", momentum_decay, momentum_decay >= 0.0)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("decoupled_weight_decay", False)
        for slots in self.state.values():
            if slots and not isinstance(slots["mu_product"], Variable):
                slots["mu_product"] = number(float(slots["mu_product"]))

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": number(0.0), "mu_product": number(1.0), **{name: zeros_like(p) for name in self.slots(group)}}

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        (beta1, beta2), lr, weight_decay = group["betas"], scalar(group["lr"]), scalar(group["weight_decay"])
        t = advance(state)
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (t * group["momentum_decay"]))
        mu_next = beta1 * (1.0 - 0.5 * 0.96 ** ((t + 1) * group["momentum_decay"]))
        product = state["mu_product"]._data
        product *= mu
        by_grad = lr * (1.0 - mu) / (1.0 - value_of(product))
        by_mean = lr * mu_next / (1.0 - value_of(product) * mu_next)
        shrink = 1.0
        if group["decoupled_weight_decay"]:
            shrink, weight_decay = 1 - lr * weight_decay, 0
        correction = 1 - beta2**t
        return by_grad, by_mean, correction, beta1, beta2, group["eps"], weight_decay, shrink, group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        by_grad, by_mean, correction, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        m, v = slots
        g = with_decay(g, p, weight_decay, maximize)
        m = m + (g - m) * (1 - beta1)
        v = v * beta2 + g * g * (1 - beta2)
        size = k.sqrt(v / correction) + eps
        return p * shrink - g / size * by_grad - m / size * by_mean, m, v

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        by_grad, by_mean, correction, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        m, v, a, c = rest
        if shrink != 1.0:
            p *= shrink
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        lerp(xp, m, g, 1 - beta1, c)
        xp.multiply(g, g, out=c)
        c *= 1 - beta2
        v *= beta2
        v += c
        xp.divide(v, correction, out=c)
        xp.sqrt(c, out=c)
        c += eps
        xp.multiply(g, -by_grad, out=a)
        a /= c
        p += a
        xp.multiply(m, -by_mean, out=a)
        a /= c
        p += a


class RAdam(Optimizer):
    """Adam that waits until v can be trusted (Liu et al. 2020): before that it steps with the momentum alone."""

    def __init__(
        self, params: Any, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
        maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check("epsilon value", eps, eps >= 0.0)
        check_betas(betas)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("decoupled_weight_decay", False)

    def slots(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def numbers(self, group: dict[str, Any], state: dict[str, Any], first: bool) -> tuple[Any, ...]:
        (beta1, beta2), lr, weight_decay = group["betas"], scalar(group["lr"]), scalar(group["weight_decay"])
        t = advance(state)
        shrink = 1.0
        if group["decoupled_weight_decay"]:
            shrink, weight_decay = 1 - lr * weight_decay, 0
        correction = 1 - beta2**t
        longest = 2 / (1 - beta2) - 1  # how many steps the mean in v can come to cover, and covers now
        length = longest - 2 * t * beta2**t / correction
        rectify = None
        if length > 5.0:
            rectify = ((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)) ** 0.5
            rectify *= correction**0.5
        step_size = lr / (1 - beta1**t)
        return step_size, rectify, beta1, beta2, group["eps"], weight_decay, shrink, group["maximize"]

    @staticmethod
    def formula(k: Any, numbers: tuple[Any, ...], p: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
        step_size, rectify, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        m, v = slots
        g = with_decay(g, p, weight_decay, maximize)
        m = m + (g - m) * (1 - beta1)
        v = v * beta2 + g * g * (1 - beta2)
        update = m * step_size
        if rectify is not None:
            update = update * rectify / (k.sqrt(v) + eps)
        return p * shrink - update, m, v

    @staticmethod
    def kernel(xp: Any, numbers: tuple[Any, ...], p: Any, g: Any, *rest: Any) -> None:
        step_size, rectify, beta1, beta2, eps, weight_decay, shrink, maximize = numbers
        m, v, a, c = rest
        if shrink != 1.0:
            p *= shrink
        g = decayed(xp, g, p, weight_decay, maximize, out=a)
        lerp(xp, m, g, 1 - beta1, c)
        xp.multiply(g, g, out=c)
        c *= 1 - beta2
        v *= beta2
        v += c
        if rectify is None:
            xp.multiply(m, step_size, out=a)
        else:
            xp.sqrt(v, out=c)
            c += eps
            xp.multiply(m, step_size * rectify, out=a)
            a /= c
        p -= a
