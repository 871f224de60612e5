"""What model files share, and what such files written after torchvision's own import: torchvision.models._utils' names."""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ... import nn
from .pretrained import WeightsEnum, legacy_text


class IntermediateLayerGetter(nn.ModuleDict):
    """The children of a model, one after the other, up to the last one named in ``return_layers``.

    ``return_layers`` maps their names to those of the results: ``{"layer1": "low", "layer4": "high"}``.
    """

    _version = 2

    def __init__(self, model: nn.Module, return_layers: dict[str, str]) -> None:
        names = [name for name, _ in model.named_children()]
        if not set(return_layers).issubset(names):
            raise ValueError("return_layers are not present in model")
        wanted = {str(name) for name in return_layers}
        last = max((i for i, name in enumerate(names) if name in wanted), default=0)
        super().__init__(OrderedDict(list(model.named_children())[: last + 1]))
        self.return_layers = return_layers

    def forward(self, x: Any) -> Any:
        out: OrderedDict[str, Any] = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                out[self.return_layers[name]] = x
        return out


def _make_divisible(v: float, divisor: int, min_value: int | None = None) -> int:
    """The multiple of ``divisor`` next to v, not more than a tenth below it."""
    near = max(divisor if min_value is None else min_value, int(v + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * v else near


def _ovewrite_named_param(kwargs: dict[str, Any], param: str, new_value: Any) -> None:
    """Set an argument that trained weights need; ValueError where another value was asked for."""
    kwargs[param] = _ovewrite_value_param(param, kwargs.get(param), new_value)


def _ovewrite_value_param(param: str, actual: Any, expected: Any) -> Any:
    if actual is not None and actual != expected:
        raise ValueError(f"The parameter '{param}' expected value {expected} but got {actual} instead.")
    return expected


def handle_legacy_interface(**weights: tuple[str, Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: ``weights=("pretrained", X.V1)`` lets ``pretrained=True`` stand for ``weights=X.V1``, with a warning."""

    def decorate(build: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(build)
        def form(*args: Any, **kwargs: Any) -> Any:
            for parameter, (old, default) in weights.items():
                given = kwargs.get(parameter)
                if old not in kwargs and (given is None or isinstance(given, (WeightsEnum, str))):
                    continue
                if old in kwargs:
                    warnings.warn(
                        f"The parameter '{old}' is deprecated since 0.13 and may be removed in the future, please use "
                        f"'{parameter}' instead.",
                        stacklevel=2,
                    )
                else:
                    kwargs[old] = kwargs.pop(parameter)
                member = (default(kwargs) if callable(default) else default) if kwargs[old] else None
                if kwargs.pop(old) and not isinstance(member, WeightsEnum):
                    raise ValueError(f"No weights available for model {build.__name__}")
                warnings.warn(legacy_text(parameter, member), stacklevel=2)
                kwargs[parameter] = member
            return build(*args, **kwargs)

        return form

    return decorate
