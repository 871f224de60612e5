"""``torch.utils._pytree``: nested containers taken apart into their leaves, and put together again."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..ops import _results

IsLeaf = Callable[[Any], bool] | None


class NodeDef(NamedTuple):
    """A kind of container: its parts and what else it takes to rebuild it; a container of such parts."""

    flatten_fn: Callable[[Any], tuple[Any, Any]]
    unflatten_fn: Callable[[Any, Any], Any]


SUPPORTED_NODES: dict[type, NodeDef] = {
    tuple: NodeDef(lambda t: (list(t), None), lambda parts, _: tuple(parts)),
    list: NodeDef(lambda t: (t, None), lambda parts, _: list(parts)),
    dict: NodeDef(lambda t: (list(t.values()), list(t)), lambda parts, keys: dict(zip(keys, parts))),
    OrderedDict: NodeDef(lambda t: (list(t.values()), list(t)), lambda parts, keys: OrderedDict(zip(keys, parts))),
    defaultdict: NodeDef(
        lambda t: (list(t.values()), [t.default_factory, list(t)]), lambda parts, c: defaultdict(c[0], zip(c[1], parts))
    ),
    deque: NodeDef(lambda t: (list(t), t.maxlen), lambda parts, length: deque(parts, maxlen=length)),
}
_NAMED = NodeDef(lambda t: (list(t), type(t)), lambda parts, cls: cls(*parts))  # every class of collections.namedtuple


class namedtuple:
    """Stands in a `TreeSpec` for all named tuples; which one it was is the context."""


def register_pytree_node(
    cls: type, flatten_fn: Callable[[Any], tuple[Any, Any]], unflatten_fn: Callable[[Any, Any], Any], **kwargs: Any
) -> None:
    """Take apart objects of ``cls`` too. ValueError for a class that is known already."""
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    SUPPORTED_NODES[cls] = NodeDef(flatten_fn, unflatten_fn)


_register_pytree_node = register_pytree_node  # torch's older name


def _kind(tree: Any) -> Any:
    """The container's type, as the table knows it; None for a leaf."""
    cls = type(tree)
    if cls in SUPPORTED_NODES:
        return cls
    if _results.classes.get(cls.__name__) is cls:
        SUPPORTED_NODES[cls] = NodeDef(lambda t: (list(t), None), lambda parts, _: cls(parts))
        return cls
    return namedtuple if issubclass(cls, tuple) and hasattr(cls, "_fields") else None


def _definition(kind: Any) -> NodeDef:
    return _NAMED if kind is namedtuple else SUPPORTED_NODES[kind]


