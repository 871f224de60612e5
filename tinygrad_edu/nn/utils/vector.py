"""All parameters as one long vector, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...autograd.variable import Variable
from ...ops.registry import functions
from ...typeinfo import typename


def _check_one_device(parameters: list[Any]) -> None:
    if len({p.device for p in parameters}) > 1:
        raise TypeError("Found two parameters on different devices, this is currently not supported.")


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """The elements of all parameters, one after the other; differentiable."""
    parameters = list(parameters)
    _check_one_device(parameters)
    return functions["cat"]([p.view(-1) for p in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Let the parameters look into consecutive pieces of the vector."""
    if not isinstance(vec, Variable):
        raise TypeError(f"expected torch.Tensor, but got: {typename(vec)}")
    parameters = list(parameters)
    _check_one_device(parameters)
    start = 0
    for p in parameters:
        n = p.numel()
        p.data = vec[start : start + n].view_as(p).data  # type: ignore[index]
        start += n
