"""Differential tests against torch, table-driven: one line an operation.

    TABLE = [
        OpCase("exp", [S(t) for t in FLOATS]),                      # S(*args, **kwargs) is one call
        OpCase("nn.functional.relu", [S(T(2, 3))]),                 # any dotted path below the module
        ErrorCase("mm", T(2, 3), T(2, 3)),                          # same exception type and same text
    ]

    @pytest.mark.parametrize("check", checks(TABLE))
    def test_table(check):
        check()

A `T` describes a tensor; it is made once as a NumPy array and handed to both sides. Whatever torch offers for a name is
required of us: function, method, in-place form, ``out=``; values, dtypes, shapes, strides, sharing of storage, first gradients
(both ways of running backward), second gradients, the name of ``grad_fn``, warnings, errors.

For anything else: ``compare(lambda m: m.ones(2, 3).sum(0))`` and ``compare_form("x = torch.ones(2); x")``.
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import torch
from oracle.describe import (
    ALL_TYPES,
    INTEGERS,
    LAYOUTS,
    REALS,
    SPECIAL,
    D,
    S,
    T,
    binary,
    reductions,
    tensors,
    unary,
)  # fmt: skip

import tinygrad_edu as tg
from tinygrad_edu import dtypes
from tinygrad_edu.autograd.variable import Variable, wrap
from tinygrad_edu.ops.view import root_array

# dtype → (relative, absolute) tolerance of forward values; gradients get ten times as much
TOLERANCE = {
    "float16": (2e-3, 1e-4), "bfloat16": (1.6e-2, 1e-3), "float32": (2e-6, 1e-6), "float64": (1e-12, 1e-13),
    "complex64": (4e-6, 2e-6), "complex128": (1e-12, 1e-12),
}  # fmt: skip


# ---------------------------------------------------------------------------------------------- the two sides
@dataclass
class Side:
    """torch, or us: the module and how a NumPy array becomes its tensor."""

    module: Any
    tensor: Callable[[Any], Any]
    is_tensor: Callable[[Any], bool]

    def find(self, path: str) -> Any:
        found = self.module
        for part in path.split("."):
            found = getattr(found, part)
        return found

    def build(self, spec: Any, made: list[Any], grad: bool = False) -> Any:
        """Arguments for this side; the tensors that ask for gradients are collected in ``made``."""
        if isinstance(spec, T):
            t = self.tensor(spec.array())
            if grad and spec.differentiable:
                t.requires_grad_()
                made.append(t)
            return t
        if isinstance(spec, D):
            return self.find(spec.name)
        if isinstance(spec, (tuple, list)):
            return type(spec)(self.build(v, made, grad) for v in spec)
        return spec

    def call(self, sample: S, grad: bool = False) -> tuple[list[Any], dict[str, Any], list[Any]]:
        made: list[Any] = []
        args = [self.build(a, made, grad) for a in sample.args]
        return args, {k: self.build(v, made, grad) for k, v in sample.kwargs.items()}, made


def _torch_tensor(array: Any) -> Any:
    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


THEIRS = Side(torch, _torch_tensor, lambda v: isinstance(v, torch.Tensor))
OURS = Side(tg, wrap, lambda v: isinstance(v, Variable))


def to_numpy(t: Any) -> Any:
    """The numbers of either side's tensor, bfloat16 as float32."""
    if isinstance(t, torch.Tensor):
        t = t.detach().resolve_conj().resolve_neg()
        t = torch.zeros(t.shape, dtype=t.dtype) if t._is_zerotensor() else t
        return (t.float() if t.dtype == torch.bfloat16 else t).numpy()
    array = np.asarray(t._data.get() if hasattr(t._data, "get") else t._data)
    return array.astype(np.float32) if array.dtype == ml_dtypes.bfloat16 else array


def dtype_name(t: Any) -> str:
    return str(t.dtype).rsplit(".", 1)[-1]


# ---------------------------------------------------------------------------------------------- outcomes
@dataclass
class Outcome:
    """What a call led to: a value or an exception, and the warnings on the way."""

    value: Any = None
    error: BaseException | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def text(self) -> str:
        if self.error is None:
            return "a result"
        return f"{type(self.error).__name__}: {_clean(str(self.error))}"


def _clean(text: str) -> str:
    text = re.sub(r" \(Triggered internally at .*?\)$", "", text.strip(), flags=re.S)
    return text.replace("tinygrad_edu", "torch")