class TreeSpec:
    """How a structure is built, without its leaves: the type of each container, its context, its parts."""

    def __init__(self, type: Any = None, context: Any = None, children_specs: Iterable[TreeSpec] = ()) -> None:
        self.type, self.context, self._children = type, context, list(children_specs)
        self.num_children = len(self._children)
        self.num_leaves: int = 1 if type is None else sum(c.num_leaves for c in self._children)
        self.num_nodes: int = 1 + sum(c.num_nodes for c in self._children)

    def children(self) -> list[TreeSpec]:
        return list(self._children)

    children_specs = property(children)

    def child(self, index: int) -> TreeSpec:
        return self._children[index]

    def is_leaf(self) -> bool:
        return self.type is None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TreeSpec):
            return NotImplemented
        return (self.type, self.context, self._children) == (other.type, other.context, other._children)

    def __hash__(self) -> int:
        return hash((self.type, repr(self.context), tuple(self._children)))

    def __repr__(self, indent: int = 0) -> str:
        if self.type is None:
            return "*"
        inner = f",\n{' ' * (indent + 2)}".join(child.__repr__(indent + 2) for child in self._children)
        return f"TreeSpec({self.type.__name__}, {self.context}, [{inner}])"

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The structure with these leaves. ValueError for another number of them."""
        given = list(leaves)
        if len(given) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(given)} but the spec refers to a pytree that holds "
                f"{self.num_leaves} items ({self})."
            )
        return self._filled(iter(given))

    def _filled(self, leaves: Iterator[Any]) -> Any:
        if self.type is None:
            return next(leaves)
        return _definition(self.type).unflatten_fn([c._filled(leaves) for c in self._children], self.context)

    def flatten_up_to(self, tree: Any) -> list[Any]:
        """What stands in ``tree`` where this structure has its leaves. ValueError where it is built otherwise."""
        if self.type is None:
            return [tree]
        kind = _kind(tree)
        if kind is not self.type:
            raise ValueError(f"Node type mismatch; expected {self.type!r}, but got {type(tree)!r}.")
        parts, context = _definition(kind).flatten_fn(tree)
        parts = list(parts)
        if len(parts) != self.num_children:
            raise ValueError(f"Node arity mismatch; expected {self.num_children}, but got {len(parts)}.")
        if kind is dict and context != self.context:  # the same keys in another order are the same dictionary
            if set(context) != set(self.context):
                raise ValueError(f"Node keys mismatch; expected {self.context}, but got {context}.")
            parts = [tree[key] for key in self.context]
        return [leaf for child, part in zip(self._children, parts) for leaf in child.flatten_up_to(part)]


PyTreeSpec = TreeSpec


def _flattened(tree: Any, leaves: list[Any], is_leaf: IsLeaf) -> TreeSpec:
    kind = None if is_leaf is not None and is_leaf(tree) else _kind(tree)
    if kind is None:
        leaves.append(tree)
        return TreeSpec()
    parts, context = _definition(kind).flatten_fn(tree)
    return TreeSpec(kind, context, [_flattened(part, leaves, is_leaf) for part in parts])


def tree_flatten(tree: Any, is_leaf: IsLeaf = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a structure in order, and how it is built.

    >>> tree_flatten({"a": [1, 2], "b": (None,)})[0]
    [1, 2, None]
    """
    leaves: list[Any] = []
    spec = _flattened(tree, leaves, is_leaf)
    return leaves, spec


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Any:
    """The structure with these leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"Expected `treespec` to be an instance of PyTreeSpec but got item of type {type(treespec)}.")
    return treespec.unflatten(leaves)


def tree_leaves(tree: Any, is_leaf: IsLeaf = None) -> list[Any]:
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Any, is_leaf: IsLeaf = None) -> Iterator[Any]:
    yield from tree_leaves(tree, is_leaf)


def tree_structure(tree: Any, is_leaf: IsLeaf = None) -> TreeSpec:
    return tree_flatten(tree, is_leaf)[1]


def tree_is_leaf(tree: Any, is_leaf: IsLeaf = None) -> bool:
    return (is_leaf is not None and is_leaf(tree)) or _kind(tree) is None


def tree_map(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf = None) -> Any:
    """The structure with ``func`` of each leaf (and of what stands there in the ``rests``) in its place.

    >>> tree_map(lambda a, b: a + b, {"x": [1, 2]}, {"x": [10, 20]})
    {'x': [11, 22]}
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten(map(func, leaves, *(spec.flatten_up_to(rest) for rest in rests)))


def tree_map_(func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: IsLeaf = None) -> Any:
    """`tree_map` for what ``func`` does to the leaves; gives the structure itself."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def _chosen(types: Any) -> Callable[[Any], bool]:
    if isinstance(types, (type, tuple)):
        return lambda x: isinstance(x, types)
    if callable(types):
        return types
    raise TypeError("Argument must be a type, a tuple of types, or a callable.")


def map_only(type_or_types_or_pred: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """A decorator: the function for leaves of these types, others as they are."""
    chosen = _chosen(type_or_types_or_pred)
    return lambda func: lambda x: func(x) if chosen(x) else x


def tree_map_only(types: Any, func: Callable[[Any], Any], tree: Any, is_leaf: IsLeaf = None) -> Any:
    """`tree_map` for leaves of these types."""
    return tree_map(map_only(types)(func), tree, is_leaf=is_leaf)


def tree_map_only_(types: Any, func: Callable[[Any], Any], tree: Any, is_leaf: IsLeaf = None) -> Any:
    return tree_map_(map_only(types)(func), tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf = None) -> bool:
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf = None) -> bool:
    return any(map(pred, tree_leaves(tree, is_leaf)))


def tree_all_only(types: Any, pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf = None) -> bool:
    return all(pred(x) for x in filter(_chosen(types), tree_leaves(tree, is_leaf)))


def tree_any_only(types: Any, pred: Callable[[Any], bool], tree: Any, is_leaf: IsLeaf = None) -> bool:
    return any(pred(x) for x in filter(_chosen(types), tree_leaves(tree, is_leaf)))


def arg_tree_leaves(*args: Any, **kwargs: Any) -> list[Any]:
    """The leaves of a call's arguments."""
    return tree_leaves((args, kwargs))
