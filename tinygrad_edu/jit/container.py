"""Graphs in files: a zip of one JSON text (the steps) and one .npy file for each tensor. Loading runs no code from the file."""

from __future__ import annotations

import io
import json
import math
import os
import sys
import zipfile
from typing import Any

import numpy

from .. import dtypes, layouts
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..backend import Kernels, kernels_for, kernels_of
from ..nn.parameter import Parameter
from .graph import Graph, Node, Ref, Repeat, Size
from .module import Paths, RecursiveScriptModule, ScriptFunction, ScriptModule, attributes_of
from .recorder import function_named

FORMAT = "tinygrad_edu.jit 1"
_NAMES = {"Ref": Ref, "Size": Size, "Repeat": Repeat}
_PACKAGE = __package__.partition(".")[0]


# ------------------------------------------------------------------ arguments as JSON
def _pack(a: Any) -> Any:
    if a is None or isinstance(a, (bool, str)) or type(a) is int or (type(a) is float and math.isfinite(a)):
        return a
    if isinstance(a, float):
        return {"float": repr(a)}
    if isinstance(a, complex):
        return {"complex": [_pack(a.real), _pack(a.imag)]}
    if isinstance(a, (Ref, Size, Repeat)):
        return {"is": type(a).__name__, "of": [_pack(x) for x in a]}
    if isinstance(a, tuple):
        if hasattr(a, "_fields"):
            return {"named": f"{type(a).__module__.partition('.')[2]}.{type(a).__name__}", "of": [_pack(x) for x in a]}
        return {"tuple": [_pack(x) for x in a]}
    if isinstance(a, list):
        return [_pack(x) for x in a]
    if isinstance(a, dict):
        return {"dict": [[_pack(k), _pack(v)] for k, v in a.items()]}
    if isinstance(a, slice):
        return {"slice": [_pack(a.start), _pack(a.stop), _pack(a.step)]}
    if a is Ellipsis:
        return {"ellipsis": True}
    if isinstance(a, dtypes.dtype):
        return {"dtype": a.name}
    if isinstance(a, numpy.dtype):
        return {"numpy": dtypes.from_np(a).name}
    if isinstance(a, numpy.generic):
        return _pack(a.item())
    if isinstance(a, Kernels):
        return {"device": a.device_type}
    if isinstance(a, layouts.memory_format):
        return {"memory_format": str(a).rpartition(".")[2]}
    if hasattr(a, "__index__"):
        return int(a)
    raise TypeError(f"an argument of type {type(a).__name__} cannot be saved: {a!r}")


def _unpack(a: Any) -> Any:
    if isinstance(a, list):
        return [_unpack(x) for x in a]
    if not isinstance(a, dict):
        return a
    (kind, value), *_ = a.items()
    if kind == "is":
        return _NAMES[value](*(_unpack(x) for x in a["of"]))
    if kind == "named":
        return _named_tuple(value)(*(_unpack(x) for x in a["of"]))
    if kind == "dict":
        return {_unpack(k): _unpack(v) for k, v in value}
    if kind == "slice":
        return slice(*(_unpack(x) for x in value))
    if kind == "memory_format":
        return getattr(layouts, value)
    simple: dict[str, Any] = {
        "float": float,
        "complex": lambda v: complex(*(_unpack(x) for x in v)),
        "tuple": lambda v: tuple(_unpack(x) for x in v),
        "ellipsis": lambda v: Ellipsis,
        "dtype": dtypes.named,
        "numpy": lambda v: dtypes.named(v).np,
        "device": kernels_for,
    }
    return simple[kind](value)


def _named_tuple(name: str) -> Any:
    """A NamedTuple of the operations (and nothing else that a file might name)."""
    room, _, own = name.rpartition(".")
    found = getattr(sys.modules.get(f"{_PACKAGE}.{room}"), own, None)
    if not (room.startswith("ops.") and isinstance(found, type) and issubclass(found, tuple)):
        raise ValueError(f"the file names {name}, which is no kind of argument")
    return found


# ------------------------------------------------------------------ graphs
def _pack_graph(graph: Graph, put: Any) -> dict[str, Any]:
    values = []
    for v in graph.values:
        file = put(v.array) if v.kind == "constant" and v.array is not None else None
        values.append([v.kind, v.name, list(v.shape), dtypes.from_np(v.np_dtype).name, file])
    nodes = [
        [
            n.form,
            n.op,
            _pack(n.args),
            _pack(n.kwargs),
            n.scope,
            os.path.basename(n.line),
            [v.index for v in n.outputs],
            n.single,
        ]
        for n in graph.nodes
    ]
    return {
        "name": graph.name, "values": values, "nodes": nodes, "inputs": [v.index for v in graph.inputs],
        "outputs": _pack(graph.outputs), "arguments": graph.argument_names, "structure": _pack(graph.input_structure),
        "training": graph.training, "fixed": [[list(place), why] for place, why in graph.fixed.items()],
    }  # fmt: skip


class _Shape:
    def __init__(self, shape: list[int], dtype: str) -> None:
        self.shape, self.dtype = tuple(shape), dtypes.named(dtype).np


