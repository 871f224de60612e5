"""`freeze`: a traced or scripted module whose numbers are part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..nn.parameter import Parameter
from .graph import Graph
from .module import RecursiveScriptModule, ScriptModule, shell

_EXPECTED = (
    "expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'."
)


class Frozen(RecursiveScriptModule):
    """A module without parameters, buffers and submodules; its numbers lie in the memory of the original's, as in torch."""

    def __init__(self, mod: ScriptModule, kept: Sequence[str]) -> None:
        super().__init__(mod.original_name)
        whole = shell(mod, mod.paths, RecursiveScriptModule, RecursiveScriptModule, keep=False)
        for part in whole.modules():
            for name, p in part._parameters.items():
                part._parameters[name] = None if p is None else Parameter(p.detach(), False)
            for name, b in part._buffers.items():
                part._buffers[name] = None if b is None else b.detach()
        self.__dict__.update(
            whole=whole, training=False, paths=mod.paths, **{name: getattr(mod, name) for name in kept}
        )

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.whole(*args, **kwargs)

    @property
    def graph(self) -> Graph:
        """The recorded graph; printing it shows torch's notation."""
        return self.whole.graph  # type: ignore[no-any-return]

    @property
    def code(self) -> str:
        """The recorded graph as Python."""
        return self.whole.code  # type: ignore[no-any-return]

    def save(self, f: Any) -> None:
        """Write graph and numbers to a file: `jit.load` reads it, with the numbers as parameters again."""
        self.whole.save(f)


Frozen.__name__ = "RecursiveScriptModule"  # which torch's frozen modules are


def freeze(mod: Any, preserved_attrs: Sequence[str] | None = None, optimize_numerics: bool = True) -> Any:
    """A copy of a traced or scripted module in eval mode, whose parameters and buffers can no longer be seen.

    RuntimeError for other modules and in training mode. ``preserved_attrs``: names of attributes to keep.
    """
    if not isinstance(mod, ScriptModule):
        raise RuntimeError(f"Freezing {_EXPECTED}")
    if mod.training:
        raise RuntimeError(
            "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing."
        )
    for name in preserved_attrs or ():
        if not hasattr(mod, name):
            raise RuntimeError(f"Unknown name: {name}")
    return Frozen(mod, preserved_attrs or ())


def optimize_for_inference(mod: Any, other_methods: Sequence[str] | None = None) -> Any:
    """`freeze`, unless it has been done. No steps are fused: graphs are run as they are."""
    if not isinstance(mod, ScriptModule):
        raise RuntimeError(f"optimize_for_inference {_EXPECTED}")
    return mod if isinstance(mod, Frozen) else freeze(mod.eval())
