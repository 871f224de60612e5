"""torch's own sample tables (``torch.testing._internal``) as test data: every operation, every sample, both sides.

The wheel of torch ships, for 702 operations, functions that make sample inputs, and the facts of each operation (dtypes, whether
it has a method, an in-place form, ``out=``, gradients). ``Comparison`` runs one operation with one dtype in all those forms on
both sides and collects what differs.
"""

from __future__ import annotations

import random
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np
import torch
from oracle.harness import (
    OURS,
    THEIRS,
    TOLERANCE,
    Difference,
    Outcome,
    Side,
    _flat,
    demand,
    dtype_name,
    outcome,
    same,
    same_outcome,
)  # fmt: skip

import tinygrad_edu as tg
from tinygrad_edu import dtypes
from tinygrad_edu.autograd.variable import wrap

with warnings.catch_warnings():  # torch's tables use deprecated names while they load
    warnings.simplefilter("ignore")
    from torch.testing._internal import common_methods_invocations as tables
    from torch.testing._internal import common_utils
    from torch.testing._internal.opinfo import core

# torch looks through the whole call stack for the test that asks for samples (to name it in messages): slow, and not for us
common_utils.extract_test_fn = core.extract_test_fn = lambda: None

FEW = 40  # samples of one operation and dtype that are compared; the tables hold up to several hundred, much alike

_KINDS = {
    f"torch.{name}"
    for name in ["float16", "bfloat16", "float32", "float64", "complex64", "complex128", "uint8", "int8", "int16", "int32", "int64", "bool", "uint16", "uint32", "uint64"]
}  # fmt: skip


# ---------------------------------------------------------------------------------------------- their values, as ours
def ours(value: Any, known: dict[Any, Any]) -> Any:
    """The same value on our side: tensors keep strides, offsets, flags, and whether they share memory."""
    return made(value, OURS, known)


def made(value: Any, side: Side, known: dict[Any, Any]) -> Any:
    """A sample's argument for one side. Both get fresh memory, so that a call that writes spoils nothing."""
    if isinstance(value, torch.Tensor):
        return _tensor(value, side, known)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(made(v, side, known) for v in value))
    if isinstance(value, torch.Size):
        return value if side is THEIRS else tg.Size(value)
    if isinstance(value, (tuple, list)):
        return type(value)(made(v, side, known) for v in value)
    if isinstance(value, dict):
        return {k: made(v, side, known) for k, v in value.items()}
    if isinstance(value, slice):
        return slice(*(made(v, side, known) for v in (value.start, value.stop, value.step)))
    if side is THEIRS:
        return value
    if isinstance(value, torch.dtype):
        return dtypes.named(str(value).removeprefix("torch."))
    if isinstance(value, (torch.memory_format, torch.layout)):
        return getattr(tg, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return tg.device(str(value))
    if callable(value):
        return _translated(value)
    return value


def _tensor(t: torch.Tensor, side: Side, known: dict[Any, Any]) -> Any:
    if id(t) in known:
        return known[id(t)]
    if t.layout is not torch.strided or t.is_quantized or str(t.dtype) not in _KINDS:
        raise NotImplementedError(f"{t.layout} {t.dtype}")
    plain = t.detach().resolve_conj().resolve_neg()
    place = ("storage", plain.untyped_storage().data_ptr(), plain.dtype)
    if plain.numel() == 0:
        new = side.module.empty(tuple(t.shape), dtype=side.find(str(t.dtype).removeprefix("torch.")))
    else:
        if place not in known:
            n = plain.untyped_storage().nbytes() // plain.element_size()
            known[place] = THEIRS_TO_OURS(plain.as_strided((n,), (1,), 0), side)
            known[place, "keep"] = plain  # keeps the storage, so that its address is not given to another
        new = known[place].as_strided(tuple(plain.shape), plain.stride(), plain.storage_offset()).detach()
    if t.requires_grad:
        new.requires_grad_()
    known[id(t)] = new
    known[id(t), "keep"] = t
    return new


def THEIRS_TO_OURS(t: torch.Tensor, side: Side = OURS) -> Any:
    """A copy of a one-dimensional tensor for one side."""
    if side is THEIRS:
        return t.clone()
    if t.dtype == torch.bfloat16:
        return wrap(t.view(torch.int16).numpy().copy().view(dtypes.bfloat16.np))
    return wrap(t.numpy().copy())


# ---------------------------------------------------------------------------------------------- their functions, as ours
def _translated(function: Any) -> Any:
    """A function written in torch's tables with ``torch`` meaning us; any other function by its name."""
    if isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing._internal"):
        names = {**function.__globals__, "torch": tg, "wrapper_set_seed": _seeded}
        cells = tuple(types.CellType(ours(c.cell_contents, {})) for c in function.__closure__ or ())
        return types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells or None)
    if isinstance(function, partial):
        return partial(_translated(function.func), *function.args, **function.keywords)
    if isinstance(function, torch.nn.PairwiseDistance):
        return tg.nn.PairwiseDistance(function.norm, function.eps, function.keepdim)
    module, name = getattr(function, "__module__", None) or "", getattr(function, "__name__", "")
    if isinstance(function, (types.BuiltinFunctionType, types.FunctionType)) and not module.startswith(
        ("operator", "_operator")
    ):
        for path in (name, f"nn.functional.{name}", f"linalg.{name.removeprefix('linalg_')}"):
            with suppress(AttributeError):
                if THEIRS.find(path) is function:
                    return OURS.find(path)
    if type(function).__name__ in ("method_descriptor", "wrapper_descriptor") and hasattr(torch.Tensor, name):
        return getattr(tg.Tensor, name)
    return function


