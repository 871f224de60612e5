"""The pieces of the framework that a learner can replace with their own: how each is tested, and where it is put in.

A `Piece` gives calls to try (the framework's own answers are the expected ones) and a function that puts the learner's
version into the running framework and returns what takes it out again.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import signature
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from .. import data, io, nn, optim
from ..autograd import Function, enable_grad, graph, no_grad
from ..autograd.op import Op
from ..autograd.variable import Variable, wrap
from ..random import Generator
from .piece import (
    Case,
    Piece,
    Undo,
    all_of,
    arrays_only,
    attribute,
    formulas_of,
    on_tensors,
    random_array,
    random_tensor,
)
from .pieces_tensors import PIECES as OF_TENSORS

F = nn.functional
PACKAGE = sys.modules[__name__.partition(".")[0]]


def _backward_of(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """(g, *inputs) → the framework's gradients of ``function`` for the first ``count`` inputs."""

    def backward(g: Any, *inputs: Any) -> Any:
        plain = not isinstance(g, Variable)
        leaves = [(wrap(x) if plain else x).detach().clone().requires_grad_() for x in inputs[:count]]
        with enable_grad():
            function(*leaves, *inputs[count:]).backward(wrap(g) if plain else g)
        grads = tuple(leaf.grad._data if plain else leaf.grad for leaf in leaves)
        return grads[0] if count == 1 else grads

    return backward


# ------------------------------------------------------------------------------------------------ exercise 05, 04: derivatives
def _unbroadcast_cases(rng: np.random.Generator) -> Iterator[Case]:
    for wide, shape in (((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 4, 3), (4, 3)), ((2, 4, 3), (1, 4, 1)), ((3,), (3,)), ((2, 2), ()),
                        ((5, 1, 2), (1, 2)), ((2, 3), (1, 1))):  # fmt: skip
        yield f"{wide} to {shape}", (random_tensor(rng, *wide), shape)


def _put_unbroadcast(mine: Any) -> Undo:
    return attribute(graph, "sum_to", on_tensors(mine))


def _pairs(
    *shapes: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]],
) -> Callable[[np.random.Generator], Iterator[Case]]:
    def cases(rng: np.random.Generator) -> Iterator[Case]:
        for g, x, y in shapes:
            yield f"{x} and {y}", (random_tensor(rng, *g), random_tensor(rng, *x), random_tensor(rng, *y))

    return cases


def _put_mul(mine: Any) -> Undo:
    call = on_tensors(mine)
    return formulas_of("mul", x=lambda k, g, x, y: call(g, x, y)[0], y=lambda k, g, x, y: call(g, x, y)[1])


def _put_matmul(mine: Any) -> Undo:
    call = on_tensors(mine)
    x, y = (lambda k, g, x, y: call(g, x, y)[0]), (lambda k, g, x, y: call(g, x, y)[1])
    scaled = [lambda k, g, x, y, alpha, i=i: call(g if alpha == 1 else g * alpha, x, y)[i] for i in (0, 1)]
    for each in scaled:  # ``i`` is no argument of the formula
        each.__signature__ = signature(lambda k, g, x, y, alpha: None)  # type: ignore[attr-defined]
    return all_of(formulas_of("mm", x=x, y=y), formulas_of("addmm", x=scaled[0], y=scaled[1]))


def _relu_cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((5,), (3, 4), (2, 3, 4), (0,), ()):
        x = np.asarray(random_array(rng, *shape))
        yield f"shape {shape}", (np.asarray(random_array(rng, *shape)), x)
    yield "a zero", (np.ones(3, np.float32), np.array([-1.0, 0.0, 2.0], np.float32))


def _logits(rng: np.random.Generator) -> Iterator[Case]:
    for n, c in ((1, 2), (4, 3), (16, 10)):
        yield f"{n} examples of {c} classes", (random_array(rng, n, c), rng.integers(0, c, n))
    yield "large scores", (1000 * random_array(rng, 3, 4), rng.integers(0, 4, 3))


