"""Dropout: numbers, channels or whole feature maps set to 0 at random while training."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

from ..autograd.variable import wrap
from ..backend import kernels_of
from ..random import stream_for
from ._check import ask_for, check_tensor
from .activation import finished
from .random_ops import _laid_out
from .registry import public


def _mask(input: Any, p: float, shape: tuple[int, ...] | None = None) -> Any:
    """What dropout multiplies by: 0 with probability p, else 1 / (1 - p)."""
    x = input._data
    if x.dtype.kind in "iub":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {input.dtype.short}")
    stream = stream_for(None, x)
    if shape is not None:
        return wrap(stream.dropout_mask(shape, p, x.dtype))
    made = _laid_out(x, lambda ordered: stream.dropout_mask(ordered.shape, p, x.dtype))
    return wrap(kernels_of(x).xp.asarray(made))


def _check_p(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")


def _feature_shape(input: Any) -> tuple[int, ...]:
    if input._data.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return tuple(n if i < 2 else 1 for i, n in enumerate(input._data.shape))


def _drop(input: Any, p: float, train: bool, shape: Any = None, alpha: bool = False) -> Any:
    _check_p(p)
    if p == 0 or not train or input._data.size == 0:
        return input
    shape = None if shape is None else shape(input)
    if p == 1:
        return input * wrap(kernels_of(input._data).xp.zeros((), input._data.dtype))
    if not alpha:
        return input * _mask(input, p, shape)
    # what is dropped becomes selu's lower limit; then scale and shift back to mean 0 and variance 1
    limit = 1.7580993408473766
    scale = 1.0 / math.sqrt((limit * limit * p + 1) * (1 - p))
    kept = _mask(input, p, shape) * (1 - p)
    kept = kept.round()
    shift = (kept - 1) * (limit * scale) + limit * scale * p
    return input * (kept * scale) + shift


@public("function", inplace=True)
def dropout(input: Any, p: float, train: bool) -> Any:
    """With ``train``, each element is set to 0 with probability p, and what stays is divided by 1 - p."""
    return _drop(input, p, train)


@public("function", inplace=True)
def feature_dropout(input: Any, p: float, train: bool) -> Any:
    """`dropout` of whole channels: all of ``input[n, c]`` or none."""
    return _drop(input, p, train, _feature_shape)


@public("function", inplace=True)
def alpha_dropout(input: Any, p: float, train: bool) -> Any:
    """Dropout for networks with selu: keeps mean and variance."""
    return _drop(input, p, train, alpha=True)


@public("function", inplace=True)
def feature_alpha_dropout(input: Any, p: float, train: bool) -> Any:
    """`alpha_dropout` of whole channels."""
    return _drop(input, p, train, _feature_shape, alpha=True)


def _check_functional(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _functional(drop: Callable[..., Any], input: Any, p: float, training: bool, inplace: bool) -> Any:
    _check_functional(p)
    check_tensor(drop.__name__, "input", 1, input)
    out = drop(input, p, training)
    return finished(input, out, inplace) if out is not input else input


@public("functional", name="dropout")
def dropout_functional(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """With ``training``, each element is set to 0 with probability p, and what stays is divided by 1 - p.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0); tg.nn.functional.dropout(tg.ones(4), 0.5)
    tensor([0., 0., 2., 0.])
    """
    return _functional(dropout, input, p, training, inplace)


@public("functional", name="alpha_dropout")
def alpha_dropout_functional(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout for networks with selu: keeps mean and variance."""
    return _functional(alpha_dropout, input, p, training, inplace)


@public("functional", name="feature_alpha_dropout")
def feature_alpha_dropout_functional(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels."""
    return _functional(feature_alpha_dropout, input, p, training, inplace)


@public("functional")
def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """`dropout` of whole channels of (N, C, L) or (C, L)."""
    _check_functional(p)
    ask_for("dim", input)
    n = input._data.ndim
    if n not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {n}D input. Note that dropout1d exists to provide "
            "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension "
            "(i.e. 2D or 3D inputs)."
        )
    if n == 3:
        out = feature_dropout(input, p, training)
        return finished(input, out, inplace) if out is not input else input
    out = feature_dropout(input.unsqueeze(0), p, training).squeeze(0)
    return finished(input, out, inplace)


@public("functional")
def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """`dropout` of whole channels of (N, C, H, W) or (C, H, W)."""
    _check_functional(p)
    ask_for("dim", input)
    n = input._data.ndim
    if n not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {n}-D input to dropout2d, which is deprecated and will result in an error in a future "
            "release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d "
            "exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and an "
            "optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=3,
        )
    elif n == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - "
            "input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future "
            "release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D "
            "channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=3,
        )
    out = feature_dropout(input, p, training)
    return finished(input, out, inplace) if out is not input else input


@public("functional")
def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """`dropout` of whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    _check_functional(p)
    ask_for("dim", input)
    n = input._data.ndim
    if n not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {n}-D input to dropout3d, which is deprecated and will result in an error in a future "
            "release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout3d "
            "exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel dimension, and an "
            "optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=3,
        )
    if n != 5:
        out = feature_dropout(input.unsqueeze(0), p, training).squeeze(0)
        return finished(input, out, inplace)
    out = feature_dropout(input, p, training)
    return finished(input, out, inplace) if out is not input else input