@contextlib.contextmanager
def named_as_torch() -> Iterator[None]:
    """Our module prints itself as torch, and torch gives every warning each time."""
    before, always = dtypes.module_name, torch.is_warn_always_enabled()
    dtypes.module_name = "torch"
    torch.set_warn_always(True)
    try:
        yield
    finally:
        dtypes.module_name = before
        torch.set_warn_always(always)


def outcome(run: Callable[[], Any]) -> Outcome:
    with warnings.catch_warnings(record=True) as seen, named_as_torch():
        warnings.simplefilter("always")
        warnings.filterwarnings(
            "ignore", category=RuntimeWarning, module=r"tinygrad_edu\."
        )  # as the package itself does
        try:
            value, error = run(), None
        except Exception as e:  # every kind is compared with the other side's
            value, error = None, e
    return Outcome(value, error, [(w.category.__name__, _clean(str(w.message))) for w in seen])


class Difference(AssertionError):
    """The two sides disagree."""


def demand(condition: bool, message: Callable[[], str] | str) -> None:
    if not condition:
        raise Difference(message if isinstance(message, str) else message())


def same_outcome(ours: Outcome, theirs: Outcome, rtol: float | None = None, strides: str = "", lines: int = 0,
                 compare_warnings: bool = True, atol: float | None = None) -> None:  # fmt: skip
    """Both raised the same exception, or both returned the same and warned the same."""
    if theirs.error is None and ours.error is not None:
        raise Difference(f"torch returns a result; ours raises {ours.text()}") from ours.error
    mine, other = ours.text(), theirs.text()
    if lines:
        mine, other = ("\n".join(t.splitlines()[:lines]) for t in (mine, other))
    demand(mine == other, lambda: f"\nours : {mine}\ntorch: {other}")
    if compare_warnings:
        demand(ours.warnings == theirs.warnings, lambda: f"warnings\nours : {ours.warnings}\ntorch: {theirs.warnings}")
    if theirs.error is None:
        same(ours.value, theirs.value, rtol=rtol, strides=strides, atol=atol)


def same(ours: Any, theirs: Any, where: str = "result", *, rtol: float | None = None, atol: float | None = None,
         strides: str = "", scale: float = 1.0, at_least: float = 0.0) -> None:  # fmt: skip
    """Nested structures of tensors, numbers, strings, dtypes … are equal (tensors: dtype, shape, numbers, strides)."""
    if isinstance(theirs, torch.Tensor):
        demand(isinstance(ours, Variable), lambda: f"{where}: torch gives a tensor, ours {type(ours).__name__}")
        same_tensor(ours, theirs, where, rtol, atol, strides, scale, at_least)
    elif isinstance(theirs, (tuple, list)):
        demand(isinstance(ours, type(theirs)) or ((hasattr(theirs, "_fields") or isinstance(theirs, tuple))
               and isinstance(ours, tuple)), lambda: f"{where}: torch gives {theirs!r}, ours {ours!r}")  # fmt: skip
        demand(type(ours).__name__ == type(theirs).__name__, lambda: f"{where}: {type(theirs).__name__} in torch, "
               f"{type(ours).__name__} ours")  # fmt: skip
        demand(len(ours) == len(theirs), lambda: f"{where}: {len(theirs)} items in torch, {len(ours)} ours")
        for i, (a, b) in enumerate(zip(ours, theirs)):
            same(a, b, f"{where}[{i}]", rtol=rtol, atol=atol, strides=strides, scale=scale, at_least=at_least)
    elif isinstance(theirs, dict):
        demand(list(ours) == list(theirs), lambda: f"{where}: keys {list(theirs)} in torch, {list(ours)} ours")
        for key in theirs:
            same(
                ours[key],
                theirs[key],
                f"{where}[{key!r}]",
                rtol=rtol,
                atol=atol,
                strides=strides,
                scale=scale,
                at_least=at_least,
            )
    elif isinstance(theirs, float):
        close = isinstance(ours, float) and (ours == theirs or math.isclose(ours, theirs, rel_tol=rtol or 1e-6)
                                             or (ours != ours and theirs != theirs))  # fmt: skip
        demand(close, lambda: f"{where}: {theirs!r} in torch, {ours!r} ours")
    elif theirs is None or isinstance(theirs, (bool, int, complex, str, bytes)):
        mine = _clean(ours) if isinstance(ours, str) else ours
        demand(type(ours) is type(theirs) and mine == theirs, lambda: f"{where}: {theirs!r} in torch, {ours!r} ours")
    elif isinstance(theirs, np.ndarray):
        demand(isinstance(ours, np.ndarray) and ours.dtype == theirs.dtype and ours.shape == theirs.shape,
               lambda: f"{where}: {theirs!r} in torch, {ours!r} ours")  # fmt: skip
        np.testing.assert_allclose(ours, theirs, rtol=rtol or 1e-6)
    else:
        with named_as_torch():
            demand(_clean(repr(ours)) == repr(theirs), lambda: f"{where}: {theirs!r} in torch, {ours!r} ours")