def _cross_entropy_backward(logits: Any, target: Any) -> Any:
    x = wrap(logits.copy()).requires_grad_()
    with enable_grad():
        F.cross_entropy(x, wrap(np.asarray(target, np.int64))).backward()
    return x.grad._data


def _put_cross_entropy(mine: Any) -> Undo:
    own = F.cross_entropy

    class MeanCrossEntropy(Function):
        @staticmethod
        def forward(ctx: Any, input: Any, target: Any) -> Any:
            ctx.save_for_backward(input, target)
            return own(input, target)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            input, target = ctx.saved_tensors
            return g * wrap(mine(input._data, target._data)), None

    def cross_entropy(input: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        plain = not args and all(v is None or v in (-100, "mean", 0.0) for v in kwargs.values())
        if plain and input.ndim == 2 and not target.is_floating_point() and input.requires_grad:
            return MeanCrossEntropy.apply(input, target)
        return own(input, target, *args, **kwargs)

    return attribute(F, "cross_entropy", cross_entropy)


# ------------------------------------------------------------------------------------------------ exercise 05: the engine
class _Value:
    """A node of the framework's graph, as the exercise's `topological_order` sees it: ``inputs`` are (value, slope)."""

    def __init__(self, node: Any, known: dict[Any, "_Value"]) -> None:
        self.node = node
        known[node] = self
        self.inputs: list[tuple[_Value, Any]] = []


def _facade(root: Any) -> _Value:
    known: dict[Any, _Value] = {}
    stack = [root]
    top = _Value(root, known)
    while stack:
        node = stack.pop()
        for target, _ in node.edges:
            if target is not None:
                if target not in known:
                    stack.append(target)
                    _Value(target, known)
                known[node].inputs.append((known[target], None))
    return top


def _graphs(rng: np.random.Generator) -> Iterator[Case]:
    x = random_tensor(rng, 3).requires_grad_()
    with enable_grad():
        chain = x
        for _ in range(2000):
            chain = chain * 1.0001
        diamond = x
        for _ in range(40):
            diamond = diamond + diamond
        results = {
            "one step": x * 2,
            "a chain of 2000": chain,
            "a diamond of depth 40": diamond,
            "two ways": (x * x + x.exp()).sum(),
        }
    for name, result in results.items():
        yield name, (_facade(result.grad_fn),)


def _own_order(root: _Value) -> list[_Value]:
    """Nodes are numbered as they are made, each after its inputs (and downwards)."""
    found, stack = {root}, [root]
    while stack:
        new = {value for value, _ in stack.pop().inputs} - found
        found |= new
        stack.extend(new)
    return sorted(found, key=lambda value: -value.node.number)


def _judged(order: Any, root: _Value) -> str:
    """Whether a list is an order: everything once, inputs before what uses them."""
    values = list(order(root))
    place = {value: i for i, value in enumerate(values)}
    wanted = set(_own_order(root))
    if set(place) != wanted or len(values) != len(wanted):
        return f"{len(values)} values, of which {len(set(place) & wanted)} of the graph's {len(wanted)}"
    if any(place[v] > place[value] for value in wanted for v, _ in value.inputs):
        return "an input comes after a value that uses it"
    return "all values, inputs before their users"


def _put_order(mine: Any) -> Undo:
    """Let the learner's order drive the engine: it visits the node with the smallest number first."""
    place = import_module(
        graph.__name__.replace("graph", "backward")
    )  # the module; its name is also that of a function
    own = place.run_backward

    def run_backward(roots: Any, *args: Any, **kwargs: Any) -> Any:
        if len(roots) != 1 or roots[0][0][0] is None:
            return own(roots, *args, **kwargs)
        nodes = [value.node for value in mine(_facade(roots[0][0][0]))]
        before = [node.number for node in nodes]
        try:
            for number, node in enumerate(reversed(nodes)):
                node.number = number
            return own(roots, *args, **kwargs)
        finally:
            for number, node in zip(before, nodes):
                node.number = number

    return attribute(place, "run_backward", run_backward)


# ------------------------------------------------------------------------------------------------ exercise 10: convolution
def _convolutions(rng: np.random.Generator) -> Iterator[tuple[str, Any, Any, Any, int, int]]:
    for n, c, size, o, kernel, stride, padding in ((1, 1, 4, 1, 2, 1, 0), (2, 3, 5, 4, 3, 1, 1), (2, 2, 6, 3, 3, 2, 1),
                                                   (1, 3, 8, 2, 5, 1, 2), (3, 1, 7, 2, 1, 3, 0)):  # fmt: skip
        text = f"{n}×{c}×{size}×{size}, kernel {kernel}, stride {stride}, padding {padding}"
        yield (
            text,
            random_array(rng, n, c, size, size),
            random_array(rng, o, c, kernel, kernel),
            random_array(rng, o),
            stride,
            padding,
        )


def _conv_cases(rng: np.random.Generator) -> Iterator[Case]:
    for text, x, w, b, stride, padding in _convolutions(rng):
        yield text, (x, w, b, stride, padding)


def _conv(x: Any, w: Any, b: Any, stride: int, padding: int) -> Any:
    with no_grad():
        return F.conv2d(wrap(x), wrap(w), None if b is None else wrap(b), stride, padding)._data


def _conv_backward_cases(rng: np.random.Generator) -> Iterator[Case]:
    for text, x, w, b, stride, padding in _convolutions(rng):
        yield text, (random_array(rng, *_conv(x, w, b, stride, padding).shape), x, w, stride, padding)


def _conv_backward(g: Any, x: Any, w: Any, stride: int, padding: int) -> Any:
    bias = np.zeros(len(w), x.dtype)
    leaves = [wrap(a.copy()).requires_grad_() for a in (x, w, bias)]
    with enable_grad():
        F.conv2d(*leaves, stride, padding).backward(wrap(g))
    return tuple(leaf.grad._data for leaf in leaves)


def _square(stride: Any, padding: Any, dilation: Any, groups: int) -> bool:
    """Whether a convolution is of the kind that the exercise asks for."""
    return (
        groups == 1 and set(dilation) == {1} and len(set(stride)) == 1 and len(set(padding)) == 1 and len(stride) == 2
    )


def _put_conv(mine: Any) -> Undo:
    own, table = Op.table["convolution"], Op.table["convolution"].forward

    def forward(k: Any, x: Any, w: Any, b: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
        if _square(stride, padding, dilation, groups):
            return mine(x, w, b, stride[0], padding[0])
        return table(k, x, w, b, stride, padding, dilation, groups)

    return attribute(own, "forward", forward)


def _put_conv_backward(mine: Any) -> Undo:
    def gradient(i: int, name: str) -> Any:
        own, _ = Op.table["convolution"].formulas[Op.table["convolution"].arguments.index(name)]

        def formula(k: Any, g: Any, x: Any, w: Any, x_shape: Any, w_shape: Any, stride: Any, padding: Any, dilation: Any,
                    groups: int) -> Any:  # fmt: skip
            if not isinstance(g, Variable) and _square(stride, padding, dilation, groups):
                return mine(g, x, w, stride[0], padding[0])[i]
            if name == "b":
                return own(k, g)
            other, shape = (w, x_shape) if name == "x" else (x, w_shape)
            return own(k, g, other, shape, stride, padding, dilation, groups)

        return formula

    return formulas_of("convolution", **{name: gradient(i, name) for i, name in enumerate(("x", "w", "b"))})


# ------------------------------------------------------------------------------------------------ exercise 07: optimizers
def _problems(options: list[dict[str, Any]]) -> Callable[[np.random.Generator], Iterator[Case]]:
    def cases(rng: np.random.Generator) -> Iterator[Case]:
        for option in options:
            text = ", ".join(f"{k}={v}" for k, v in option.items())
            yield text, (random_array(rng, 4, 3), random_array(rng, 3), option)

    return cases


def _twenty_steps(optimizer: Any, matrix: Any, bias: Any, options: dict[str, Any]) -> Any:
    """Where 20 steps lead from the same start, down the same bowl."""
    params = [wrap(matrix.copy()).requires_grad_(), wrap(bias.copy()).requires_grad_()]
    run = optimizer(params, **options)
    with enable_grad():
        for _ in range(20):
            run.zero_grad()
            ((params[0] - 1).square().sum() + (params[1] * params[0].detach()).exp().sum()).backward()
            run.step()
    return [p.detach() for p in params]


def _class(place: Any, name: str) -> Callable[[Any], Undo]:
    return lambda mine: attribute(place, name, mine)


# ------------------------------------------------------------------------------------------------ exercise 08, 11: data, files
class _Numbers(data.Dataset):  # type: ignore[misc]
    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> tuple[Any, int]:
        if not 0 <= i < self.n:
            raise IndexError(f"example {i} of {self.n}")
        return wrap(np.full(2, i, np.float32)), i


def _loaders(rng: np.random.Generator) -> Iterator[Case]:
    for n, options in (
        (7, {"batch_size": 3}),
        (6, {"batch_size": 3}),
        (7, {"batch_size": 3, "drop_last": True}),
        (5, {}),
        (0, {}),
    ):
        yield f"{n} examples, {options}", (n, options)
    yield "a collate_fn", (5, {"batch_size": 2, "collate_fn": len})
    yield "shuffled", (20, {"batch_size": 3, "shuffle": True})


def _batches(loader: Any, n: int, options: dict[str, Any]) -> Any:
    """The batches of two epochs; of shuffled ones only what every right order has."""
    made = loader(_Numbers(n), **options)
    if "shuffle" not in options:
        batches = [b for _ in range(2) for b in islice(made, n + 1)]  # one that never ends is wrong, too
        return len(made), [list(b) if isinstance(b, (tuple, list)) else b for b in batches]
    first, second, again = (
        _indices(loader(_Numbers(n), generator=Generator().manual_seed(s), **options)) for s in (0, 1, 0)
    )
    every = [sorted(i for batch in _indices(made) for i in batch) for _ in range(2)]
    return (
        len(made),
        [len(batch) for batch in first],
        every,
        first == again,
        first == second,
        _indices(made) == _indices(made),
    )


def _indices(loader: Any) -> list[list[int]]:
    return [batch[1].tolist() for batch in islice(loader, 100)]


def _states(rng: np.random.Generator) -> Iterator[Case]:
    yield "two arrays", ({"weight": random_array(rng, 3, 2), "bias": random_array(rng, 2)},)
    yield "dtypes", ({"a": np.arange(4), "b": np.array([True, False]), "c": np.array([1.5])},)
    yield "an empty array and a number", ({"none": np.zeros((0, 3), np.float32), "one": np.array(2.0, np.float32)},)


def _save_arrays(state: Any, path: Any) -> None:
    io.save({name: wrap(np.asarray(array)) for name, array in state.items()}, path)


def _load_arrays(path: Any) -> Any:
    return {name: t._data for name, t in io.load(path).items()}


def _there_and_back(files: Any, state: Any) -> Any:
    """The state through a file, with the dtypes."""
    save, load = files
    with tempfile.TemporaryDirectory() as folder:
        save(state, Path(folder) / "state")
        back = load(Path(folder) / "state")
    return {name: (str(array.dtype), array) for name, array in sorted(back.items())}


def _put_files(mine: Any) -> Undo:
    """``tg.save`` and ``tg.load`` of a state_dict through the learner's pair; everything else as before."""
    save, load = mine

    def save_state(obj: Any, f: Any, *args: Any, **kwargs: Any) -> None:
        plain = isinstance(obj, dict) and all(isinstance(v, Variable) for v in obj.values())
        if plain and not args and not kwargs and isinstance(f, (str, Path)):
            save({name: t.detach()._data for name, t in obj.items()}, f)
        else:
            io.save(obj, f, *args, **kwargs)

    def load_state(f: Any, *args: Any, **kwargs: Any) -> Any:
        return io.load(f, *args, **kwargs) if args or kwargs else {name: wrap(array) for name, array in load(f).items()}

    return all_of(attribute(PACKAGE, "save", save_state), attribute(PACKAGE, "load", load_state))


# ------------------------------------------------------------------------------------------------ exercise 06: modules
def _linears(rng: np.random.Generator) -> Iterator[Case]:
    for x, w, b in (((2, 3), (4, 3), (4,)), ((2, 5, 3), (1, 3), (1,)), ((3,), (2, 3), None)):
        yield (
            f"{x} by {w}",
            (random_tensor(rng, *x), random_tensor(rng, *w), None if b is None else random_tensor(rng, *b)),
        )


def _modules(rng: np.random.Generator) -> Iterator[Case]:
    shared = nn.Linear(2, 2)
    yield "a row", (nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 1, bias=False))),)
    yield "a shared layer", (nn.Sequential(shared, nn.Tanh(), shared),)
    yield "buffers", (nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)),)


