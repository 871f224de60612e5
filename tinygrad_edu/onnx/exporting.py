"""`export`: trace a model and write its graph as ONNX."""

from __future__ import annotations

import os
from typing import Any

import numpy
import onnx
from onnx import helper, numpy_helper

from .._version import __version__
from ..autograd.variable import Variable
from ..backend import kernels_of
from ..jit.graph import Graph, Node, Ref, Repeat, Size, mapped
from ..jit.module import ScriptFunction, ScriptModule
from ..jit.trace import Subject, build
from ..nn.module import Module
from . import exports
from .composed import Unmapped
from .emitter import Emitter, Name, onnx_type
from .table import TABLE

OPSETS = range(17, 21)
DEFAULT_OPSET = 17


class OnnxExporterError(RuntimeError):
    """A model that cannot be exported."""


class UnsupportedOperatorError(OnnxExporterError):
    """A primitive that has no line in the table."""


class ONNXProgram:
    """An exported model: ``model_proto``, `save`, and a call that runs it in onnxruntime."""

    def __init__(self, model: Any) -> None:
        self.model_proto = model
        self._session: Any = None

    def save(self, destination: Any) -> None:
        """Write the model to a path or an open file."""
        if isinstance(destination, (str, os.PathLike)):
            onnx.save_model(self.model_proto, os.fspath(destination))
        else:
            destination.write(self.model_proto.SerializeToString())

    def __call__(self, *args: Any) -> tuple[Any, ...]:
        from ..ops.data import from_numpy

        if self._session is None:
            import onnxruntime

            self._session = onnxruntime.InferenceSession(
                self.model_proto.SerializeToString(), providers=["CPUExecutionProvider"]
            )
        names = [i.name for i in self._session.get_inputs()]
        arrays = {n: kernels_of(a._data).to_host(a._data) for n, a in zip(names, args)}
        return tuple(from_numpy(numpy.asarray(out)) for out in self._session.run(None, arrays))


def export(
    model: Any,
    args: Any,
    f: Any = None,
    *,
    kwargs: dict[str, Any] | None = None,
    export_params: bool = True,
    verbose: bool | None = None,
    input_names: list[str] | None = None,
    output_names: list[str] | None = None,
    opset_version: int | None = None,
    dynamic_axes: dict[str, Any] | None = None,
    keep_initializers_as_inputs: bool = False,
    do_constant_folding: bool = True,
    training: Any = None,
    dynamo: bool = False,
) -> ONNXProgram:
    """Write what ``model`` (a module or a function) does with ``args`` as an ONNX model to ``f``; returned as an `ONNXProgram` too.

    ``dynamic_axes``: ``{"x": {0: "batch"}}`` names dimensions that may have another size when the model is run; dimensions with one
    name have one size. A module is exported in eval mode. ``opset_version``: 17 (the default) to 20.
    ``export_params=False``: the parameters become inputs.

    >>> import tinygrad_edu as tg
    >>> program = tg.onnx.export(tg.nn.Linear(2, 1), tg.ones(1, 2), input_names=["x"], dynamic_axes={"x": {0: "batch"}})
    >>> [node.op_type for node in program.model_proto.graph.node]
    ['Gemm']
    """
    opset = DEFAULT_OPSET if opset_version is None else opset_version
    if opset not in OPSETS:
        raise ValueError(f"opset_version must be {OPSETS[0]} to {OPSETS[-1]}, got {opset}")
    args = (args,) if isinstance(args, Variable) else tuple(args)
    kwargs = dict(kwargs or {})
    if args and isinstance(args[-1], dict) and not kwargs:
        kwargs, args = args[-1], args[:-1]
    exports.append(model)
    try:
        graph, members, names = _graph_of(model, args, kwargs, input_names, dynamic_axes)
    finally:
        exports.pop()
    proto = _Export(
        graph,
        members,
        names,
        opset,
        dynamic_axes or {},
        output_names,
        do_constant_folding,
        export_params,
        keep_initializers_as_inputs,
    ).model()
    program = ONNXProgram(proto)
    if f is not None:
        program.save(f)
    if verbose:
        print(onnx.printer.to_text(proto))
    return program


def _graph_of(
    model: Any, args: tuple[Any, ...], kwargs: dict[str, Any], input_names: list[str] | None, dynamic_axes: Any
) -> tuple[Graph, dict[str, Any], list[str]]:
    """The trace, its parameters and buffers, and the names of its inputs."""
    if isinstance(model, (ScriptModule, ScriptFunction)):
        graph = model.paths.graph
        members = dict(model.members) if isinstance(model, ScriptFunction) else _members(model)
        return graph, members, _input_names(graph, input_names)
    subject = Subject(model)
    modes = [(m, m.training) for m in subject.module.modules()] if subject.module is not None else []
    if subject.module is not None:
        subject.module.eval()
    try:
        first = subject.undisturbed(args, kwargs, strict=False)
        names = _input_names(first, input_names)
        groups: dict[str, list[tuple[int, int]]] = {}
        for at, name in enumerate(names):
            for dim, label in _axes(dynamic_axes, name).items():
                groups.setdefault(label, []).append((at, dim))
        graph = build(subject, args, kwargs, strict=False, together=list(groups.values()), alone=False)
    finally:
        for module, training in modes:
            module.training = training
    for (at, dim), why in graph.fixed.items():
        raise OnnxExporterError(
            f"dimension {dim} of '{names[at]}' cannot be dynamic: the model does not do the same for another size ({why})"
        )
    return graph, {} if subject.module is None else _members(subject.module), names