def same_tensor(ours: Any, theirs: Any, where: str, rtol: float | None, atol: float | None, strides: str, scale: float,
                at_least: float = 0.0) -> None:  # fmt: skip
    mine, other = dtype_name(ours), dtype_name(theirs)
    demand(mine == other, lambda: f"{where}: dtype {other} in torch, {mine} ours")
    demand(tuple(ours.shape) == tuple(theirs.shape), lambda: f"{where}: shape {tuple(theirs.shape)} in torch, "
           f"{tuple(ours.shape)} ours")  # fmt: skip
    demand(
        ours.requires_grad == theirs.requires_grad, lambda: f"{where}: requires_grad {theirs.requires_grad} in torch"
    )
    a, b = to_numpy(ours), to_numpy(theirs)
    relative, absolute = TOLERANCE.get(other, (0.0, 0.0))
    if rtol is not None and other in TOLERANCE:  # a tolerance is given for float32; other types keep their ratio to it
        absolute, relative = absolute * rtol / TOLERANCE["float32"][0], relative * rtol / TOLERANCE["float32"][0]
    if atol is not None and other in TOLERANCE:
        absolute = atol
    if relative == 0:
        equal = a == b
    else:
        with np.errstate(all="ignore"):
            near = {"rtol": max(relative * scale, at_least), "atol": max(absolute * scale, at_least)}
            equal = np.isclose(a, b, **near, equal_nan=True)
            if other.startswith("complex"):  # an infinite part hides the other one
                equal |= np.isclose(a.real, b.real, **near, equal_nan=True) & np.isclose(
                    a.imag, b.imag, **near, equal_nan=True
                )
    if not np.all(equal):
        at = tuple(int(i) for i in np.argwhere(~np.asarray(equal))[0]) if np.ndim(equal) else ()
        raise Difference(f"{where}{list(at)}: {b[at]!r} in torch, {a[at]!r} ours ({np.sum(~equal)} of {b.size} differ)\n"
                         f"torch: {theirs}\nours : {ours}")  # fmt: skip
    if strides and 0 not in theirs.shape:
        pairs = [
            (s, t) for n, s, t in zip(theirs.shape, ours.stride(), theirs.stride()) if n != 1 or strides == "exact"
        ]
        demand(all(s == t for s, t in pairs), lambda: f"{where}: strides {theirs.stride()} in torch, {ours.stride()} ours "
               f"(shape {tuple(theirs.shape)})")  # fmt: skip


# ---------------------------------------------------------------------------------------------- one operation
Check = tuple[str, str, Callable[[], None]]  # the form ("value", "grad", …), the sample in words, what compares


