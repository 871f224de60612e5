"""`trace`: run a program once on example inputs and keep what it computed as a static graph."""

from __future__ import annotations

import difflib
import inspect
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import random
from ..autograd.modes import no_grad
from ..autograd.variable import Variable, wrap
from ..backend import kernels_of
from ..nn.module import Module
from . import sizes
from .graph import Graph, Node, Ref, mapped, refs_in
from .module import (
    Paths,
    RecursiveScriptModule,
    ScriptFunction,
    ScriptModule,
    TopLevelTracedModule,
    TracedModule,
    shell,
    structure_of,
)
from .recorder import RANDOM, Recorder, TracingError, recording, warn


class TracingCheckError(Exception):
    """A second trace differed from the first."""

    def __init__(self, diff: str) -> None:
        super().__init__(f"Tracing failed sanity checks!\nERROR: Graphs differed across invocations!\n{diff}")


_STRICT = (
    "Encountering a {0} at the output of the tracer might cause the trace to be incorrect, this is only valid if the container structure "
    "does not change based on the module's inputs. Consider using a constant container instead (e.g. for `list`, use a `tuple` instead. "
    "for `dict`, use a `NamedTuple` instead). If you absolutely need this and know the side effects, pass strict=False to trace() to "
    "allow this behavior."
)


MOST_PATHS = 100


class Subject:
    """What is traced: a module or a function, and the state that a run of it may change."""

    def __init__(self, function: Any, choices: bool = False) -> None:
        if not callable(function):
            raise TypeError(f"expected a module or a function, got {type(function).__name__}")
        self.function, self.choices = function, choices
        owner = getattr(function, "__self__", None)
        self.module = function if isinstance(function, Module) else owner if isinstance(owner, Module) else None
        called = function.forward if isinstance(function, Module) else function
        self.parameters = inspect.signature(called).parameters
        self.name = (
            type(function).__name__ if isinstance(function, Module) else getattr(function, "__name__", "function")
        )
        self.names: dict[int, tuple[str, str]] = {}
        self.scopes: dict[int, str] = {}
        if self.module is not None:
            for name, p in self.module.named_parameters(remove_duplicate=True):
                self.names[id(p)] = ("parameter", name)
            for name, b in self.module.named_buffers(remove_duplicate=True):
                self.names[id(b)] = ("buffer", name)
            for name, m in self.module.named_modules():
                label = f"{type(m).__name__}[{name.rpartition('.')[2]}]" if name else type(m).__name__
                self.scopes[id(m)] = label

    def argument_names(self, count: int) -> list[str]:
        names: list[str] = []
        for p in self.parameters.values():
            if p.kind is p.VAR_POSITIONAL:
                names += [f"argument_{i + 1}" for i in range(len(names), count)]
            elif p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
                names.append(p.name)
        return names[:count]

    def record(self, args: tuple[Any, ...], kwargs: dict[str, Any], strict: bool) -> Graph:
        recorder = Recorder(self.names, self.scopes, self.choices)
        graph = recorder.graph
        graph.name = self.name
        if self.choices and self.module is not None:
            graph.training = self.module.training
        names = [*self.argument_names(len(args)), *kwargs]
        fresh: list[Any] = []

        def enter(name: str, t: Any) -> Any:
            if not isinstance(t, Variable):
                return t
            # (a copy: the program is recorded more than once, and may write into its inputs)
            new = wrap(t._data.copy(order="K"))
            value = graph.new("input", t._data, name)
            graph.inputs.append(value)
            recorder.know(new, value)
            recorder.computed.add(value.index)
            fresh.append(new)
            return new

        given = []
        for name, a in zip(names, [*args, *kwargs.values()]):
            before = len(fresh)
            given.append(mapped(a, partial(enter, name)))
            if len(fresh) - before > 1:
                for i, value in enumerate(graph.inputs[before:]):
                    value.name = f"{name}_{i}"
        at = {id(t): Ref(i) for i, t in enumerate(fresh)}
        graph.argument_names = names
        graph.input_structure = [structure_of(a, lambda t: at[id(t)]) for a in given]
        with recording(recorder), no_grad():
            out = self.function(*given[: len(args)], **dict(zip(kwargs, given[len(args) :])))
            if out is None and not self.choices:
                raise RuntimeError(_NOTHING)
            _check_outputs(out, strict)
            graph.outputs = structure_of(out, lambda t: Ref(recorder.value_of(t).index))
        return graph

    def undisturbed(self, args: tuple[Any, ...], kwargs: dict[str, Any], strict: bool) -> Graph:
        """`record` without leaving a trace in buffers, random streams or warnings."""
        buffers = [(b, b._data.copy(), b._counter[0]) for b in (self.module.buffers() if self.module else ())]
        stream = random.get_rng_state()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.record(args, kwargs, strict)
        finally:
            random.set_rng_state(stream)
            for b, numbers, version in buffers:
                b._data[...] = numbers
                b._counter[0] = version


