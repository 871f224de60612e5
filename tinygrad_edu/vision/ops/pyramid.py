"""`FeaturePyramidNetwork`: features of several sizes, each with what the coarser ones know (Lin et al. 2017)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ... import nn
from .misc import Conv2dNormActivation, rename_before_version_2


class ExtraFPNBlock(nn.Module):
    """The base of what adds levels to a pyramid: ``(results, inputs, names)`` to ``(results, names)``."""

    def forward(self, results: list[Any], x: list[Any], names: list[str]) -> tuple[list[Any], list[str]]:
        raise NotImplementedError


class LastLevelMaxPool(ExtraFPNBlock):
    """One more level: every second pixel of the last one."""

    def forward(self, results: list[Any], x: list[Any], names: list[str]) -> tuple[list[Any], list[str]]:
        results.append(nn.functional.max_pool2d(results[-1], kernel_size=1, stride=2, padding=0))
        return results, [*names, "pool"]


class LastLevelP6P7(ExtraFPNBlock):
    """Two more levels, by convolutions with stride 2."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.p6 = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
        self.p7 = nn.Conv2d(out_channels, out_channels, 3, 2, 1)
        _prepare(self)
        self.use_P5 = in_channels == out_channels

    def forward(self, results: list[Any], x: list[Any], names: list[str]) -> tuple[list[Any], list[str]]:
        p6 = self.p6(results[-1] if self.use_P5 else x[-1])
        p7 = self.p7(nn.functional.relu(p6))
        return [*results, p6, p7], [*names, "p6", "p7"]


def _prepare(network: nn.Module) -> None:
    """The start of a pyramid's convolutions."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_uniform_(layer.weight, a=1)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, 0)


class FeaturePyramidNetwork(nn.Module):
    """Takes an ordered dict of features, from fine to coarse, and gives one with ``out_channels`` each.

    Each level is brought to ``out_channels``, the next coarser result is enlarged and added, and a convolution smooths the sum.
    """

    _version = 2

    def __init__(
        self, in_channels_list: list[int], out_channels: int, extra_blocks: ExtraFPNBlock | None = None,
        norm_layer: Callable[..., nn.Module] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.inner_blocks, self.layer_blocks = nn.ModuleList(), nn.ModuleList()
        options: Any = {"norm_layer": norm_layer, "activation_layer": None}
        for channels in in_channels_list:
            if channels == 0:
                raise ValueError("in_channels=0 is currently not supported")
            self.inner_blocks.append(Conv2dNormActivation(channels, out_channels, 1, padding=0, **options))
            self.layer_blocks.append(Conv2dNormActivation(out_channels, out_channels, 3, **options))
        _prepare(self)
        if extra_blocks is not None and not isinstance(extra_blocks, ExtraFPNBlock):
            raise TypeError(f"extra_blocks should be of type ExtraFPNBlock not {type(extra_blocks)}")
        self.extra_blocks = extra_blocks

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        places = [f"{prefix}{b}.{i}" for b in ("inner_blocks", "layer_blocks") for i in range(len(self.inner_blocks))]
        rename_before_version_2(state_dict, local_metadata, {place: f"{place}.0" for place in places})
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    def forward(self, x: dict[str, Any]) -> dict[str, Any]:
        names, features = list(x), list(x.values())
        results: list[Any] = []
        above: Any = None
        for inner, smooth, level in reversed(list(zip(self.inner_blocks, self.layer_blocks, features))):
            lateral = inner(level)
            if above is not None:
                lateral = lateral + nn.functional.interpolate(above, size=lateral.shape[-2:], mode="nearest")
            above = lateral
            results.insert(0, smooth(lateral))
        if self.extra_blocks is not None:
            results, names = self.extra_blocks(results, features, names)
        return OrderedDict(zip(names, results))
