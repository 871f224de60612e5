"""Structures of tensors (tuples, lists and dictionaries of them, nested), and a check that all transformations share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..autograd.variable import Variable

F = Callable[..., Any]


def leaves(tree: Any) -> Iterator[Any]:
    """The tensors of a structure, in order."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from leaves(value)
    elif isinstance(tree, (tuple, list)):
        for value in tree:
            yield from leaves(value)
    elif isinstance(tree, Variable):
        yield tree


def map_tree(f: F, tree: Any) -> Any:
    """The structure with ``f`` of each tensor in its place."""
    if isinstance(tree, dict):
        return type(tree)((key, map_tree(f, value)) for key, value in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(map_tree(f, value) for value in tree))
    if isinstance(tree, (tuple, list)):
        return type(tree)(map_tree(f, value) for value in tree)
    return f(tree) if isinstance(tree, Variable) else tree


def rebuilt(tree: Any, values: Iterator[Any]) -> Any:
    return map_tree(lambda _: next(values), tree)


def flat(tree: Any) -> list[Any]:
    """Everything in a structure that is no structure itself, in order."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [leaf for branch in tree for leaf in flat(branch)] if isinstance(tree, (tuple, list)) else [tree]


def replaced(tree: Any, values: Iterator[Any]) -> Any:
    """The structure with the next of ``values`` in place of each leaf, whatever that is."""
    if isinstance(tree, dict):
        return type(tree)((key, replaced(value, values)) for key, value in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_make"):  # a namedtuple
        return type(tree)(*(replaced(value, values) for value in tree))
    return type(tree)(replaced(v, values) for v in tree) if isinstance(tree, (tuple, list)) else next(values)


def spread(short: Any, tree: Any) -> list[Any] | None:
    """What ``short`` says for each leaf of ``tree``: one of its leaves stands for all below it. None where they do not fit."""
    if not isinstance(short, (tuple, list, dict)):
        return [short] * len(flat(tree))
    if type(short) is not type(tree) or len(short) != len(tree):
        return None
    pairs: Any
    if isinstance(short, dict) and isinstance(tree, dict):
        if list(short) != list(tree):
            return None
        pairs = zip(short.values(), tree.values())
    else:
        pairs = zip(short, tree)
    parts = [spread(s, t) for s, t in pairs]
    return None if None in parts else [leaf for part in parts for leaf in part or ()]


def described(tree: Any, indent: int = 0, short: bool = False) -> str:
    """The structure in torch's words: ``TreeSpec(tuple, None, [*, *])``, or short, ``(*, *)``."""
    if not isinstance(tree, (tuple, list, dict)):
        return "*"
    values = list(tree.values()) if isinstance(tree, dict) else list(tree)
    if short:
        inside = ", ".join(described(v, short=True) for v in values)
        if isinstance(tree, dict):
            inside = ", ".join(f"{k!r}: {described(v, short=True)}" for k, v in tree.items())
            return f"{{{inside}}}"
        return f"[{inside}]" if isinstance(tree, list) else f"({inside}{',' if len(values) == 1 else ''})"
    inner = (",\n" + " " * (indent + 2)).join(described(v, indent + 2) for v in values)
    return f"TreeSpec({type(tree).__name__}, {list(tree) if isinstance(tree, dict) else None}, [{inner}])"


def check_randomness(randomness: str) -> None:
    """RuntimeError for a way of drawing random numbers in a batch that there is not."""
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