def _names(walk: Any, module: Any) -> list[tuple[str, int]]:
    return [(name, id(parameter)) for name, parameter in walk(module)]


def _put_walk(mine: Any) -> Undo:
    def named_parameters(
        self: Any, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[Any]:
        if recurse and remove_duplicate:
            yield from mine(self, f"{prefix}." if prefix else "")
        else:
            yield from own(self, prefix, recurse, remove_duplicate)

    own = nn.Module.named_parameters
    return attribute(nn.Module, "named_parameters", named_parameters)


PIECES: dict[str, Piece] = {
    **OF_TENSORS,
    "relu_backward": Piece("04", _relu_cases, _backward_of(lambda x: x.relu(), 1),
                           lambda mine: formulas_of("relu", x=arrays_only("relu", "x", mine))),
    "cross_entropy_backward": Piece("04", _logits, _cross_entropy_backward, _put_cross_entropy),
    "unbroadcast": Piece("05", _unbroadcast_cases, lambda g, shape: g.sum_to_size(shape), _put_unbroadcast),
    "mul_backward": Piece("05", _pairs(((3,), (3,), (3,)), ((2, 4), (2, 4), (2, 4))), _backward_of(lambda x, y: x * y, 2), _put_mul),
    "matmul_backward": Piece("05", _pairs(((2, 4), (2, 3), (3, 4)), ((1, 1), (1, 5), (5, 1)), ((6, 2), (6, 6), (6, 2))),
                             _backward_of(lambda x, y: x @ y, 2), _put_matmul),
    "topological_order": Piece("05", _graphs, _own_order, _put_order, _judged),
    "linear": Piece("06", _linears, F.linear, _class(F, "linear")),
    "walk": Piece("06", _modules, lambda module: module.named_parameters(), _put_walk, _names),
    "SGD": Piece("07", _problems([{"lr": 0.01}, {"lr": 0.01, "momentum": 0.9}, {"lr": 0.01, "weight_decay": 0.1},
                                  {"lr": 0.001, "momentum": 0.5, "weight_decay": 0.01}]),
                 optim.SGD, _class(optim, "SGD"), _twenty_steps),
    "Adam": Piece("07", _problems([{"lr": 0.01}, {"lr": 0.1, "betas": (0.5, 0.9)}, {"lr": 0.01, "eps": 1e-3}]),
                  optim.Adam, _class(optim, "Adam"), _twenty_steps),
    "DataLoader": Piece("08", _loaders, data.DataLoader, _class(data, "DataLoader"), _batches),
    "conv2d_forward": Piece("10", _conv_cases, _conv, _put_conv),
    "conv2d_backward": Piece("10", _conv_backward_cases, _conv_backward, _put_conv_backward),
    "files": Piece("11", _states, (_save_arrays, _load_arrays), _put_files, _there_and_back),
}  # fmt: skip