_NOTHING = (
    "The traced function didn't return any values! Side-effects are not captured in traces, so it would be a no-op."
)


def _check_outputs(out: Any, strict: bool) -> None:
    if isinstance(out, (list, dict)) and strict:
        raise RuntimeError(_STRICT.format(type(out).__name__))
    wrong = False

    def look(a: Any) -> Any:
        nonlocal wrong
        wrong = wrong or not (isinstance(a, Variable) or a is None)
        return a

    mapped(out, look)
    if wrong:
        raise RuntimeError(
            "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions"
        )


def build(
    subject: Subject,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    strict: bool,
    together: Any = None,
    alone: bool = True,
) -> Graph:
    """The graph of a program for inputs of any size that the program itself allows.

    ``together``: lists of (input, dimension) whose sizes are one; by default the first dimensions of all inputs are. ``alone``: try
    the other dimensions too.
    """
    state = random.get_rng_state()
    buffers = [(b, b._data.copy()) for b in (subject.module.buffers() if subject.module else ())]
    graph = subject.record(args, kwargs, strict)
    after = random.get_rng_state()
    changed = [(b, b._data.copy()) for b, _ in buffers]
    arrays = [t._data for t in _tensors([args, kwargs])]

    def again(larger: list[tuple[sizes.Group, int]]) -> Graph:
        new = list(arrays)
        for group, by in larger:
            for at, dim in group.places:
                new[at] = sizes.enlarged(new[at], [dim], by)
        more, named = _with_arrays((args, kwargs), new)
        return subject.undisturbed(more, named, strict)

    random.set_rng_state(state)
    for b, numbers in buffers:
        b._data[...] = numbers
    try:
        sizes.find(graph, again, _groups(arrays, together, alone))
    finally:
        random.set_rng_state(after)
        for b, numbers in changed:
            b._data[...] = numbers
    graph.prune()
    return graph


def _groups(arrays: list[Any], together: Any, alone: bool) -> list[sizes.Group]:
    if together is None:  # the batch
        first = next((a.shape[0] for a in arrays if a.ndim), 0)
        together = [[(i, 0) for i, a in enumerate(arrays) if a.ndim and a.shape[0] == first]]
    taken = {place for group in together for place in group}
    rest = [[(i, d)] for i, a in enumerate(arrays) for d in range(a.ndim) if alone and (i, d) not in taken]
    made = [sizes.Group(list(g), arrays[g[0][0]].shape[g[0][1]]) for g in [*together, *rest] if g]
    return [g for g in made if g.size]


def _with_arrays(arguments: Any, arrays: list[Any]) -> Any:
    found = iter(arrays)
    return mapped(arguments, lambda a: wrap(next(found)) if isinstance(a, Variable) else a)


# ------------------------------------------------------------------ checking
def _rolled(arguments: Any) -> Any:
    """Inputs of the same shapes with other numbers, each of which occurred in its tensor: whole numbers stay valid indices."""

    def change(a: Any) -> Any:
        if not isinstance(a, Variable):
            return a
        x = a._data
        moved = kernels_of(x).xp.roll(x.reshape(-1), 1).reshape(x.shape)
        if x.dtype.kind != "f":
            return wrap(moved)
        return wrap(-x if (moved == -x).all() else -moved)

    return mapped(arguments, change)


