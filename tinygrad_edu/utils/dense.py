"""Many tensors as one, and back: torch._utils' names, which older code for several processes uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..ops.registry import functions


def _flatten_dense_tensors(tensors: Iterable[Any]) -> Any:
    """All numbers in one row.

    >>> import tinygrad_edu as tg
    >>> row = _flatten_dense_tensors([tg.ones(2), tg.zeros(1, 2)]); row
    tensor([1., 1., 0., 0.])
    >>> [tuple(t.shape) for t in _unflatten_dense_tensors(row, [tg.ones(2), tg.zeros(1, 2)])]
    [(2,), (1, 2)]
    """
    return functions["cat"]([t.contiguous().view(-1) for t in tensors])


def _unflatten_dense_tensors(flat: Any, tensors: Sequence[Any]) -> tuple[Any, ...]:
    """Views into ``flat`` of the shapes of ``tensors``."""
    return tuple(part.view(t.shape) for part, t in zip(flat.split([t.numel() for t in tensors]), tensors))


def _take_tensors(tensors: Iterable[Any], size_limit: int) -> Iterator[list[Any]]:
    """Groups of tensors of one type, of at most ``size_limit`` bytes together where that can be."""
    groups: dict[str, tuple[list[Any], int]] = {}
    for t in tensors:
        size = t.numel() * t.element_size()
        group, total = groups.get(t.type(), ([], 0))
        if group and total + size > size_limit:
            yield group
            group, total = [], 0
        groups[t.type()] = [*group, t], total + size
    yield from (group for group, _ in groups.values())
