"""``torch.distributions.utils``: what several distributions are built with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..autograd.modes import enable_grad
from ..ops.creation import empty
from ..ops.registry import functional as F
from .discrete import _clamped as clamp_probs
from .distribution import broadcast_all
from .distribution import sum_rightmost as _sum_rightmost  # noqa: F401  torch's name
from .transformed import EULER as euler_constant
from .transforms import tril_to_vec as tril_matrix_to_vec
from .transforms import vec_to_tril as vec_to_tril_matrix

__all__ = [
    "broadcast_all", "clamp_probs", "euler_constant", "lazy_property", "logits_to_probs", "probs_to_logits",
    "tril_matrix_to_vec", "vec_to_tril_matrix",
]  # fmt: skip


def _standard_normal(shape: Any, dtype: Any, device: Any) -> Any:
    return empty(shape, dtype=dtype, device=device).normal_()


def logits_to_probs(logits: Any, is_binary: bool = False) -> Any:
    """softmax(logits); of two classes whose second has logit 0: sigmoid(logits)."""
    return logits.sigmoid() if is_binary else F["softmax"](logits, -1)


def probs_to_logits(probs: Any, is_binary: bool = False) -> Any:
    """The inverse of `logits_to_probs`: log(p); of two classes, log(p / (1 - p))."""
    p = clamp_probs(probs)
    return p.log() - (-p).log1p() if is_binary else p.log()


class lazy_property:
    """A property that is computed when it is first asked for, with gradients, and then kept in the object."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value