def _unpack_graph(made: dict[str, Any], get: Any) -> Graph:
    graph = Graph(made["name"])
    for kind, name, shape, dtype, file in made["values"]:
        graph.new(kind, get(file) if file is not None else _Shape(shape, dtype), name)
    for form, op, args, kwargs, scope, line, outputs, single in made["nodes"]:
        node = Node(form, op, _unpack(args), _unpack(kwargs), scope, line)
        node.outputs, node.single = [graph.values[i] for i in outputs], single
        if form in ("call", "number") and op not in Op.table:
            raise RuntimeError(f"the file asks for a primitive named {op!r}, which this version does not have")
        if form == "function":
            function_named(op)
        graph.nodes.append(node)
    graph.inputs = [graph.values[i] for i in made["inputs"]]
    graph.outputs, graph.argument_names = _unpack(made["outputs"]), made["arguments"]
    graph.input_structure = _unpack(made["structure"])
    graph.training = made["training"]
    graph.fixed = {tuple(place): why for place, why in made["fixed"]}  # type: ignore[misc]
    return graph


# ------------------------------------------------------------------ files
def save(m: Any, f: Any, _extra_files: Any = None) -> None:
    """Write a traced or scripted module or function to a path or an open file."""
    if not isinstance(m, (ScriptModule, ScriptFunction)):
        raise TypeError(
            f"expected a traced or scripted module or function (jit.trace, jit.script), got {type(m).__name__}"
        )
    with zipfile.ZipFile(f, "w") as file:
        count = 0

        def put(array: Any) -> str:
            nonlocal count
            name = f"tensors/{count}.npy"
            count += 1
            host = kernels_of(array).to_host(array)
            plain = (
                host.view(f"u{host.dtype.itemsize}")
                if host.dtype.kind == "V" or host.dtype.name == "bfloat16"
                else host
            )
            buffer = io.BytesIO()
            numpy.lib.format.write_array(
                buffer, numpy.ascontiguousarray(plain).reshape(plain.shape), allow_pickle=False
            )
            file.writestr(name, buffer.getvalue())
            return f"{name}:{dtypes.from_np(host.dtype).name}"

        graphs = [_pack_graph(g, put) for g in m.paths.graphs]
        if isinstance(m, ScriptModule):
            what: Any = _pack_part(m, put)
        else:
            what = {name: [put(t._data), t._requires_grad] for name, t in m.members.items()}
        made = {
            "format": FORMAT,
            "name": m.paths.name,
            "graphs": graphs,
            "module": isinstance(m, ScriptModule),
            "state": what,
        }
        file.writestr("graph.json", json.dumps(made))
        for name, text in (_extra_files or {}).items():
            file.writestr(f"extra/{name}", text)


def _pack_part(part: Any, put: Any) -> dict[str, Any]:
    return {
        "name": part.original_name,
        "training": part.training,
        "parameters": {n: None if p is None else [put(p._data), p._requires_grad] for n, p in part._parameters.items()},
        "buffers": {
            n: None if b is None else [put(b._data), n not in part._non_persistent_buffers_set]
            for n, b in part._buffers.items()
        },
        "modules": {n: None if m is None else _pack_part(m, put) for n, m in part._modules.items()},
        "attributes": {
            n: {"tensor": put(a._data)} if isinstance(a, Variable) else _pack(a) for n, a in attributes_of(part).items()
        },
    }


def load(f: Any, map_location: Any = None, _extra_files: Any = None) -> Any:
    """Read what `save` wrote. Nothing in the file is run: it names primitives, and holds numbers."""
    with zipfile.ZipFile(f) as file:
        if "graph.json" not in file.namelist():
            raise RuntimeError(
                "this file holds no graph of jit.save. (torch's own jit files hold programs for torch's compiler; a state_dict is read "
                "with load.)"
            )
        made = json.loads(file.read("graph.json"))
        if made["format"] != FORMAT:
            raise RuntimeError(f"the file has the format {made['format']!r}, this version reads {FORMAT!r}")

        def get(place: str) -> Any:
            name, _, dtype = place.partition(":")
            array = numpy.lib.format.read_array(io.BytesIO(file.read(name)), allow_pickle=False)
            wanted = dtypes.named(dtype).np
            return array if array.dtype == wanted else array.view(wanted)

        paths = Paths([_unpack_graph(g, get) for g in made["graphs"]], made["name"])
        if made["module"]:
            found: Any = _unpack_part(made["state"], get, paths)
            if map_location is not None:
                found.to(map_location)
        else:
            found = ScriptFunction(paths, {n: wrap(get(a)).requires_grad_(r) for n, (a, r) in made["state"].items()})
        for name in _extra_files or {}:
            _extra_files[name] = file.read(f"extra/{name}").decode()
    return found


def _unpack_part(made: dict[str, Any], get: Any, paths: Paths | None = None) -> RecursiveScriptModule:
    part = RecursiveScriptModule(made["name"], paths)
    part.training = made["training"]
    for name, p in made["parameters"].items():
        part.register_parameter(name, None if p is None else Parameter(wrap(get(p[0])), p[1]))
    for name, b in made["buffers"].items():
        part.register_buffer(name, None if b is None else wrap(get(b[0])), True if b is None else b[1])
    for name, a in made.get("attributes", {}).items():
        held = isinstance(a, dict) and "tensor" in a
        part.__dict__[name] = wrap(get(a["tensor"])) if held else _unpack(a)
    for name, m in made["modules"].items():
        part._modules[name] = None if m is None else _unpack_part(m, get)  # type: ignore[assignment]
    return part
