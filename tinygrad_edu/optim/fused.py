"""On a GPU every array operation is a launch, and most of a small step is launches: one kernel does the whole update.

The kernel's source is not written by hand. The formula of the algorithm is run once on symbols in place of arrays; what the
symbols record is the C expression for one element.
"""

from __future__ import annotations

from typing import Any

from ..backend import kernels_of


class Symbol:
    """A number of one element, known by the C expression that computes it."""

    __slots__ = ("code", "lines")

    def __init__(self, code: str, lines: list[str]) -> None:
        self.code, self.lines = code, lines

    def _new(self, expression: str) -> Symbol:
        """A variable for an expression, so that what is used twice is computed once."""
        name = f"t{len(self.lines)}"
        self.lines.append(f"auto {name} = {expression};")
        return Symbol(name, self.lines)

    def _binary(self, operator: str, other: Any, swapped: bool = False) -> Symbol:
        a, b = (_code(other), self.code) if swapped else (self.code, _code(other))
        return self._new(f"{a} {operator} {b}")

    def __add__(self, other: Any) -> Symbol:
        return self._binary("+", other)

    def __sub__(self, other: Any) -> Symbol:
        return self._binary("-", other)

    def __mul__(self, other: Any) -> Symbol:
        return self._binary("*", other)

    def __truediv__(self, other: Any) -> Symbol:
        return self._binary("/", other)

    def __rsub__(self, other: Any) -> Symbol:
        return self._binary("-", other, swapped=True)

    def __neg__(self) -> Symbol:
        return self._new(f"-{self.code}")

    def __lt__(self, other: Any) -> Symbol:
        return self._binary("<", other)

    def __gt__(self, other: Any) -> Symbol:
        return self._binary(">", other)

    __radd__, __rmul__ = __add__, __mul__


class Number(float):
    """A number of the step. The kernel gets it as an argument, so that the next step's needs no new kernel."""

    name: str


def _code(value: Any) -> str:
    if isinstance(value, Symbol):
        return value.code
    return value.name if isinstance(value, Number) else f"C({float(value)!r})"


class _SymbolKernels:
    """The ``k`` of a formula that is run on symbols."""

    @staticmethod
    def sqrt(x: Symbol) -> Symbol:
        return x._new(f"sqrt({x.code})")

    @staticmethod
    def abs(x: Symbol) -> Symbol:
        return x._new(f"{x.code} < 0 ? -{x.code} : {x.code}")

    @staticmethod
    def sign(x: Symbol) -> Symbol:
        return x._new(f"C(({x.code} > 0) - ({x.code} < 0))")

    @staticmethod
    def maximum(x: Symbol, y: Symbol) -> Symbol:
        return x._new(f"{x.code} > {y.code} || {x.code} != {x.code} ? {x.code} : {y.code}")

    @staticmethod
    def where(c: Symbol, x: Symbol, y: Symbol) -> Symbol:
        return c._new(f"{c.code} ? {x.code} : {y.code}")

    @staticmethod
    def clamp(x: Symbol, low: float, high: float) -> Symbol:
        a, b = _code(low), _code(high)
        return x._new(f"{x.code} < {a} ? {a} : {x.code} > {b} ? {b} : {x.code}")


def source(formula: Any, numbers: tuple[Any, ...], slots: int, dtype: Any) -> tuple[str, str, str, list[float]]:
    """(inputs, outputs, body, the numbers to pass) of an elementwise kernel for a formula.

    Arithmetic is in float32, for float64 parameters in float64, as on the CPU; 16-bit parameters are rounded at the end.
    """
    compute = "double" if dtype == "float64" else "float"
    passed: list[float] = []
    named: list[Any] = []
    for value in numbers:
        if isinstance(value, float):
            number = Number(value)
            number.name = f"n{len(passed)}"
            passed.append(float(value))
            value = number
        named.append(value)
    lines: list[str] = []
    outputs = ["p", *[f"s{i}" for i in range(slots)]]
    symbols = {name: Symbol(f"{name}_", lines) for name in (*outputs, "g")}
    results = formula(_SymbolKernels, tuple(named), symbols["p"], symbols["g"], *[symbols[s] for s in outputs[1:]])
    loads = [f"typedef {compute} C;", *[f"C {name}_ = C({name});" for name in symbols]]
    stores = [f"{name} = T({value.code});" for name, value in zip(outputs, results)]
    inputs = ", ".join(
        ["T g", *[f"{'float64' if compute == 'double' else 'float32'} n{i}" for i in range(len(passed))]]
    )
    return inputs, ", ".join(f"T {name}" for name in outputs), "\n".join([*loads, *lines, *stores]), passed


_compiled: dict[tuple[Any, ...], Any] = {}


def run_on_gpu(optimizer: Any, xp: Any, numbers: tuple[Any, ...], arrays: list[Any]) -> None:
    """One update of ``arrays`` (parameter, gradient, slots) in one launch."""
    p = arrays[0]
    if p.dtype.kind == "c":
        arrays = [a.reshape(a.shape or (1,)).view(p.real.dtype) for a in arrays]
        p = arrays[0]
    if any(
        type(n) is type(p) for n in numbers
    ):  # numbers that the GPU holds (``capturable``): the formula as it stands
        for old, new in zip([p, *arrays[2:]], optimizer.formula(kernels_of(p), numbers, *arrays)):
            old[...] = new
        return
    elementwise = getattr(xp, "ElementwiseKernel", None)
    if elementwise is None:  # an array module without kernels of one's own
        optimizer.kernel(xp, numbers, *arrays, *[xp.empty_like(p) for _ in range(optimizer.scratch)])
        return
    inputs, outputs, body, passed = source(optimizer.formula, numbers, len(arrays) - 2, p.dtype)
    name = f"{type(optimizer).__name__.lower()}_step"
    kernel = _compiled.get((elementwise, name, inputs, outputs, body))
    if kernel is None:
        kernel = _compiled[(elementwise, name, inputs, outputs, body)] = elementwise(inputs, outputs, body, name)
    kernel(arrays[1], *passed, p, *arrays[2:])
