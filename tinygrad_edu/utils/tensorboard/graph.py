"""The graph of a model: which operations it runs on an example, in which of its parts, and what flows between them."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.config_pb2 import RunMetadata
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.step_stats_pb2 import DeviceStepStats, StepStats
from tensorboard.compat.proto.versions_pb2 import VersionDef

from ...autograd.modes import no_grad
from ...autograd.variable import Variable
from ...nn.hooks import register_module_forward_hook, register_module_forward_pre_hook
from ...profiler.watching import watch
from .summaries import shape_proto

_PRODUCER = 22  # the version of the format that TensorBoard's graph page is told


@dataclass
class Step:
    """One box of the graph."""

    name: str  # with the parts that it lies in: Net/Linear[head]/linear
    op: str
    inputs: list[str]
    shapes: list[tuple[int, ...]]
    settings: str = ""  # its arguments that are no tensors

    def proto(self) -> Any:
        sizes = AttrValue.ListValue(shape=[shape_proto(shape) for shape in self.shapes])
        attributes = {"_output_shapes": AttrValue(list=sizes), "attr": AttrValue(s=self.settings.encode())}
        return NodeDef(name=self.name, op=self.op, input=self.inputs, attr=attributes)

    def __str__(self) -> str:
        shapes = ", ".join(str(list(shape)) for shape in self.shapes)
        return f"{self.name} : {shapes} = {self.op}({', '.join(self.inputs)}){self.settings and f'  {self.settings}'}"


def graph(model: Any, inputs: Any, verbose: bool = False) -> tuple[Any, Any]:
    """Run ``model`` once on ``inputs`` (in eval mode, without gradients) and return its graph for TensorBoard.

    Raises:
        TypeError: there are no inputs.
        RuntimeError: the model cannot take these inputs.
    """
    if inputs is None:
        raise TypeError(
            "add_graph() must run the model once to see its graph: give input_to_model, a tensor or a tuple of tensors "
            "that the model can take"
        )
    trace = Trace(model)
    try:
        steps = trace.run(inputs if isinstance(inputs, (tuple, list)) else (inputs,))
    except RuntimeError as error:
        print(error)
        print("Error occurs, No graph saved")
        raise
    if verbose:
        print(*steps, sep="\n")
    device = "CPU" if not trace.on_gpu else "GPU"
    stats = RunMetadata(step_stats=StepStats(dev_stats=[DeviceStepStats(device=f"/device:{device}:0")]))
    return GraphDef(node=[step.proto() for step in steps], versions=VersionDef(producer=_PRODUCER)), stats


class Trace:
    """Follows tensors from operation to operation."""

    def __init__(self, model: Any) -> None:
        self.model, self.on_gpu = model, False
        self.steps: list[Step] = []
        self.made_by: dict[int, str] = {}  # id of a tensor → the step that it comes from
        self.held: list[Any] = []  # tensors, so that no id is used twice
        self.names: Counter[str] = Counter()
        self.depth = 0
        self.scopes = {id(module): scope for module, scope in _scopes(model)}
        self.within = [type(model).__name__]
        self.own = {id(p): name for name, p in (*model.named_parameters(), *model.named_buffers())}

    def run(self, inputs: Any) -> list[Step]:
        for name, value in zip(_argument_names(self.model), inputs):
            if isinstance(value, Variable):
                self._add(f"input/{name}", "IO Node", [], value)
                self.on_gpu = self.on_gpu or value.is_cuda  # type: ignore[attr-defined]
        with _evaluating(self.model), no_grad(), self._following_modules():
            end = watch(self._around)
            try:
                result = self.model(*inputs)
            finally:
                end()
        for i, tensor in enumerate(_tensors(result)):
            source = self._source(tensor)
            self.steps.append(Step(f"output/output.{i + 1}", "IO Node", [source], [tuple(tensor.shape)]))
        return self.steps

    @contextmanager
    def _following_modules(self) -> Iterator[None]:
        """Knows at each moment which part of the model is at work."""

        def enter(module: Any, args: Any) -> None:
            self.within.append(self.scopes.get(id(module), self.within[-1]))

        def leave(module: Any, args: Any, result: Any) -> None:
            self.within.pop()

        handles = (register_module_forward_pre_hook(enter), register_module_forward_hook(leave, always_call=True))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.depth:  # a part of an operation that is written down as a whole
            return call(*args, **kwargs)
        self.depth += 1
        try:
            result = call(*args, **kwargs)
        finally:
            self.depth -= 1
        made = _tensors(result)
        given = _tensors((args, kwargs))
        if made and name.startswith("aten::"):
            settings = _settings(call, args, kwargs)
            place = f"{self.within[-1]}/{name.removeprefix('aten::')}"
            self._add(place, name, [self._source(t) for t in given], *made, settings=settings)
        return result

    def _add(self, name: str, op: str, inputs: list[str], *made: Any, settings: str = "") -> str:
        self.names[name] += 1
        name = name if self.names[name] == 1 else f"{name}_{self.names[name] - 1}"
        self.steps.append(Step(name, op, inputs, [tuple(t.shape) for t in made], settings))
        for t in made:
            self.made_by[id(t)] = name
            self.held.append(t)
        return name

    def _source(self, tensor: Any) -> str:
        """The step that a tensor comes from: a parameter or a constant gets one when it is first used."""
        if id(tensor) in self.made_by:
            return self.made_by[id(tensor)]
        if id(tensor) in self.own:
            owner, _, name = self.own[id(tensor)].rpartition(".")
            scope = self.scopes.get(id(self.model.get_submodule(owner)), self.within[0])
            return self._add(f"{scope}/{name}", "prim::GetAttr", [], tensor, settings=f"{{name: {name}}}")
        return self._add(f"{self.within[-1]}/constant", "prim::Constant", [], tensor)


def _scopes(model: Any) -> Iterator[tuple[Any, str]]:
    """Each module with where it lies: Net/Sequential[body]/Linear[1]."""
    places = {"": type(model).__name__}
    for name, module in model.named_modules():
        if name:
            owner, _, own = name.rpartition(".")
            places[name] = f"{places[owner]}/{type(module).__name__}[{own}]"
        yield module, places[name]


def _argument_names(model: Any) -> Iterator[str]:
    """Names of ``forward``'s arguments, then numbers (for ``*args``)."""
    given = inspect.signature(model.forward).parameters.values()
    yield from (p.name for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))
    yield from (f"input.{i}" for i in range(1, 1000))


def _tensors(value: Any) -> list[Any]:
    """The tensors in a nest of tuples, lists and dictionaries."""
    if isinstance(value, Variable):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for each in value for t in _tensors(each)] if isinstance(value, (tuple, list)) else []


def _settings(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The arguments that are no tensors, by name where the function tells the names."""
    try:
        named = inspect.signature(call).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        named = {**{str(i): a for i, a in enumerate(args)}, **kwargs}
    plain = (bool, int, float, str, tuple, list)
    shown = {n: v for n, v in named.items() if isinstance(v, plain) and not _tensors(v) and v != () and n[0] != "_"}
    return "{" + ", ".join(f"{name}: {value}" for name, value in shown.items()).replace("'", " ") + "}" if shown else ""


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """The model and its parts in eval mode; afterwards each in the mode in which it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