def _members(module: Module) -> dict[str, Any]:
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _axes(dynamic_axes: Any, name: str) -> dict[int, str]:
    given = (dynamic_axes or {}).get(name, {})
    return (
        dict(given) if isinstance(given, dict) else {dim: f"{name}_dynamic_axes_{i + 1}" for i, dim in enumerate(given)}
    )


def _input_names(graph: Graph, wanted: list[str] | None) -> list[str]:
    names = [v.name for v in graph.inputs]
    wanted = list(wanted or [])
    if len(wanted) > len(names):
        raise RuntimeError(f"number of input names provided ({len(wanted)}) exceeded number of inputs ({len(names)})")
    return [*wanted, *names[len(wanted) :]]


class _Export:
    """One export: values of the graph to names of the ONNX model."""

    def __init__(
        self, graph: Graph, members: dict[str, Any], names: list[str], opset: int, dynamic_axes: dict[str, Any],
        output_names: list[str] | None, fold: bool, with_parameters: bool, initializers_as_inputs: bool,
    ) -> None:  # fmt: skip
        self.graph, self.opset, self.dynamic_axes = graph, opset, dynamic_axes
        self.fold, self.with_parameters, self.as_inputs = fold, with_parameters, initializers_as_inputs
        self.output_names = list(output_names or [])
        self.names: dict[int, Name] = {}
        for value, name in zip(graph.inputs, names):
            axes = _axes(dynamic_axes, name)
            shape = tuple(axes.get(d, n) for d, n in enumerate(value.shape))
            self.names[value.index] = Name(name, value.np_dtype.name, shape)
        self.inputs = [self.names[v.index] for v in graph.inputs]
        self.e = Emitter(opset, self.inputs)
        self.parameters: dict[str, Any] = {}
        for value in graph.values:
            if value.kind in ("parameter", "buffer"):
                array = members[value.name]._data
                self.parameters[value.name] = kernels_of(array).to_host(array)
                self.names[value.index] = Name(value.name, array.dtype.name, array.shape)
            elif value.kind == "constant" and value.array is not None:
                self.names[value.index] = self.e.constant(kernels_of(value.array).to_host(value.array))
            elif value.kind == "constant":
                raise OnnxExporterError(f"the graph has lost the constant {value}")

    def node(self, node: Node) -> None:
        self.e.scope = "/".join(part.rstrip("]").partition("[")[2] or part for part in node.scope.split("."))
        if node.form in ("write", "guard") or not node.outputs:
            what = (
                f"a choice by computed numbers ({node.op})"
                if node.form == "guard"
                else f"a write into memory that others see ({node.op})"
            )
            raise UnsupportedOperatorError(
                self._refusal(node, f"{what} has no form in ONNX", "Write the step without it.")
            )
        try:
            if node.op not in TABLE:
                raise Unmapped(f"the primitive '{node.op}'")
            out = TABLE[node.op](self.e, *(mapped(a, self._argument) for a in node.args))
        except Unmapped as error:
            raise UnsupportedOperatorError(
                self._refusal(
                    node,
                    f"{error} has no form in ONNX here",
                    "Put another operation in its place, or add a line to tinygrad_edu/onnx/table.py.",
                )
            ) from None
        outs = [out] if isinstance(out, Name) else out
        for value, name in zip(node.outputs, outs):
            if name.shape is None:
                name.shape = value.shape
            self.names[value.index] = name

    def _refusal(self, node: Node, what: str, remedy: str) -> str:
        place = node.scope or self.graph.name
        return f"{what} (in {place}, {node.line}; opset {self.opset}). {remedy}"

    def _argument(self, a: Any) -> Any:
        if isinstance(a, Ref):
            return self.names[a.index]
        if isinstance(a, Size):
            return self._known(a)
        if isinstance(a, Repeat):
            return a
        if isinstance(a, numpy.generic):
            return a.item()
        return a

    def _known(self, size: Size) -> Any:
        """A number whose sizes are not dynamic here is a plain number again."""
        shapes = [tuple(n if isinstance(n, int) else None for n in x.shape or ()) for x in self.inputs]
        if any(shapes[at][dim] is None for _, places in size.terms for at, dim in places):
            if size.scale is not None:
                raise Unmapped("a float that follows from a dynamic size")
            return size
        return size.of(shapes)  # type: ignore[arg-type]

    # ------------------------------------------------------------------ the model
    def model(self) -> Any:
        for node in self.graph.nodes:
            self.node(node)
        outputs: list[Name] = []
        mapped(self.graph.outputs, lambda a: outputs.append(self.names[a.index]) if isinstance(a, Ref) else None)
        if len(self.output_names) > len(outputs):
            raise RuntimeError(
                f"number of output names provided ({len(self.output_names)}) exceeded number of outputs ({len(outputs)})"
            )
        self.e.scope = ""
        final: list[Name] = []
        for i, name in enumerate(outputs):
            wanted = self.output_names[i] if i < len(self.output_names) else f"output_{i}"
            given = Name(wanted, name.dtype, name.shape)
            self.e.nodes.append(helper.make_node("Identity", [str(name)], [wanted], name=f"Output_{i}"))
            final.append(given)
        constants = dict(self.e.constants)
        nodes = self._without_identities(final)
        if self.fold:
            nodes = _folded(nodes, constants, self.parameters if self.with_parameters else {}, self.opset, final)
        nodes = _needed(nodes, final)
        used = {x for n in nodes for x in n.input}
        tensors = {**self.parameters, **constants}
        kept = {n: a for n, a in tensors.items() if n in used}
        stored = {n: a for n, a in kept.items() if self.with_parameters or n not in self.parameters}
        extra = [n for n in kept if n not in stored or (self.as_inputs and n in self.parameters)]
        inputs = [helper.make_tensor_value_info(x, onnx_type(x.dtype), list(x.shape or ())) for x in self.inputs]
        inputs += [helper.make_tensor_value_info(n, onnx_type(kept[n].dtype.name), list(kept[n].shape)) for n in extra]
        made = helper.make_graph(
            nodes, self.graph.name, inputs, [helper.make_tensor_value_info(x, onnx_type(x.dtype), None) for x in final],
            [numpy_helper.from_array(numpy.ascontiguousarray(a).reshape(a.shape), n) for n, a in stored.items()],
        )  # fmt: skip
        model = helper.make_model(
            made, opset_imports=[helper.make_opsetid("", self.opset)], producer_name="tinygrad_edu", producer_version=__version__,
            ir_version={17: 8, 18: 8, 19: 9, 20: 9}[self.opset],
        )  # fmt: skip
        return self._with_output_shapes(model, final)

    def _without_identities(self, final: list[Name]) -> list[Any]:
        """A step that only hands on a value is left out; where it names an output, the step before gets that name."""
        ends = {str(x) for x in final}
        other: dict[str, str] = {}
        nodes: list[Any] = []
        for node in self.e.nodes:
            for i, x in enumerate(node.input):
                node.input[i] = other.get(x, x)
            if node.op_type == "Identity" and node.output[0] not in ends:
                other[node.output[0]] = node.input[0]
            else:
                nodes.append(node)
        makers = {out: n for n in nodes if n.op_type != "Identity" for out in n.output}
        for node in [n for n in nodes if n.op_type == "Identity"]:
            maker, old, new = makers.get(node.input[0]), node.input[0], node.output[0]
            if maker is None or old in ends:
                continue
            for n in nodes:
                for names in (n.input, n.output):
                    for i, x in enumerate(names):
                        if x == old:
                            names[i] = new
            nodes.remove(node)
            makers[new] = maker
            ends.add(old)
        return nodes

    def _with_output_shapes(self, model: Any, final: list[Name]) -> Any:
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        for given, found in zip(model.graph.output, inferred.graph.output):
            given.CopyFrom(found)
            for dim in given.type.tensor_type.shape.dim:
                if dim.dim_param.startswith("unk__"):  # shape inference's name of a size that it does not know
                    dim.Clear()
            axes = _axes(self.dynamic_axes, given.name)
            for dim, label in axes.items():
                given.type.tensor_type.shape.dim[dim].dim_param = label
        onnx.checker.check_model(model, full_check=True)
        return model


