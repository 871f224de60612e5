"""Draws of gamma, Dirichlet and binomial variables, the first two differentiable in their parameters."""

from __future__ import annotations

from typing import Any

from ..autograd.op import Op
from ..backend import gammas
from ._check import not_implemented
from .random_ops import stream_for
from .registry import public


def _of_dtype(kernel: Any) -> Any:
    return lambda k, x, *others: kernel(k.xp, x, *others).astype(x.dtype)


Op("standard_gamma_grad", _of_dtype(gammas.gamma_slope))
Op(
    "dirichlet_grad",
    lambda k, x, alpha, total: (gammas.beta_slope(k.xp, x, alpha, total - alpha) / (1 - x)).astype(x.dtype),
)
Op(
    "standard_gamma",
    lambda k, alpha, draw: draw(alpha),
    alpha=lambda k, g, alpha, out: g * k.standard_gamma_grad(alpha, out),
)
Op("sample_dirichlet", lambda k, alpha, draw: draw(alpha))
Op("binomial", lambda k, count, prob, draw: draw(count, prob), count=lambda k, g: k.no_gradient(g),
   prob=lambda k, g: k.no_gradient(g))  # fmt: skip


@public("function")
def _standard_gamma(input: Any, generator: Any = None) -> Any:
    """Gamma variables of the given shapes and scale 1; the gradient keeps each sample's probability.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg._standard_gamma(tg.tensor([1., 9.]))
    tensor([2.8824, 7.8312])
    """
    return Op.table["standard_gamma"](input, lambda alpha: stream_for(generator, alpha).gamma(alpha))


@public("function")
def _standard_gamma_grad(input: Any, output: Any) -> Any:
    """d sample / d shape of gamma samples ``output``."""
    return Op.table["standard_gamma_grad"](input, output)


@public("function")
def _sample_dirichlet(input: Any, generator: Any = None) -> Any:
    """Points of a simplex: gamma variables of the given shapes, divided by their sum along the last dimension."""
    return Op.table["sample_dirichlet"](input, lambda alpha: stream_for(generator, alpha).dirichlet(alpha))


@public("function")
def _dirichlet_grad(x: Any, alpha: Any, total: Any) -> Any:
    """How a Dirichlet sample moves with its parameters, divided by ``1 - x``."""
    return Op.table["dirichlet_grad"](x, alpha, total)


@public("function")
def binomial(count: Any, prob: Any, generator: Any = None) -> Any:
    """How many of ``count`` trials succeed with probability ``prob`` each: two float tensors of one shape.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.binomial(tg.tensor([10., 100.]), tg.tensor([0.5, 0.9]))
    tensor([ 7., 89.])
    """
    for name, given in (("count", count), ("prob", prob)):
        if not given.is_floating_point():
            raise ValueError(f"binomial only supports floating-point dtypes for {name}, got: {given.dtype.short}")
    if count.dtype.itemsize == 2:
        raise not_implemented("binomial_cpu", count)
    return Op.table["binomial"](count, prob, lambda n, p: stream_for(generator, n).binomial(n, p))
