"""A step of a graph that was traced: what is called, with which arguments, by whom its result is used."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import dtypes
from ..ops.registry import functional, functions
from ..tensor import Tensor

if TYPE_CHECKING:
    from .graph import Graph

# functions of nn.functional that torch takes straight from C++, and therefore shows under another address, with the arguments as given
_IN_TORCH = {
    "adaptive_avg_pool1d", "avg_pool1d", "bilinear", "celu_", "channel_shuffle", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "cosine_similarity", "hardshrink", "native_channel_shuffle", "pairwise_distance", "pdist",
    "pixel_shuffle", "pixel_unshuffle", "prelu", "relu_", "rrelu_", "selu_", "threshold_",
}  # fmt: skip
_IN_C = {
    "avg_pool2d", "avg_pool3d", "elu_", "gelu", "hardtanh_", "leaky_relu_", "linear", "logsigmoid", "one_hot",
    "scaled_dot_product_attention", "softplus", "softshrink",
}  # fmt: skip
# functions of torch that are Python in torch.functional
_IN_FUNCTIONAL = {
    "block_diag",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "meshgrid",
    "norm",
    "split",
    "stft",
    "tensordot",
}


def hands_on(function: Any) -> bool:
    """Whether torch's function is Python, which hands its arguments on by name."""
    name = getattr(function, "__name__", "")
    if functions.get(name) is function:
        return name in _IN_FUNCTIONAL
    return functional.get(name) is function and name not in _IN_TORCH and name not in _IN_C


def map_aggregate(a: Any, fn: Callable[[Any], Any]) -> Any:
    """What tuples, lists, dicts and slices hold, with ``fn(part)`` in the place of every part that is none of them."""
    if isinstance(a, tuple):
        parts = [map_aggregate(part, fn) for part in a]
        return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
    if isinstance(a, list):
        return [map_aggregate(part, fn) for part in a]
    if isinstance(a, dict):
        return {key: map_aggregate(part, fn) for key, part in a.items()}
    if isinstance(a, slice):
        return slice(*(map_aggregate(part, fn) for part in (a.start, a.stop, a.step)))
    return fn(a)


def map_arg(a: Any, fn: Callable[[Node], Any]) -> Any:
    """Arguments with ``fn(node)`` in the place of every node, down to what tuples, lists, dicts and slices hold."""
    return map_aggregate(a, lambda part: fn(part) if isinstance(part, Node) else part)


_with_effects: set[Any] = set()


def has_side_effect(fn: Any) -> Any:
    """Mark a function, which is returned, as one that is called for what it does: its calls stay even if nobody uses the results."""
    _with_effects.add(fn)
    return fn


def qualified_name(function: Any) -> str:
    """The dotted name under which a program finds a function: ``torch.relu``, ``operator.add``."""
    name = getattr(function, "__name__", str(function))
    if getattr(builtins, name, None) is function:
        return f"builtins.{name}"
    torch = dtypes.module_name
    if functions.get(name) is function:
        return f"{torch}.functional.{name}" if name in _IN_FUNCTIONAL else f"{torch}.{name}"
    if functional.get(name) is function:
        place = "" if name in _IN_TORCH else "_C._nn." if name in _IN_C else "nn.functional."
        return f"{torch}.{place}{name}"
    module = getattr(function, "__module__", None) or type(function).__module__
    return f"{module.replace('_operator', 'operator')}.{name}"


def _shown(arg: Any) -> str:
    """An argument in a graph's text: nodes as ``%name``, strings without quotes."""
    if isinstance(arg, Node):
        return f"%{arg.name}"
    if isinstance(arg, list):
        return f"[{', '.join(map(_shown, arg))}]"
    if isinstance(arg, tuple):
        return f"({', '.join(map(_shown, arg))}{',' if len(arg) == 1 else ''})"
    if isinstance(arg, dict):
        return "{" + ", ".join(f"{key}: {_shown(a)}" for key, a in arg.items()) + "}"
    return str(arg)


def type_name(kind: Any) -> str:
    """A type as annotations have it."""
    if not isinstance(kind, type):
        return str(kind)
    home = "" if kind.__module__ == "builtins" else dtypes.module_name if kind is Tensor else kind.__module__
    return f"{home}.{kind.__qualname__}".lstrip(".")