def _difference(graph: Graph, other: Graph) -> str:
    """What two traces of one program do differently; "" where nothing."""
    mine, yours = str(graph).splitlines(), str(other).splitlines()
    if mine != yours:
        return "\tGraph diff:\n" + "\n".join(f"\t\t{line}" for line in difflib.ndiff(mine, yours))
    for a, b in zip(graph.of_kind("constant"), other.of_kind("constant")):
        one, two = a.array, b.array
        nan = (one != one) & (two != two) if one.shape == two.shape else False
        if one.shape != two.shape or not ((one == two) | nan).all():
            users = [n.line for n in graph.nodes if any(r.index == a.index for r in n.refs())]
            return (
                "ERROR: Tensor-valued Constant nodes differed in value across invocations. This often indicates that the tracer has "
                f"encountered untraceable code.\n\tNode:\n\t\t{a.typed()}\n\tUsed at:\n\t\t{', '.join(users) or 'the output'}"
            )
    return ""


def _check(
    subject: Subject, graph: Graph, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], strict: bool,
    inputs: list[Any] | None, tolerance: float,
) -> None:  # fmt: skip
    """Trace again with the same inputs (they must give the same graph) and with others (they should), and compare results."""
    first = subject.undisturbed(args, kwargs, strict)
    difference = _difference(first, subject.undisturbed(args, kwargs, strict))
    if difference:
        raise TracingCheckError(difference)
    for more in inputs if inputs is not None else [_rolled((args, kwargs))]:
        new_args, new_kwargs = more if inputs is None else ((more,) if isinstance(more, Variable) else tuple(more), {})
        try:
            other = subject.undisturbed(new_args, new_kwargs, strict)
        except Exception as error:
            if inputs is not None:
                raise
            warn(f"The trace could not be checked with other numbers: {error}")
            continue
        difference = _difference(first, other)
        if difference and inputs is not None:
            raise TracingCheckError(difference)
        if difference:
            warn(
                "With other numbers of the same shapes, the program takes another path or uses other constants: the graph is right only "
                f"for inputs like the examples.\n{difference}"
            )
    drawn = [n for n in graph.nodes if n.op in RANDOM]
    if drawn:
        steps = "".join(f"\n\t{n.op} # {n.line}" for n in drawn)
        warn(
            f"Trace had nondeterministic nodes. Did you forget call .eval() on your model? Nodes:{steps}\nThis may cause errors in trace "
            "checking. To disable trace checking, pass check_trace=False to torch.jit.trace()"
        )
    _compare_results(subject, run, args, kwargs, tolerance)


def _compare_results(
    subject: Subject, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], tolerance: float
) -> None:
    from ..testing import assert_close

    stream = random.get_rng_state()
    buffers = [(b, b._data.copy()) for b in (subject.module.buffers() if subject.module else ())]
    results = []
    for function in (run, subject.function):
        random.set_rng_state(stream)
        for b, numbers in buffers:
            b._data[...] = numbers
        with no_grad():
            out = function(*_with_arrays(args, _copies(args)), **_with_arrays(kwargs, _copies(kwargs)))
        results.append(_tensors(out))
    random.set_rng_state(stream)
    for b, numbers in buffers:
        b._data[...] = numbers
    for i, (mine, eager) in enumerate(zip(*results)):
        try:
            assert_close(mine, eager, rtol=tolerance, atol=tolerance, equal_nan=True)
        except AssertionError as error:
            warn(
                f"Output nr {i + 1}. of the traced function does not match the corresponding output of the Python function. Detailed "
                f"error:\n{error}"
            )


def _tensors(arguments: Any) -> list[Any]:
    """All tensors in arguments or results, in order."""
    found: list[Any] = []
    mapped(arguments, lambda a: found.append(a) if isinstance(a, Variable) else None)
    return found


def _copies(arguments: Any) -> list[Any]:
    return [t._data.copy() for t in _tensors(arguments)]


