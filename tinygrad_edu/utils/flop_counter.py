"""``torch.utils.flop_counter``: how many floating-point operations products and convolutions take, module by module."""

from __future__ import annotations

import importlib
import math
import warnings
import weakref
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Self

from ..autograd.op import Op
from ..autograd.variable import needs_grad
from ..profiler.watching import watch
from .module_tracker import ModuleTracker

__all__ = ["FlopCounterMode"]

# primitives, and what torch shows for a gradient of each
_BACKWARD = {
    "mm": "mm", "addmm": "mm", "bmm": "bmm", "baddbmm": "bmm", "convolution": "convolution_backward",
    "conv_transpose": "convolution_backward",
}  # fmt: skip
_SUFFIXES = ("", "K", "M", "B", "T")
Counted = list[tuple[str, int]]


def _count(op: Op, args: tuple[Any, ...], result: Any) -> tuple[Counted, Counted]:
    """What a call is, and what its gradients will be: each is as much as the call itself.

    Like PyTorch's, the gradient of a convolution's kernel leaves out of account that there are groups.
    """
    if op.name.startswith("conv"):
        left, right = args[:2]
        places = left if op.name == "conv_transpose" else result
        flops = 2 * int(left.shape[0]) * math.prod(places.shape[2:]) * math.prod(right.shape)
        gradients = flops * needs_grad(left) + flops * needs_grad(right) * args[-1]
        return [("convolution", flops)], [(_BACKWARD[op.name], gradients)]
    left, right = args[1:3] if "add" in op.name else args[:2]
    flops = 2 * math.prod(result.shape) * int(left.shape[-1])
    return [(op.name, flops)], [(_BACKWARD[op.name], flops * (needs_grad(left) + needs_grad(right)))]


class FlopCounterMode:
    """A ``with`` block that counts, forward and backward, and at its end shows a table (``display``) of modules ``depth`` deep.

    >>> import tinygrad_edu as tg
    >>> with FlopCounterMode(display=False) as counter:
    ...     _ = tg.nn.Linear(4, 5)(tg.ones(2, 4))
    >>> counter.get_flop_counts()["Linear"]
    {'aten.addmm': 80}
    """

    def __init__(self, mods: Any = None, depth: int = 2, display: bool = True) -> None:
        if mods is not None:
            warnings.warn("mods argument is not needed anymore, you can stop passing it", stacklevel=2)
        self.depth, self.display = depth, display
        self.flop_counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.mod_tracker = ModuleTracker()
        self._later: weakref.WeakKeyDictionary[Any, Counted] = weakref.WeakKeyDictionary()  # by node of the graph
        self._inside = False  # an operation that is counted: what it consists of is not

    def get_total_flops(self) -> int:
        """All of them."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self) -> dict[str, dict[str, int]]:
        """By the name of a module ("Global" for all) and of an operation."""
        return {module: dict(counts) for module, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """A table of modules and operations. Needs the package tabulate."""
        depth = self.depth if depth is None else depth
        total = self.get_total_flops()
        rows: list[list[str]] = []
        whole_shown = False
        for module in sorted(self.flop_counts):
            level = module.count(".")
            if module != "Global" and level < depth:
                whole_shown |= sum(self.flop_counts[module].values()) >= total
                rows += self._rows(module, " " * level)
        if "Global" in self.flop_counts and not whole_shown:
            rows = self._rows("Global", "") + [[f" {first}", *rest] for first, *rest in rows]
        tabulate: Any = importlib.import_module("tabulate")
        tabulate.PRESERVE_WHITESPACE = True
        header = ["Module", "FLOP", "% Total"]
        table: str = tabulate.tabulate(
            rows or [["Global", "0", "0%"]], headers=header, colalign=("left", "right", "right")
        )
        return table

    def _rows(self, module: str, padding: str) -> list[list[str]]:
        counts, total = self.flop_counts[module], self.get_total_flops()
        power = max(0, min(len(_SUFFIXES) - 1, (len(str(total)) - 2) // 3))
        lines = [(module, sum(counts.values())), *((f" - {name}", flops) for name, flops in counts.items())]
        return [
            [padding + name, f"{flops / 1000**power:.3f}{_SUFFIXES[power]}", f"{flops / total:.2%}" if total else "0%"]
            for name, flops in lines
        ]

    def _around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        first = args[0] if args else None
        op = first if isinstance(first, Op) else getattr(first, "op", None)
        if self._inside or not isinstance(op, Op) or op.name not in _BACKWARD:
            return call(*args, **kwargs)
        self._inside = True
        try:
            result = call(*args, **kwargs)
        finally:
            self._inside = False
        if isinstance(first, Op):
            counted, later = _count(first, args[1:], result)
            if result._node is not None:
                self._later[result._node] = later
        else:
            counted = self._later.get(first, [])
        for parent in set(self.mod_tracker.parents):
            for operation, flops in counted:
                self.flop_counts[parent][f"aten.{operation}"] += flops
        return result

    def __enter__(self) -> Self:
        self.flop_counts.clear()
        self.mod_tracker.__enter__()
        self._end = watch(self._around)
        return self

    def __exit__(self, *error: object) -> None:
        self._end()
        self.mod_tracker.__exit__()
        if self.display:
            print(self.get_table(self.depth))