def _seeded(function: Any, *args: Any, **kwargs: Any) -> Any:
    tg.manual_seed(42)  # as the tables' own function of that name does
    return function(*args, **kwargs)


def function_of(op: Any, side: Side) -> Any:
    """torch's function, or ours of the same name; wrappers written in the table itself run with ``torch`` meaning us."""
    if side is THEIRS:
        return op.op
    if (found := _translated(op.op)) is not op.op:
        return found
    try:
        return OURS.find(op.name)
    except AttributeError:
        method = op.name.rsplit(".", 1)[-1]
        if hasattr(tg.Tensor, method):
            return getattr(tg.Tensor, method)
        raise


def _found(path: str) -> Any:
    try:
        return OURS.find(path)
    except AttributeError:
        return None


def has(op: Any) -> bool:
    """Whether we provide the operation."""
    try:
        function_of(op, OURS)
    except AttributeError:
        return False
    return True


def method_of(op: Any, side: Side, inplace: bool = False) -> Any:
    return variant(op.inplace_variant if inplace else op.method_variant, side)


def variant(theirs: Any, side: Side) -> Any:
    """A method or operator of torch's, or ours of that name (None where there is none)."""
    if theirs is None or side is THEIRS:
        return theirs
    found = _translated(theirs)
    if found is theirs and not getattr(theirs, "__module__", "").startswith(("operator", "_operator")):
        return getattr(tg.Tensor, getattr(theirs, "__name__", "") or "missing", None)
    return found


# ---------------------------------------------------------------------------------------------- the table
_DIFFERENTIATED = {torch.float64, torch.complex128}


@cache
def operations() -> dict[str, Any]:
    """Every operation of torch's table by name; variants (``div.floor_rounding``) have their own."""
    return {f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name: op for op in tables.op_db}