# ------------------------------------------------------------------ public
def trace(
    func: Any,
    example_inputs: Any = None,
    optimize: Any = None,
    check_trace: bool = True,
    check_inputs: Any = None,
    check_tolerance: float = 1e-5,
    strict: bool = True,
    _force_outplace: bool = False,
    _module_class: Any = None,
    _compilation_unit: Any = None,
    example_kwarg_inputs: dict[str, Any] | None = None,
    _store_inputs: bool = True,
) -> Any:
    """A static graph of what ``func`` (a function or a module) does with ``example_inputs`` (a tensor or a tuple).

    The graph runs without the program's Python, and for inputs of other sizes where the program does the same with them. What
    Python decides from the *numbers* of a tensor is fixed: a `TracerWarning` says so. With ``check_trace`` the program is traced
    again, with the same inputs (`TracingCheckError` where the graph differs) and with ``check_inputs``.

    >>> import tinygrad_edu as tg
    >>> traced = tg.jit.trace(lambda x: (x * 2).relu(), tg.tensor([1., -1.]))
    >>> traced(tg.tensor([3., -4., 5.]))
    tensor([ 6.,  0., 10.])
    >>> print(traced.code)
    def forward(self,
        x: Tensor):
      _1 = ops.mul(x, 2.0)
      _2 = ops.relu(_1)
      return _2
    <BLANKLINE>
    """
    if isinstance(func, (ScriptModule, ScriptFunction)):
        return func
    if example_inputs is not None and example_kwarg_inputs is not None:
        raise RuntimeError("example_inputs and example_kwarg_inputs cannot be given both")
    kwargs = dict(example_kwarg_inputs or {})
    if isinstance(example_inputs, Variable):
        example_inputs = (example_inputs,)
    if example_inputs is None and not kwargs:
        raise RuntimeError("example_kwarg_inputs should not be None if example_inputs is None")
    args = tuple(example_inputs or ())
    subject = Subject(func)
    graph = build(subject, args, kwargs, strict)
    made = wrapped(subject, [graph])
    inputs = None if check_inputs is None else list(check_inputs)
    if graph.with_script and late_choice(graph) is None:
        made.paths.again = _again(subject, made)
        made.__dict__["inner"] = func
        inputs = inputs or []  # with other numbers, the scripted parts may take other paths
    if check_trace:
        _check(subject, graph, made, args, kwargs, strict, inputs, check_tolerance)
    if graph.writes_inputs():  # torch runs the program itself, once, on the inputs given
        after = random.get_rng_state()
        with no_grad():
            made(*args, **kwargs)
        random.set_rng_state(after)
    return made


def late_choice(graph: Graph) -> tuple[Node, Node] | None:
    """The first choice that comes too late for another path to begin anew, and the change of the inputs or the state before it."""
    changed = None
    for node in graph.nodes:
        if node.form == "write" or (
            node.form == "function" and (not node.outputs or (node.op == "batch_norm" and node.args[5]))
        ):
            changed = node
        elif node.form == "guard" and changed is not None:
            return node, changed
    return None


def _again(subject: Subject, made: Any) -> Callable[[tuple[Any, ...]], Graph]:
    """How a trace with scripted parts records another path of theirs: in the modes that the modules had when it was made."""
    modes = [(m, m.training) for m in (subject.module.modules() if subject.module is not None else ())]

    def record(args: tuple[Any, ...]) -> Graph:
        if len(made.paths.programs) >= MOST_PATHS:
            raise TracingError(f"the scripted parts of {subject.name} took {MOST_PATHS} different paths")
        now = [(m, m.training) for m, _ in modes]
        try:
            for m, mode in modes:
                m.training = mode
            return build(subject, args, {}, False)
        finally:
            for m, mode in now:
                m.training = mode

    return record


def trace_module(mod: Module, inputs: dict[str, Any], **options: Any) -> Any:
    """`trace` of a module's ``forward``: ``inputs`` is ``{"forward": example_inputs}``."""
    if list(inputs) != ["forward"]:
        raise TracingError(
            f"only 'forward' can be traced here, not {', '.join(inputs)}: trace the bound method by itself"
        )
    return trace(mod, inputs["forward"], **options)


def wrapped(subject: Subject, graphs: list[Graph], again: Any = None) -> Any:
    """A `ScriptModule` or a `ScriptFunction` around graphs."""
    paths = Paths(graphs, subject.name, again)
    if isinstance(subject.function, Module):
        kinds = (
            (RecursiveScriptModule, RecursiveScriptModule) if subject.choices else (TopLevelTracedModule, TracedModule)
        )
        return shell(subject.function, paths, *kinds)
    members = {}
    if subject.module is not None:
        members = {**dict(subject.module.named_parameters()), **dict(subject.module.named_buffers())}
    return ScriptFunction(paths, members)


__all__ = ["TracingCheckError", "build", "refs_in", "trace", "trace_module", "wrapped"]