@dataclass
class OpCase:
    """An operation and the calls to try. ``skip`` names what torch has and we leave out on purpose (give the reason beside it):

    "function", "method", "inplace", "out", "out-integer" (an out= of a wrong dtype), "grad", "second", "grad_fn", "strides",
    "shares", "warnings".
    """

    path: str
    samples: Iterable[S]
    rtol: float | None = None
    atol: float | None = None
    grad_rtol: float | None = None
    skip: tuple[str, ...] = ()
    strides: str = "dense"  # "exact" also compares the strides of dimensions of size 1
    method: str | None = None  # the method's name where it is not the path's last word

    @property
    def name(self) -> str:
        return self.method or self.path.rsplit(".", 1)[-1]

    def checks(self) -> Iterator[Check]:
        for i, sample in enumerate(self.samples):
            label = f"sample {i} {sample!r}"
            takes_tensor = bool(sample.args) and isinstance(sample.args[0], T)
            named = hasattr(torch.Tensor, self.name) and "nn." not in self.path and "linalg." not in self.path
            if "function" not in self.skip and _has(THEIRS, self.path):
                yield "value", label, partial(self.forward, sample, "function")
            some = i < 3 or i % 3 == 0  # these forms call the function that is checked above on every sample
            if "method" not in self.skip and takes_tensor and named and some:
                yield "method", label, partial(self.forward, sample, "method")
            if "grad" not in self.skip and any(t.differentiable for t in _specs([sample.args, sample.kwargs])):
                yield "grad", label, partial(self.gradients, sample, "function")
            if "inplace" not in self.skip and takes_tensor and named and hasattr(torch.Tensor, f"{self.name}_"):
                yield "inplace", label, partial(self.gradients, sample, "inplace")
            if "out" not in self.skip and some and _has(THEIRS, self.path) and _takes_out(self.path):
                yield "out", label, partial(self.into, sample)

    def run(self, side: Side, form: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if form == "inplace":
            x = args[0].clone() if args[0].requires_grad else args[0]
            y = getattr(x, f"{self.name}_")(*args[1:], **kwargs)
            demand(y is x, f"{self.name}_ does not return its own tensor")
            return y
        if form == "method" or not _has(THEIRS, self.path):
            return getattr(args[0], self.name)(*args[1:], **kwargs)
        return side.find(self.path)(*args, **kwargs)

    def forward(self, sample: S, form: str) -> None:
        results = []
        for side in (OURS, THEIRS):
            args, kwargs, _ = side.call(sample)
            results.append(
                (outcome(partial(self.run, side, form, args, kwargs)), [a for a in args if side.is_tensor(a)])
            )
        (ours, our_args), (theirs, their_args) = results
        strides = "" if "strides" in self.skip else self.strides
        same_outcome(ours, theirs, self.rtol, strides, compare_warnings="warnings" not in self.skip, atol=self.atol)
        if "shares" not in self.skip and theirs.error is None:
            for i, (mine, other) in enumerate(zip(_flat(OURS, ours.value), _flat(THEIRS, theirs.value))):
                same_sharing(mine, our_args, other, their_args, f"result[{i}]")

    def gradients(self, sample: S, form: str) -> None:
        """The result, then first gradients by both ways of backward, then second gradients."""
        collected = []
        for side in (OURS, THEIRS):
            collected.append(outcome(partial(self._gradients, side, sample, form)))
        ours, theirs = collected
        if theirs.error is not None and form != "inplace":
            return  # the call itself fails, as the value check compares
        same_outcome(ours, theirs, self.rtol, compare_warnings=False, atol=self.atol) if theirs.error else None
        if theirs.error is not None:
            return
        if ours.error is not None:
            raise Difference(f"torch differentiates; ours raises {ours.text()}") from ours.error
        rtol = self.grad_rtol or self.rtol
        kinds = {t.dtype for t in _specs([sample.args, sample.kwargs])}
        # torch computes some gradients in the coarser of two types
        at_least = max(10 * TOLERANCE.get(kind, (0, 0))[0] for kind in kinds) if len(kinds) > 1 else 0.0
        for what in ("value", "grad_fn", "first", "first again", "second"):
            if what == "grad_fn" and "grad_fn" in self.skip:
                continue
            if what not in theirs.value:
                continue
            a, b = ours.value.get(what), theirs.value.get(what)
            if what == "second":  # no gradient is as good as a zero one
                a, b = _zeros_for_none(OURS, a, theirs.value["like"]), _zeros_for_none(THEIRS, b, theirs.value["like"])
            scale = {"value": 1.0, "second": 100.0}.get(what, 10.0)
            same(a, b, what, rtol=rtol, atol=self.atol, scale=scale, at_least=0.0 if what == "value" else at_least)

    def _gradients(self, side: Side, sample: S, form: str) -> dict[str, Any]:
        module = side.module
        args, kwargs, leaves = side.call(sample, grad=True)
        result = self.run(side, form, args, kwargs)
        outs = [t for t in _flat(side, result) if t.requires_grad]
        found: dict[str, Any] = {"value": result, "grad_fn": [type(t.grad_fn).__name__ for t in outs]}
        if not outs or not leaves:
            return found
        cotangents = [_cotangent(side, t, i) for i, t in enumerate(outs)]
        first = module.autograd.grad(outs, leaves, cotangents, retain_graph=True, allow_unused=True)
        found["first"] = [None if g is None else g.detach() for g in first]
        if "second" in self.skip or form == "inplace":
            return found
        cotangents = [c.requires_grad_() for c in cotangents]
        first = module.autograd.grad(outs, leaves, cotangents, create_graph=True, allow_unused=True)
        found["first again"] = [None if g is None else g.detach() for g in first]
        again = [g for g in first if g is not None and g.requires_grad]
        found["like"] = [*leaves, *cotangents]
        if again:
            seeds = [_cotangent(side, g, 10 + i) for i, g in enumerate(again)]
            found["second"] = module.autograd.grad(again, [*leaves, *cotangents], seeds, allow_unused=True)
        return found

    def into(self, sample: S) -> None:
        """``out=``: of the right shape, empty (it grows), and of a type that cannot hold the result."""
        args, kwargs, _ = THEIRS.call(sample)
        model = outcome(partial(self.run, THEIRS, "function", args, kwargs))
        if model.error is not None:
            return
        many = isinstance(model.value, tuple)
        shapes = [(tuple(t.shape), dtype_name(t)) for t in _flat(THEIRS, model.value)]
        for kind in ("fits", "empty") if "out-integer" in self.skip else ("fits", "empty", "integer"):
            results = []
            for side in (OURS, THEIRS):
                args, kwargs, _ = side.call(sample)
                make = side.find("zeros")
                targets = [make((0,) if kind == "empty" else shape, dtype=side.find("int64" if kind == "integer" else d))
                           for shape, d in shapes]  # fmt: skip
                out = tuple(targets) if many else targets[0]
                results.append(outcome(lambda: self._into(side, args, kwargs, out)))  # noqa: B023 (run at once)
            try:
                same_outcome(*results, rtol=self.rtol, compare_warnings="warnings" not in self.skip, atol=self.atol)
            except Difference as difference:
                raise Difference(f"out= ({kind}): {difference}") from difference

    def _into(self, side: Side, args: list[Any], kwargs: dict[str, Any], out: Any) -> Any:
        result = side.find(self.path)(*args, **kwargs, out=out)
        for given, back in zip(_flat(side, out), _flat(side, result)):
            demand(given is back, f"{side.module.__name__} does not return the tensor given as out")
        return result


def same_sharing(mine: Any, our_args: list[Any], other: Any, their_args: list[Any], where: str) -> None:
    """The result looks into the storage of the same argument, at the same place."""
    for i, (a, b) in enumerate(zip(our_args, their_args)):
        if other.numel() == 0 or b.numel() == 0:
            continue
        shares = other.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
        ours = root_array(mine._data) is root_array(a._data)
        demand(ours == shares, f"{where} {'shares' if shares else 'does not share'} storage with argument {i} in torch, "
               f"{'it does' if ours else 'it does not'} in ours")  # fmt: skip
        if shares:
            here, there = mine.storage_offset() - a.storage_offset(), other.storage_offset() - b.storage_offset()
            demand(here == there, f"{where}: starts {there} elements after argument {i} in torch, {here} in ours")


def _zeros_for_none(side: Side, grads: Any, like: list[Any]) -> Any:
    make = THEIRS.tensor if side is THEIRS else OURS.tensor
    grads = grads or [None] * len(like)
    return [make(np.zeros(tuple(t.shape), dtypes.named(dtype_name(t)).np)) if g is None else g.detach()
            for g, t in zip(grads, like)]  # fmt: skip


def _cotangent(side: Side, t: Any, seed: int) -> Any:
    return side.tensor(T(*t.shape, dtype=dtype_name(t), low=-1, high=1, seed=100 + seed).array())


def _flat(side: Side, value: Any) -> list[Any]:
    if side.is_tensor(value):
        return [value]
    if isinstance(value, (tuple, list)):
        return [t for v in value for t in _flat(side, v)]
    return []


def _specs(value: Any) -> list[T]:
    if isinstance(value, T):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in _specs(v)] if isinstance(value, (tuple, list)) else []


