"""Writes ONNX nodes: ``e.Conv(x, w, strides=(2, 2))`` adds a node and returns the name of its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
from onnx import TensorProto, helper, numpy_helper

from ..jit.graph import Size


class Name(str):
    """An ONNX value's name, and what is known of it. ``before``: what it was before it was transposed."""

    dtype: str
    shape: tuple[Any, ...] | None
    before: Name | None

    def __new__(cls, text: str, dtype: str, shape: tuple[Any, ...] | None = None) -> Name:
        made = super().__new__(cls, text)
        made.dtype, made.shape, made.before = dtype, shape, None
        return made

    @property
    def rank(self) -> int:
        assert self.shape is not None, f"the number of dimensions of {self} is not known"
        return len(self.shape)


_TYPES = {
    "float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "float16": TensorProto.FLOAT16, "bfloat16": TensorProto.BFLOAT16,
    "int64": TensorProto.INT64, "int32": TensorProto.INT32, "int16": TensorProto.INT16, "int8": TensorProto.INT8,
    "uint8": TensorProto.UINT8, "bool": TensorProto.BOOL, "complex64": TensorProto.COMPLEX64, "complex128": TensorProto.COMPLEX128,
}  # fmt: skip


def onnx_type(dtype: str) -> int:
    return _TYPES[dtype]


class Emitter:
    """Nodes and constants of a graph in the making. ``opset``: some operators changed between versions."""

    def __init__(self, opset: int, inputs: list[Name]) -> None:
        self.opset, self.inputs = opset, inputs
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.scope = ""
        self.count = 0
        self._known: dict[Any, Name] = {}

    def fresh(self, operator: str) -> str:
        self.count += 1
        return f"{self.scope}/{operator}_{self.count}" if self.scope else f"{operator}_{self.count}"

    def __getattr__(self, operator: str) -> Callable[..., Any]:
        if not operator[0].isupper():
            raise AttributeError(operator)
        return lambda *inputs, **options: self.several(operator, 1, *inputs, **options)[0]

    def several(
        self, operator: str, outputs: int, *inputs: Any, dtype: str | None = None, like: Any = None, **attributes: Any
    ) -> list[Name]:
        """A node with several results."""
        tensor = like if like is not None else next(x for x in inputs if isinstance(x, Name))
        given = [self._input(x, tensor) for x in inputs]
        while given and given[-1] == "":
            given.pop()
        names = [Name(self.fresh(operator), dtype or tensor.dtype) for _ in range(outputs)]
        attributes = {key: list(a) if isinstance(a, tuple) else a for key, a in attributes.items()}
        self.nodes.append(helper.make_node(operator, given, [str(n) for n in names], name=str(names[0]), **attributes))
        return names

    def _input(self, x: Any, tensor: Name) -> str:
        if x is None:
            return ""
        if isinstance(x, Name):
            return x
        return self.shape(x) if isinstance(x, (list, tuple)) else self.number(x, tensor)

    # ------------------------------------------------------------------ constants
    def constant(self, array: Any) -> Name:
        array = numpy.asarray(array)
        key = (array.dtype.name, array.shape, array.tobytes())
        if key not in self._known:
            name = self._known[key] = Name(self.fresh("Constant"), array.dtype.name, array.shape)
            self.constants[name] = array
        return self._known[key]

    def number(self, value: Any, like: Name) -> Any:
        """A number as a 0-d constant of a tensor's dtype."""
        if isinstance(value, Name):
            return value
        if isinstance(value, Size):
            return self.cast(self.integer(value), like.dtype)
        import ml_dtypes

        return self.constant(numpy.asarray(value, ml_dtypes.bfloat16 if like.dtype == "bfloat16" else like.dtype))

    def ones(self, shape: Any, like: Name) -> Name:
        return self.constant(numpy.ones(shape, like.dtype))

    def zeros(self, shape: Any, like: Name) -> Name:
        return self.constant(numpy.zeros(shape, like.dtype))

    # ------------------------------------------------------------------ sizes
    def shape(self, sizes: Any) -> Name:
        """Numbers, some of which may follow from the inputs' sizes, as an int64 vector."""
        if all(isinstance(n, int) for n in sizes):
            return self.constant(numpy.asarray(list(sizes), numpy.int64))
        parts: list[Name] = []
        run: list[int] = []
        for n in [*sizes, None]:
            if isinstance(n, int):
                run.append(n)
                continue
            if run:
                parts.append(self.constant(numpy.asarray(run, numpy.int64)))
                run = []
            if n is not None:
                parts.append(self._vector(n))
        return parts[0] if len(parts) == 1 else self.Concat(*parts, axis=0, dtype="int64")

    def _vector(self, n: Any) -> Name:
        """One number as a vector of one element."""
        if isinstance(n, Name):
            return n
        total: Any = None if n.constant == 0 else self.constant(numpy.asarray([n.constant], numpy.int64))
        for factor, places in n.terms:
            product: Any = None if factor == 1 else self.constant(numpy.asarray([factor], numpy.int64))
            for at, dim in places:
                size = self.size_of(self.inputs[at], dim)
                product = size if product is None else self.Mul(product, size)
            total = product if total is None else self.Add(total, product)
        return total  # type: ignore[no-any-return]

    def size_of(self, x: Name, dim: int) -> Any:
        """The size of a dimension: a number where it is known."""
        if x.shape is not None and isinstance(x.shape[dim], int):
            return x.shape[dim]
        key = ("size", str(x), dim)
        if key not in self._known:
            if ("shape", str(x)) not in self._known:
                self._known["shape", str(x)] = self.Shape(x, dtype="int64")
            self._known[key] = self.Gather(self._known["shape", str(x)], self.constant(numpy.asarray([dim])), axis=0)
        return self._known[key]

    def integer(self, n: Any) -> Name:
        """A whole number as a 0-d int64 tensor."""
        if isinstance(n, int):
            return self.constant(numpy.asarray(n, numpy.int64))
        return self.Squeeze(self._vector(n), [0])  # type: ignore[no-any-return]

    def full(self, shape: Any, value: Any, dtype: str) -> Name:
        tensor = numpy_helper.from_array(numpy.asarray([value], dtype))
        return self.ConstantOfShape(self.shape(shape), value=tensor, dtype=dtype)  # type: ignore[no-any-return]

    def arange(self, n: Any, start: Any, step: Any, dtype: str) -> Name:
        count = self.Range(self.integer(0), self.integer(n), self.integer(1), dtype="int64")
        wanted = self.cast(count, dtype)
        return self.Add(self.Mul(wanted, step), start)  # type: ignore[no-any-return]

    # ------------------------------------------------------------------ operators that need more than their name
    def cast(self, x: Name, dtype: Any) -> Name:
        wanted = getattr(dtype, "name", str(dtype))
        return x if x.dtype == wanted else self.Cast(x, to=onnx_type(wanted), dtype=wanted)

    def reduce(self, operator: str, x: Name, dims: Any, keepdim: bool) -> Name:
        """A reduction: its dimensions are an attribute, or (from opset 18 on) an input."""
        given = None if dims is None else [int(d) for d in dims]
        if operator == "ReduceSum" or self.opset >= 18:
            return self.several(operator, 1, x, given, keepdims=int(keepdim))[0]
        options: dict[str, Any] = {} if given is None else {"axes": given}
        return self.several(operator, 1, x, keepdims=int(keepdim), **options)[0]