class Node:
    """One step. ``op``: placeholder, get_attr, call_function, call_module, call_method or output; ``target``: of what."""

    def __init__(self, graph: Graph, name: str, op: str, target: Any, args: Any, kwargs: Any, kind: Any = None) -> None:
        self.graph, self.name, self.op, self.target, self.type = graph, name, op, target, kind
        self.users: dict[Node, None] = {}
        self.meta: dict[str, Any] = {}
        self._args: tuple[Any, ...] = ()
        self._kwargs: dict[str, Any] = {}
        self.next = self.prev = self
        self.erased = False
        self._set(args, kwargs)

    @property
    def stack_trace(self) -> str | None:
        """Where in the program the step stands, if that has been noted in ``meta``."""
        return self.meta.get("stack_trace")

    @stack_trace.setter
    def stack_trace(self, trace: str | None) -> None:
        self.meta["stack_trace"] = trace

    def _set(self, args: Any, kwargs: Any) -> None:
        for used in self.all_input_nodes:
            used.users.pop(self, None)
        self._args, self._kwargs = tuple(args), dict(kwargs)
        for used in self.all_input_nodes:
            used.users[self] = None

    @property
    def args(self) -> tuple[Any, ...]:
        """The arguments by position; nodes stand for results."""
        return self._args

    @args.setter
    def args(self, args: Any) -> None:
        self._set(args, self._kwargs)

    @property
    def kwargs(self) -> dict[str, Any]:
        """The arguments by name."""
        return self._kwargs

    @kwargs.setter
    def kwargs(self, kwargs: Any) -> None:
        self._set(self._args, kwargs)

    @property
    def all_input_nodes(self) -> list[Node]:
        """The nodes whose results it uses, each once."""
        found: dict[Node, None] = {}
        map_arg((self._args, self._kwargs), lambda node: found.setdefault(node))
        return list(found)

    def is_impure(self, impure_random: bool = True) -> bool:
        """Whether the step matters even if nobody uses its result: inputs, the output and functions with side effects do."""
        effects = self.op == "call_function" and (
            self.target in _with_effects or getattr(self.target, "__name__", "") == "_assert"
        )
        return effects or self.op in ("placeholder", "output")

    def insert(self, after: Node) -> None:
        """Put this node behind another one."""
        self.prev, self.next = after, after.next
        after.next.prev = self
        after.next = self

    def unlink(self) -> None:
        """Take it out of the order."""
        self.prev.next, self.next.prev = self.next, self.prev

    def append(self, x: Node) -> None:
        """Move ``x`` behind this node."""
        x.unlink()
        x.insert(self)

    def prepend(self, x: Node) -> None:
        """Move ``x`` before this node."""
        x.unlink()
        x.insert(self.prev)

    def update_arg(self, idx: int, arg: Any) -> None:
        """Set one argument by position."""
        self.args = (*self._args[:idx], arg, *self._args[idx + 1 :])

    def update_kwarg(self, key: str, arg: Any) -> None:
        """Set one argument by name."""
        self.kwargs = {**self._kwargs, key: arg}

    def replace_input_with(self, old_input: Node, new_input: Node) -> None:
        """Use the result of another node in the place of ``old_input``'s."""
        args, kwargs = map_arg((self._args, self._kwargs), lambda n: new_input if n is old_input else n)
        self._set(args, kwargs)

    def replace_all_uses_with(
        self, replace_with: Node, delete_user_cb: Callable[[Node], bool] = lambda user: True
    ) -> list[Node]:
        """Let all who use this node's result use another one's; returns them."""
        changed = [user for user in list(self.users) if delete_user_cb(user)]
        for user in changed:
            user.replace_input_with(self, replace_with)
        return changed

    def __reduce__(self) -> Any:
        return _blank, (self.graph, self.name)  # what is in it, the graph knows

    def format_node(self) -> str:
        """Its line in the graph's text."""
        if self.op == "output":
            return f"return {self.args[0]}"
        kind = "" if self.type is None else f"{type_name(self.type)} "
        head = f"%{self.name} : {kind}[num_users={len(self.users)}] = {self.op}[target={self._target_text()}]"
        if self.op == "placeholder":
            return head + (f"(default={self.args[0]})" if self.args else "")
        return head if self.op == "get_attr" else f"{head}(args = {_shown(self.args)}, kwargs = {_shown(self.kwargs)})"

    def _target_text(self) -> str:
        return self.target if isinstance(self.target, str) else qualified_name(self.target)

    def __repr__(self) -> str:
        return self.name


def _blank(graph: Graph, name: str) -> Node:
    """A node of a graph that is being read from a file: the graph fills it."""
    return Node(graph, name, "", "", (), {})
