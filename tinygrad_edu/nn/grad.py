"""``torch.nn.grad``: the gradients of the convolutions, as functions of their own."""

from __future__ import annotations

from typing import Any

from .. import autograd
from ..autograd.modes import enable_grad, is_grad_enabled
from ..ops.creation import zeros
from . import functional as F

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def _gradient(conv: Any, arguments: tuple[Any, Any], wanted: int, grad_output: Any, how: tuple[Any, ...]) -> Any:
    """What ``grad_output`` gives for one argument. The result is linear in it, so that argument's values do not matter."""
    keep = is_grad_enabled()
    with enable_grad():
        stride, padding, dilation, groups = how
        out = conv(*arguments, None, stride, padding, dilation, groups)
        return autograd.grad(out, arguments[wanted], grad_output, create_graph=keep)[0]


def _for_input(conv: Any, size: Any, weight: Any, grad_output: Any, *how: Any) -> Any:
    x = zeros(tuple(size), dtype=grad_output.dtype, device=grad_output.device, requires_grad=True)
    return _gradient(conv, (x, weight), 0, grad_output, how)


def _for_weight(conv: Any, x: Any, size: Any, grad_output: Any, *how: Any) -> Any:
    weight = zeros(tuple(size), dtype=grad_output.dtype, device=grad_output.device, requires_grad=True)
    return _gradient(conv, (x, weight), 1, grad_output, how)


def conv1d_input(
    input_size: Any,
    weight: Any,
    grad_output: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The gradient of `conv1d` for its input, whose size is given: its values play no part."""
    return _for_input(F.conv1d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv1d_weight(
    input: Any,
    weight_size: Any,
    grad_output: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The gradient of `conv1d` for its weight, whose size is given."""
    return _for_weight(F.conv1d, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv2d_input(
    input_size: Any,
    weight: Any,
    grad_output: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The gradient of `conv2d` for its input, whose size is given: its values play no part.

    >>> import tinygrad_edu as torch
    >>> torch.nn.grad.conv2d_input((1, 1, 2, 3), torch.ones(1, 1, 2, 2), torch.tensor([[[[1.0, 10.0]]]]))
    tensor([[[[ 1., 11., 10.],
              [ 1., 11., 10.]]]])
    """
    return _for_input(F.conv2d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv2d_weight(
    input: Any,
    weight_size: Any,
    grad_output: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The gradient of `conv2d` for its weight, whose size is given."""
    return _for_weight(F.conv2d, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv3d_input(
    input_size: Any,
    weight: Any,
    grad_output: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The gradient of `conv3d` for its input, whose size is given: its values play no part."""
    return _for_input(F.conv3d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv3d_weight(
    input: Any,
    weight_size: Any,
    grad_output: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The gradient of `conv3d` for its weight, whose size is given."""
    return _for_weight(F.conv3d, input, weight_size, grad_output, stride, padding, dilation, groups)