def samples(
    op: Any, dtype: torch.dtype, grad: bool = False, count: int = FEW, reference: bool = False
) -> Iterator[Any]:
    """Evenly chosen samples of an operation, the same on every run."""
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = op.reference_inputs if reference else op.sample_inputs
        everything = list(islice(source("cpu", dtype, requires_grad=grad), 400))
    if reference:  # some hold a million numbers, to no other end
        everything = [s for s in everything if not isinstance(s.input, torch.Tensor) or s.input.numel() < 20_000]
    yield from everything[:: max(1, -(-len(everything) // count))]


def call(side: Side, function: Any, sample: Any, known: dict[Any, Any] | None = None) -> Outcome:
    """The outcome of one call, on fresh copies of the sample's tensors."""
    known = {} if known is None else known
    args, kwargs = made((sample.input, *sample.args), side, known), made(sample.kwargs, side, known)
    torch.manual_seed(1)
    tg.manual_seed(1)
    return outcome(lambda: function(*args, **kwargs))


def described(sample: Any) -> str:
    """A sample in one line: tensors by dtype, shape and unusual strides; small ones by their numbers."""

    def text(value: Any) -> str:
        if isinstance(value, torch.Tensor):
            plain = value.is_contiguous() and not value.storage_offset()
            where = "" if plain else f" strides {value.stride()} offset {value.storage_offset()}"
            numbers = f" {value.tolist()}" if value.numel() < 6 else ""
            return f"{str(value.dtype)[6:]}{tuple(value.shape)}{where}{numbers}"
        if isinstance(value, (tuple, list)):
            return f"({', '.join(map(text, value))})"
        return repr(value)[:100]

    kwargs = "".join(f", {key}={text(value)}" for key, value in sample.kwargs.items())
    return ", ".join(text(value) for value in (sample.input, *sample.args)) + kwargs


class Comparison:
    """One operation with one dtype in all its forms; ``problems`` collects what differs, with the sample.

    ``largest``: samples with more elements are left out. ``skip`` names forms to leave out; ``contents=False`` compares everything but the numbers (of ``empty`` and the like).
    """

    def __init__(self, name: str, dtype: torch.dtype, *, skip: tuple[str, ...] = (), contents: bool = True, count: int = FEW,
                 rtol: float | None = None, atol: float | None = None, strides: str = "dense", largest: int | None = None) -> None:  # fmt: skip
        self.name, self.op, self.dtype = name, operations()[name], dtype
        self.skip, self.contents, self.count = skip, contents, count
        self.rtol, self.atol, self.strides, self.largest = rtol, atol, strides, largest
        self.problems: list[str] = []
        self.runs = 0

    def run(self) -> list[str]:
        """All forms; the list of differences."""
        op = self.op
        given = [
            s
            for s in samples(op, self.dtype, count=self.count)
            if self.largest is None or s.input.numel() <= self.largest
        ]
        forms = {
            "function": op.op, "method": op.method_variant, "inplace": op.inplace_variant, "operator": op.operator_variant,
            "inplace operator": op.inplace_operator_variant,
        }  # fmt: skip
        for form, theirs in forms.items():
            if theirs is None or form in self.skip:
                continue
            mine = function_of(op, OURS) if form == "function" else variant(theirs, OURS)
            if mine is None:
                self.problems.append(f"[{form}] torch has it, ours has not")
                continue
            # the other forms call the function that is checked on every sample
            chosen = given if form in ("function", "inplace") else given[:: max(1, len(given) // 4)]
            for i, sample in enumerate(chosen):
                if "inplace" in form and not isinstance(sample.input, torch.Tensor):
                    continue
                self.attempt(f"{form} {i}", sample, lambda s=sample, m=mine, t=theirs: self.values(m, t, s))
        if "function" not in self.skip and "reference" not in self.skip and op.reference_inputs_func is not None:
            for i, sample in enumerate(samples(op, self.dtype, count=self.count // 2, reference=True)):
                self.attempt(f"reference {i}", sample, lambda s=sample: self.values(function_of(op, OURS), op.op, s))
        for alias in op.aliases if "aliases" not in self.skip else ():
            for theirs in (alias.op, alias.method_variant, alias.inplace_variant):
                if (
                    theirs is None
                    or not given
                    or (theirs is alias.inplace_variant and not isinstance(given[0].input, torch.Tensor))
                ):
                    continue
                mine = variant(theirs, OURS) if theirs is not alias.op else _found(alias.name.removeprefix("torch."))
                if mine is None:
                    self.problems.append(f"[alias] {alias.name} is missing")
                    continue
                self.attempt(f"alias {alias.name}", given[-1], lambda m=mine, t=theirs: self.values(m, t, given[-1]))
        if op.supports_out and "out" not in self.skip and isinstance(op.op, types.BuiltinFunctionType):
            for i, sample in enumerate(given[:: max(1, len(given) // 6)]):
                for kind in ("fits", "empty", "other"):
                    if f"out-{kind}" not in self.skip:
                        self.attempt(f"out={kind} {i}", sample, lambda s=sample, k=kind: self.into(s, k))
        if (
            op.supports_autograd
            and "grad" not in self.skip
            and self.dtype in _DIFFERENTIATED & op.supported_backward_dtypes("cpu")
        ):
            for i, sample in enumerate(samples(op, self.dtype, grad=True, count=max(4, self.count // 2))):
                self.attempt(f"grad {i}", sample, lambda s=sample: self.gradients(s))
        return self.problems

    def attempt(self, label: str, sample: Any, check: Callable[[], None]) -> None:
        try:
            check()
            self.runs += 1
        except NotImplementedError:  # a layout or dtype that we do not have
            pass
        except Difference as difference:
            self.problems.append(f"[{label}] {described(sample)}\n    {str(difference)[:600]}")

    def values(self, mine: Any, theirs: Any, sample: Any) -> None:
        a, b = call(OURS, mine, sample), call(THEIRS, theirs, sample)
        for t in _flat(THEIRS, b.value):
            if t.layout is not torch.strided or str(t.dtype) not in _KINDS:
                raise NotImplementedError(f"{t.layout} {t.dtype}")
        self.compare(a, b)

    def compare(self, a: Outcome, b: Outcome) -> None:
        if b.error is None and a.error is None and not self.contents:
            for t in (*_flat(OURS, a.value), *_flat(THEIRS, b.value)):
                t.detach().zero_()
        same_outcome(a, b, rtol=self.rtol, atol=self.atol, strides=self.strides, compare_warnings=False)

    def into(self, sample: Any, kind: str) -> None:
        """``out=``: of the right shape, empty (it grows), and of another type than the result."""
        model = call(THEIRS, self.op.op, sample)
        if model.error is not None or {"out", "as_tuple"} & sample.kwargs.keys() or not _flat(THEIRS, model.value):
            return
        if any(str(t.dtype) not in _KINDS for t in _flat(THEIRS, model.value)):
            raise NotImplementedError(f"torch.{dtype_name(model.value)}")
        results, returned = [], []
        for side in (OURS, THEIRS):
            targets = []
            for t in _flat(THEIRS, model.value):
                name = dtype_name(t)
                if kind == "other":
                    name = "float64" if name != "float64" else "int64"
                targets.append(side.module.zeros((0,) if kind == "empty" else tuple(t.shape), dtype=side.find(name)))
            out = tuple(targets) if isinstance(model.value, (tuple, list)) else targets[0]
            results.append(call(side, lambda *a, f=function_of(self.op, side), o=out, **k: f(*a, **k, out=o), sample))
            if results[-1].error is None:
                returned.append([given is back for given, back in zip(targets, _flat(side, results[-1].value))])
        mine, theirs = results
        same_outcome(Outcome(error=mine.error), Outcome(error=theirs.error), compare_warnings=False)
        if theirs.error is None:
            demand(returned[0] == returned[1], "the tensors given as out are not the ones returned")
            # float32 numbers stored in a float64 tensor are as near as float32 numbers
            coarse = max((TOLERANCE.get(dtype_name(t), (0, 0))[0] for t in _flat(THEIRS, model.value)), default=0.0)
            if self.contents:
                coarse = max(coarse, self.rtol or 0.0)
                same(mine.value, theirs.value, rtol=self.rtol, atol=self.atol, at_least=coarse)

    def gradients(self, sample: Any) -> None:
        """First gradients, by the normal backward and by the one that can be differentiated again."""
        found = [outcome(lambda s=side: self._gradients(s, sample)) for side in (OURS, THEIRS)]
        mine, theirs = found
        if isinstance(mine.error, NotImplementedError) and str(mine.error).startswith("torch."):
            raise mine.error
        if theirs.error is not None:
            demand(mine.error is not None, f"torch raises {theirs.text()}")
            return
        if mine.error is not None:
            raise Difference(f"torch differentiates; ours raises {mine.text()}") from mine.error
        rtol = self.rtol if self.rtol is not None else 1e-4
        for which in (0, 1):  # of an empty tensor, no gradient is as good as an empty one
            for i, (a, b) in enumerate(zip(mine.value[which] or [], theirs.value[which] or [])):
                if b is None and a is not None and a.numel() == 0:
                    mine.value[which][i] = None
            same(
                mine.value[which],
                theirs.value[which],
                ("gradients", "gradients (create_graph)")[which],
                rtol=rtol,
                atol=self.atol,
            )

    def _gradients(self, side: Side, sample: Any) -> list[Any]:
        known: dict[Any, Any] = {}
        args, kwargs = made((sample.input, *sample.args), side, known), made(sample.kwargs, side, known)
        leaves = [t for t in _flat(side, [args, list(kwargs.values())]) if t.requires_grad]
        torch.manual_seed(1)
        tg.manual_seed(1)
        result = function_of(self.op, side)(*args, **kwargs)
        process = sample.output_process_fn_grad
        result = (process if side is THEIRS else _translated(process))(result)
        outs = [t for t in _flat(side, result) if t.requires_grad]
        if not outs or not leaves:
            return [None, None]
        rng = np.random.default_rng(0)
        seeds = []
        for t in outs:
            numbers = rng.uniform(-1, 1, tuple(t.shape))
            if t.is_complex():
                numbers = numbers + 1j * rng.uniform(-1, 1, tuple(t.shape))
            seeds.append(side.module.tensor(numbers, dtype=t.dtype))
        collected = []
        for again in (False, True):
            grads = side.module.autograd.grad(
                outs, leaves, seeds, retain_graph=True, create_graph=again, allow_unused=True
            )
            collected.append([None if g is None else g.detach().clone() for g in grads])
        return collected