def _has(side: Side, path: str) -> bool:
    try:
        side.find(path)
    except AttributeError:
        return False
    return True


def _takes_out(path: str) -> bool:
    """torch's functions tell by their documentation whether they take ``out=``."""
    text = THEIRS.find(path).__doc__ or ""
    return "out=None" in text.split("Example")[0] or "out (Tensor" in text


# ---------------------------------------------------------------------------------------------- errors
class ErrorCase:
    """A call that must fail on both sides with the same type of exception and the same text.

    ``lines=1`` compares only the first line; ``method=True`` calls it as a method of the first argument.
    """

    def __init__(self, path: str, *args: Any, lines: int = 0, method: bool = False, **kwargs: Any) -> None:
        self.path, self.sample, self.lines, self.method = path, S(*args, **kwargs), lines, method

    def checks(self) -> Iterator[Check]:
        yield "method's errors" if self.method else "errors", f"{self.sample!r}", self.check

    def check(self) -> None:
        results = []
        for side in (OURS, THEIRS):
            args, kwargs, _ = side.call(self.sample)
            call = (
                getattr(args[0], self.path) if self.method else side.find(self.path) if _has(side, self.path) else None
            )
            demand(call is not None, f"there is no {self.path}")
            results.append(outcome(partial(call, *(args[1:] if self.method else args), **kwargs)))
        ours, theirs = results
        demand(theirs.error is not None, "torch raises nothing here")
        same_outcome(ours, theirs, lines=self.lines, compare_warnings=False)


