"""A network cut off at inner layers, whose outputs it returns."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ... import nn


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
