"""Automatic casting: which operations compute in half precision, and which in float32, while `amp.autocast` is on.

`registry.public` wraps the operations named here, once; outside an `autocast` that costs them one look at the thread's state.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .. import dtypes
from ..autograd.modes import state
from ..autograd.variable import Variable

# matrix products and convolutions: hardware is fast at them in half precision, and they add up in float32 anyway
_LOWER = (
    "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear matmul mm bmm addmm addbmm baddbmm einsum "
    "chain_matmul multi_dot vecdot tensordot prelu scaled_dot_product_attention"
)
# sums of many terms, inverses, differences of large numbers: half precision would spoil them
_FLOAT32 = (
    "avg_pool3d max_pool3d adaptive_avg_pool3d max_unpool2d max_unpool3d grid_sample polar prod quantile nanquantile stft cdist trace "
    "view_as_complex cholesky cholesky_inverse cholesky_solve inverse lu_solve orgqr ormqr pinverse mse_loss l1_loss smooth_l1_loss "
    "huber_loss nll_loss cross_entropy kl_div binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss "
    "hinge_embedding_loss poisson_nll_loss margin_ranking_loss soft_margin_loss triplet_margin_loss multi_margin_loss ctc_loss "
    "multilabel_margin_loss fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 rfftn irfftn hfft ihfft cond matrix_rank solve "
    "svdvals eigvals eigvalsh inv inv_ex householder_product tensorinv tensorsolve qr cholesky_ex svd eig eigh lstsq"
)
LOWER, FLOAT32 = frozenset(_LOWER.split()), frozenset(_FLOAT32.split())
WIDEST = frozenset(("cat", "stack", "index_copy"))  # joined tensors: the widest of their dtypes


class Casting:
    """What the `autocast` blocks ask for: a dtype for each kind of device, and a place for parameters cast before.

    A parameter is cast once a block, so that the gradients of its uses are added up before they are cast back.
    """

    def __init__(self, wanted: dict[str, Any], kept: dict[Any, Any] | None) -> None:
        self.wanted, self.kept = wanted, kept

    def may(self, t: Any) -> bool:
        """Tensors of float64 and of other devices stay what they are."""
        return t.is_floating_point() and t.dtype is not dtypes.float64 and t.device.type in self.wanted

    def lower(self, t: Any) -> Any:
        """The tensor in half precision."""
        if not self.may(t):
            return t
        dtype = self.wanted[t.device.type]
        if self.kept is None or not (t.requires_grad and t.is_leaf and t.dtype is dtypes.float32):
            return t.to(dtype)
        key = (id(t), dtype)
        if key not in self.kept:
            self.kept[key] = (t, t.to(dtype))  # t is kept as well: its id must stay its own
        return self.kept[key][1]

    def float32(self, t: Any) -> Any:
        """The tensor in float32."""
        return t.to(dtypes.float32) if t.dtype is not dtypes.float32 and self.may(t) else t

    def __call__(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        """The arguments of the operation ``name``, cast."""
        convert = self.lower
        if name in FLOAT32 or (name in WIDEST and _any_float32((*args, *kwargs.values()))):
            convert = self.float32
        return tuple(_each(convert, a) for a in args), {key: _each(convert, a) for key, a in kwargs.items()}


def _each(convert: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, Variable):
        return convert(value)
    if isinstance(value, (list, tuple)) and any(isinstance(v, Variable) for v in value):
        return [_each(convert, v) for v in value]
    return value


def _any_float32(values: Any) -> bool:
    return any(
        _any_float32(v) if isinstance(v, (list, tuple)) else isinstance(v, Variable) and v.dtype is dtypes.float32  # type: ignore[attr-defined]
        for v in values
    )


def castable(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """``function``, whose tensors are cast first while an `autocast` is on; what it calls itself is left alone then."""
    if name not in LOWER and name not in FLOAT32 and name not in WIDEST:
        return function

    @wraps(function)
    def form(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        casting = state.casting
        if casting is None:
            return function(*args, **kwargs)
        args, kwargs = casting(name, args, kwargs)
        state.casting = None
        try:
            return function(*args, **kwargs)
        finally:
            state.casting = casting

    return form