def checks(table: Iterable[OpCase | ErrorCase]) -> list[Any]:
    """All checks of a table, for ``pytest.mark.parametrize("check", …)``: one test for each form of an operation.

    Its samples run one after the other in that test, since pytest's own work for a test takes longer than most of them.
    """
    found: dict[str, list[tuple[str, Callable[[], None]]]] = {}
    for case in table:
        for form, label, check in case.checks():
            found.setdefault(f"{case.path}-{form}", []).append((label, check))
    return [pytest.param(partial(_all_of, group), id=name) for name, group in found.items()]


def _all_of(group: list[tuple[str, Callable[[], None]]]) -> None:
    """Run checks, each from the same random streams, and tell all that differs."""
    differences = []
    for label, check in group:
        torch.manual_seed(0)
        tg.manual_seed(0)
        try:
            check()
        except Difference as difference:
            differences.append(f"{label}: {difference}")
    demand(not differences, lambda: f"{len(differences)} of {len(group)} differ\n" + "\n\n".join(differences[:5]))


# ---------------------------------------------------------------------------------------------- anything else
def compare(run: Callable[[Any], Any], *, rtol: float | None = None, atol: float | None = None, strides: str = "dense",
            lines: int = 0, compare_warnings: bool = True) -> None:  # fmt: skip
    """``run(module)`` gives the same (values, exception, warnings) with torch and with us.

    >>> compare(lambda m: m.ones(2, 3).sum(0))
    """
    ours, theirs = outcome(lambda: run(tg)), outcome(lambda: run(torch))
    same_outcome(ours, theirs, rtol, strides, lines, compare_warnings, atol)


def run_form(code: str, module: Any) -> Outcome:
    """Run code with ``torch`` bound to a module: what it prints, and the repr of its last expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    names: dict[str, Any] = {"torch": module, "math": math, "np": np, "inf": math.inf, "nan": math.nan}
    printed = io.StringIO()

    def go() -> str:
        with contextlib.redirect_stdout(printed):
            names.update(F=module.nn.functional) if re.search(r"\bF\.", code) else None
            names.update(nn=module.nn) if re.search(r"\bnn\.", code) else None
            exec(compile(tree, "<form>", "exec"), names)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "<form>", "eval"), names)  # type: ignore[attr-defined]
                if value is not None:
                    print(repr(value))
        return _clean(re.sub(r" at 0x[0-9a-f]+", " at 0x", printed.getvalue()))

    return outcome(go)


def compare_form(code: str, *, lines: int = 0, compare_warnings: bool = True) -> None:
    """The same text is printed (or the same exception raised) with ``torch`` bound to torch and to us."""
    ours, theirs = run_form(code, tg), run_form(code, torch)
    if ours.error is None and theirs.error is None:
        demand(ours.value == theirs.value, lambda: f"\n{code}\nours :\n{ours.value}\ntorch:\n{theirs.value}")
    same_outcome(ours, theirs, lines=lines, compare_warnings=compare_warnings)


__all__ = [
    "ALL_TYPES", "INTEGERS", "LAYOUTS", "OURS", "REALS", "SPECIAL", "THEIRS", "D", "Difference", "ErrorCase", "OpCase", "S", "T",
    "binary", "checks", "compare", "compare_form", "outcome", "reductions", "run_form", "same", "tensors", "unary",
]  # fmt: skip