def _folded(
    nodes: list[Any], constants: dict[str, Any], parameters: dict[str, Any], opset: int, final: list[Name]
) -> list[Any]:
    """Steps on constants only are run now, by ONNX's reference implementation."""
    from onnx.reference import ReferenceEvaluator

    known = {**parameters, **constants}
    ends = {str(x) for x in final}
    kept = []
    for node in nodes:
        inputs = [x for x in node.input if x]
        if not inputs or any(x not in known for x in inputs) or any(out in ends for out in node.output):
            kept.append(node)
            continue
        graph = helper.make_graph(
            [node], "fold", [helper.make_tensor_value_info(x, onnx_type(known[x].dtype.name), None) for x in dict.fromkeys(inputs)],
            [helper.make_empty_tensor_value_info(out) for out in node.output],
        )  # fmt: skip
        step = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        results = ReferenceEvaluator(step).run(None, {x: known[x] for x in inputs})
        for name, array in zip(node.output, results):
            known[name] = constants[name] = numpy.asarray(array)
    return kept


def _needed(nodes: list[Any], final: list[Name]) -> list[Any]:
    wanted = {str(x) for x in final}
    kept = []
    for node in reversed(nodes):
        if wanted & set(node.output):
            wanted |= set(node.input)
            kept.append(node)
    return kept[::-1]
