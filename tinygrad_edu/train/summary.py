"""``summary(net, (1, 28, 28))``: a table of a network's layers, what comes out of each, and how many numbers it learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..autograd.modes import no_grad
from ..nn import Module
from ..ops.registry import functions as F


@dataclass(frozen=True)
class Summary:
    """Rows (layer, output shape, parameters) and sums; prints as a table."""

    rows: tuple[tuple[str, str, int], ...]
    total: int
    trainable: int
    bytes: int

    def __str__(self) -> str:
        shaped = any(shape for _, shape, _ in self.rows)
        head = ("Layer (type)", *(("Output shape",) if shaped else ()), "Parameters")
        lines = [(name, *((shape,) if shaped else ()), f"{count:,}") for name, shape, count in self.rows]
        widths = [max(len(line[c]) for line in (head, *lines)) for c in range(len(head))]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))

        def row(cells: tuple[str, ...]) -> str:
            left = [cell.ljust(width) for cell, width in zip(cells[:-1], widths)]
            return "  ".join([*left, cells[-1].rjust(widths[-1])])

        sums = [
            f"Parameters: {self.total:,} ({self.bytes / 1024:,.1f} KB)",
            f"  trained:  {self.trainable:,}",
            f"  fixed:    {self.total - self.trainable:,}",
        ]
        return "\n".join([row(head), rule, *map(row, lines), rule, *sums])

    __repr__ = __str__


def summary(net: Module, input_size: Any = None, *, input: Any = None) -> Summary:
    """The layers of ``net``. With ``input_size`` (without the batch) or an example ``input``, also what comes out of each.

    >>> from tinygrad_edu import nn
    >>> summary(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), (2,))
    Layer (type)  Output shape  Parameters
    ──────────────────────────────────────
    0 (Linear)    (1, 3)                 9
    1 (ReLU)      (1, 3)                 0
    ──────────────────────────────────────
    Parameters: 9 (0.0 KB)
      trained:  9
      fixed:    0
    """
    if input is None and input_size is not None:
        first = next(net.parameters(), None)
        input = F["zeros"](1, *(input_size if isinstance(input_size, (tuple, list)) else (input_size,)))
        input = input if first is None else input.to(first)
    shapes = {} if input is None else _shapes(net, input)
    rows = []
    for name, module in net.named_modules():
        own = sum(p.numel() for p in module.parameters(recurse=False))
        if own or not list(module.children()):
            rows.append(
                (
                    f"{name} ({type(module).__name__})" if name else type(module).__name__,
                    shapes.get(id(module), ""),
                    own,
                )
            )
    parameters = list(net.parameters())
    return Summary(
        tuple(rows),
        sum(p.numel() for p in parameters),
        sum(p.numel() for p in parameters if p.requires_grad),
        sum(p.numel() * p.element_size() for p in parameters),
    )


def _shapes(net: Module, input: Any) -> dict[int, str]:
    """What each module gives for an input: its shape, or those of its parts."""
    found: dict[int, str] = {}

    def note(module: Any, args: Any, output: Any) -> None:
        found[id(module)] = _shape(output)

    handles = [module.register_forward_hook(note) for module in net.modules()]
    modes = [(module, module.training) for module in net.modules()]
    try:
        net.eval()
        with no_grad():
            net(*input) if isinstance(input, (tuple, list)) else net(input)
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes:
            module.training = training
    return found


def _shape(output: Any) -> str:
    if hasattr(output, "shape"):
        return str(tuple(output.shape))
    return f"[{', '.join(map(_shape, output))}]" if isinstance(output, (tuple, list)) else type(output).__name__
