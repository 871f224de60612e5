"""torchvision's ``models.feature_extraction``: a model cut down to inner results, which are named by the path to them."""

from __future__ import annotations

import re
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ..nn import Module
from ..vision import ops
from .graph import Graph
from .module import GraphModule, _copy_attribute
from .node import Node
from .tracer import Tracer

__all__ = ["create_feature_extractor", "get_graph_node_names"]


class LeafModuleAwareTracer(Tracer):
    """A tracer that is told which modules are one node."""

    def __init__(self, *args: Any, leaf_modules: Sequence[type[Module]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaf_modules = tuple(leaf_modules)

    def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
        return isinstance(m, self.leaf_modules) or super().is_leaf_module(m, module_qualified_name)


class NodePathTracer(LeafModuleAwareTracer):
    """A tracer that notes where in the model every node was made: ``layer1.0.add``, and ``relu_1`` where a name comes again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current_module_qualname = ""
        self.node_to_qualname: OrderedDict[Node, str] = OrderedDict()

    def call_module(self, m: Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        outside = self.current_module_qualname
        try:
            self.current_module_qualname = self.path_of_module(m)
            return super().call_module(m, forward, args, kwargs)
        finally:
            self.current_module_qualname = outside

    def create_proxy(
        self, kind: str, target: Any, args: Any, kwargs: Any, name: str | None = None, type_expr: Any = None
    ) -> Any:
        proxy = super().create_proxy(kind, target, args, kwargs, name, type_expr)
        self.node_to_qualname[proxy.node] = self._qualname(proxy.node)
        return proxy

    def _qualname(self, node: Node) -> str:
        path = self.current_module_qualname
        if node.op != "call_module":
            path = f"{path}.{node}" if path else str(node)
        path = re.sub(
            r"(?<=.)_[0-9]+$", "", path
        )  # the graph counts names through the whole model; here within a module
        same = re.compile(rf"{re.escape(path)}(?:_([0-9]+))?")
        before = [found for found in map(same.fullmatch, self.node_to_qualname.values()) if found]
        return f"{path}_{int(before[-1][1] or 0) + 1}" if before else path


def _options(given: dict[str, Any] | None) -> dict[str, Any]:
    """With the layers of `vision.ops` among the leaves."""
    options = dict(given or {})
    layers = [each for each in vars(ops).values() if isinstance(each, type) and issubclass(each, Module)]
    options["leaf_modules"] = [*options.get("leaf_modules", ()), *layers]
    return options


def _traced(
    model: Module, options: dict[str, Any] | None, concrete_args: dict[str, Any] | None, quiet: bool
) -> dict[str, tuple[NodePathTracer, Graph]]:
    """The model traced while training and while evaluating."""
    training, found = model.training, {}
    for mode in ("train", "eval"):
        tracer = NodePathTracer(**_options(options))
        found[mode] = tracer, tracer.trace(model.train(mode == "train"), concrete_args=concrete_args)
    model.train(training)
    if not quiet:
        _warn_of_differences(*(list(tracer.node_to_qualname.values()) for tracer, _ in found.values()))
    return found


def _warn_of_differences(train: list[str], evaluating: list[str]) -> None:
    if train == evaluating:
        return
    tracing = "The nodes obtained by tracing the model in {} mode are "
    if _part_of(train, evaluating):
        text = "NOTE: " + tracing.format("eval") + "a subsequence of those obtained in train mode. "
    elif _part_of(evaluating, train):
        text = "NOTE: " + tracing.format("train") + "a subsequence of those obtained in eval mode. "
    else:
        text = tracing.format("train") + "different to those obtained in eval mode. "
    warnings.warn(
        f"{text}When choosing nodes for feature extraction, you may need to specify output nodes for train and eval mode separately.",
        stacklevel=4,
    )


def _part_of(whole: list[str], part: list[str]) -> bool:
    rest = iter(whole)
    return all(name in rest for name in part)


def get_graph_node_names(
    model: Module, tracer_kwargs: dict[str, Any] | None = None, suppress_diff_warning: bool = False,
    concrete_args: dict[str, Any] | None = None,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The names of all inner results, in order: while training, and while evaluating.

    >>> import tinygrad_edu as tg
    >>> get_graph_node_names(tg.nn.Sequential(tg.nn.Linear(1, 1), tg.nn.ReLU()))[1]
    ['input', '0', '1']
    """
    found = _traced(model, tracer_kwargs, concrete_args, suppress_diff_warning)
    train, evaluating = (list(tracer.node_to_qualname.values()) for tracer, _ in found.values())
    return train, evaluating


class DualGraphModule(GraphModule):
    """A `GraphModule` with one graph for training and one for evaluating."""

    def __init__(self, root: Module, train_graph: Graph, eval_graph: Graph, class_name: str = "GraphModule") -> None:
        Module.__init__(self)
        type(self).__name__ = class_name
        self.__dict__.update(train_graph=train_graph, eval_graph=eval_graph)
        for node in chain(train_graph.nodes, eval_graph.nodes):
            if node.op in ("get_attr", "call_module"):
                _copy_attribute(root, self, node.target)
        self.graph = train_graph

    def train(self, mode: bool = True) -> Any:
        if mode != self.training:
            self.graph = self.train_graph if mode else self.eval_graph
        return super().train(mode)


def _named(nodes: list[str] | dict[str, str]) -> dict[str, str]:
    return {str(n): str(n) for n in nodes} if isinstance(nodes, list) else {str(k): str(v) for k, v in nodes.items()}


def _cut(tracer: NodePathTracer, graph: Graph, wanted: dict[str, str]) -> None:
    """Let the graph return the last node of each path in ``wanted``, under its new name."""
    paths = list(tracer.node_to_qualname.values())
    for path in wanted:
        if not any(re.match(rf"^{path}(\.|$)", each) for each in paths):
            raise ValueError(
                f"node: '{path}' is not present in model. Hint: use `get_graph_node_names` to make sure the `return_nodes` you "
                "specified are present. It may even be that you need to specify `train_return_nodes` and `eval_return_nodes` "
                "separately."
            )
    graph.erase_node(graph.output_node())
    nodes, found = list(graph.nodes), {}
    for node in reversed(nodes):
        parts = tracer.node_to_qualname.get(node, "").split(".")
        for path in wanted:
            if path not in found and ".".join(parts[: path.count(".") + 1]) == path:
                found[path] = node
                break
    with graph.inserting_after(nodes[-1]):
        graph.output({wanted[path]: node for path, node in reversed(found.items())})
    graph.eliminate_dead_code()


def create_feature_extractor(
    model: Module, return_nodes: list[str] | dict[str, str] | None = None,
    train_return_nodes: list[str] | dict[str, str] | None = None, eval_return_nodes: list[str] | dict[str, str] | None = None,
    tracer_kwargs: dict[str, Any] | None = None, suppress_diff_warning: bool = False,
    concrete_args: dict[str, Any] | None = None,
) -> GraphModule:  # fmt: skip
    """A model that returns inner results of ``model`` by name, and computes nothing that they do not need.

    ``return_nodes``: paths (see `get_graph_node_names`; that of a module stands for its last step), or a dictionary from them to
    the names that they get. ValueError for paths that there are not.
    """
    if return_nodes is None and train_return_nodes is None and eval_return_nodes is None:
        raise ValueError(
            "Either `return_nodes` or `train_return_nodes` and `eval_return_nodes` together, should be specified"
        )
    if (train_return_nodes is None) != (eval_return_nodes is None):
        raise ValueError(
            "If any of `train_return_nodes` and `eval_return_nodes` are specified, then both should be specified"
        )
    if (return_nodes is None) == (train_return_nodes is None):
        raise ValueError("If `train_return_nodes` and `eval_return_nodes` are specified, then both should be specified")
    found = _traced(model, tracer_kwargs, concrete_args, suppress_diff_warning)
    for (tracer, graph), own in zip(found.values(), (train_return_nodes, eval_return_nodes)):
        nodes: Any = return_nodes if own is None else own
        _cut(tracer, graph, _named(nodes))
    (_, train_graph), (_, eval_graph) = found.values()
    made = DualGraphModule(model, train_graph, eval_graph, type(model).__name__)
    made.train(model.training)
    return made
