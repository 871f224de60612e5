"""Recurrent cells and layers: RNN, GRU and LSTM.

One step is written once in ordinary operations (`rnn_step`, `gru_step`, `lstm_step`): cells run it, and layers fall back to it
when their gradient is itself differentiated. A layer's usual path is a kernel over the whole sequence (`backend/rnn.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..autograd import modes
from ..autograd.backward import grad as autograd_grad
from ..autograd.modes import enable_grad
from ..autograd.op import Op
from ..autograd.variable import needs_grad
from ..backend import rnn as kernels
from ._composed import Composed
from .joining import cat, stack
from .linalg import linear
from .reduction import wide
from .registry import functional, public
from .view import narrow

State = tuple[Any, ...]  # (h,) or (h, c)


# ------------------------------------------------------------------------------------ one step
def _gates(x: Any, h: Any, weights: Sequence[Any]) -> tuple[Any, Any]:
    w_ih, w_hh, *biases = weights
    b_ih, b_hh = biases or (None, None)
    return linear(x, w_ih, b_ih), linear(h, w_hh, b_hh)


def rnn_step(x: Any, state: State, weights: Sequence[Any], relu: bool) -> State:
    """``tanh(W_ih x + b_ih + W_hh h + b_hh)`` (or relu)."""
    by_input, by_hidden = _gates(x, state[0], weights)
    total = by_hidden + by_input
    return (total.relu() if relu else total.tanh(),)


def gru_step(x: Any, state: State, weights: Sequence[Any]) -> State:
    """r, z = σ(…); n = tanh(W_in x + r · W_hn h); ``(h - n) · z + n``."""
    h = state[0]
    by_input, by_hidden = _gates(x, h, weights)
    xr, xz, xn = by_input.chunk(3, -1)
    hr, hz, hn = by_hidden.chunk(3, -1)
    reset, update = (hr + xr).sigmoid(), (hz + xz).sigmoid()
    new = (xn + hn * reset).tanh()
    return ((h - new) * update + new,)


def lstm_step(x: Any, state: State, weights: Sequence[Any]) -> State:
    """i, f, o = σ(…), g = tanh(…); ``c = f · c + i · g``, ``h = o · tanh(c)``."""
    by_input, by_hidden = _gates(x, state[0], weights)
    i, f, g, o = (by_hidden + by_input).chunk(4, -1)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


_STEPS: dict[str, Callable[..., State]] = {
    "lstm": lstm_step,
    "gru": gru_step,
    "rnn_tanh": lambda x, state, weights: rnn_step(x, state, weights, False),
    "rnn_relu": lambda x, state, weights: rnn_step(x, state, weights, True),
}


def run_steps(
    mode: str, x: Any, state: State, weights: Sequence[Any], sizes: list[int], reverse: bool, project: Any = None
) -> tuple[Any, State]:
    """A layer step by step: outputs in the shape of the input, last states. ``project``: LSTM's output matrix."""
    step, whole, x = _STEPS[mode], x.ndim == 3, _rows(x)
    starts = [sum(sizes[:t]) for t in range(len(sizes))]
    order = range(len(sizes) - 1, -1, -1) if reverse else range(len(sizes))
    outs: dict[int, Any] = {}
    for t in order:
        n = sizes[t]
        now = tuple(s if s.shape[0] == n else narrow(s, 0, 0, n) for s in state)
        new = step(narrow(x, 0, starts[t], n), now, weights)
        if project is not None:
            new = (linear(new[0], project), *new[1:])
        outs[t] = new[0]
        state = tuple(a if s.shape[0] == n else cat([a, narrow(s, 0, n, s.shape[0] - n)]) for a, s in zip(new, state))
    return (stack if whole else cat)([outs[t] for t in range(len(sizes))]), state


# ------------------------------------------------------------------------------------ a whole layer as one primitive
def _again(mode: str, states: int) -> Callable[..., list[Any]]:
    """The gradient in differentiable steps: run the layer step by step, and differentiate that."""

    def steps(k: Any, *args: Any) -> list[Any]:
        grads, tensors, (sizes, reverse) = args[: states + 1], args[states + 1], args[-2:]
        with enable_grad():
            x, *rest = tensors
            out, last = run_steps(mode, x, tuple(rest[:states]), rest[states:], sizes, reverse)
            wanted = [t for t in tensors if needs_grad(t)]
            found = iter(autograd_grad([out, *last], wanted, list(grads), create_graph=True, allow_unused=True))
        return [next(found) if needs_grad(t) else None for t in tensors]

    return steps


def _rows(x: Any) -> Any:
    """(steps, batch, features) as rows, step after step."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


def _forward(kernel: Callable[..., Any], states: int) -> Callable[..., Any]:
    """``kernel`` as a forward; half precision is computed in float32, and what the user sees of it is rounded."""

    def forward(k: Any, tensors: list[Any], sizes: list[int], reverse: bool) -> Any:
        x, *rest = map(wide, tensors)
        out, *others = kernel(k.xp, [_rows(x), *rest], sizes, reverse)
        made = [out.reshape(*x.shape[:-1], out.shape[-1]), *others]
        seen = [a.astype(tensors[0].dtype, copy=False) for a in made[: states + 1]]
        return (*seen, *made[states + 1 :])

    return forward


def _backward(kernel: Callable[..., list[Any]], states: int) -> Callable[..., list[Any]]:
    def backward(k: Any, g_out: Any, *args: Any) -> list[Any]:
        x, *rest = map(wide, args[states])
        *saved, sizes, reverse = args[states + 1 :]
        args = (
            *map(wide, args[:states]),
            [_rows(x), *rest],
            *(_rows(wide(a)) if a.ndim == 3 else wide(a) for a in saved),
            sizes,
            reverse,
        )
        gx, *others = kernel(k.xp, _rows(wide(g_out)), *args)
        return [gx.reshape(x.shape), *others]

    return backward


def _rnn(relu: bool) -> Callable[..., Any]:
    return lambda xp, tensors, sizes, reverse: kernels.rnn(xp, tensors, sizes, reverse, relu)


def _rnn_grad(relu: bool) -> Callable[..., Any]:
    return partial(kernels.rnn_grad, relu=relu)


def _layer_ops(mode: str, name: str, node: str) -> None:
    if mode == "lstm":
        Op(name, _forward(kernels.lstm, 2), outputs=("out", "h", "c", "gates", "squashed", "previous", "cells"),
           differentiable=(True, True, True, False, False, False, False), variadic="tensors", node=node,
           tensors=lambda k, g, tensors, gates, squashed, previous, cells, sizes, reverse:
               k.lstm_grad(*g[:3], tensors, gates, squashed, previous, cells, sizes, reverse))  # fmt: skip
    elif mode == "gru":
        Op(name, _forward(kernels.gru, 1), outputs=("out", "h", "gates", "inner", "previous"),
           differentiable=(True, True, False, False, False), variadic="tensors", node=node,
           tensors=lambda k, g, tensors, gates, inner, previous, sizes, reverse:
               k.gru_grad(*g[:2], tensors, gates, inner, previous, sizes, reverse))  # fmt: skip
    else:
        Op(name, _forward(_rnn(mode == "rnn_relu"), 1), outputs=("out", "h", "previous"), differentiable=(True, True, False),
           variadic="tensors", node=node,
           tensors=lambda k, g, tensors, out, previous, sizes, reverse:
               getattr(k, f"{mode}_grad")(*g[:2], tensors, out, previous, sizes, reverse))  # fmt: skip


Composed("lstm_grad", _backward(kernels.lstm_grad, 2), _again("lstm", 2))
Composed("gru_grad", _backward(kernels.gru_grad, 1), _again("gru", 1))
Composed("rnn_tanh_grad", _backward(_rnn_grad(False), 1), _again("rnn_tanh", 1))
Composed("rnn_relu_grad", _backward(_rnn_grad(True), 1), _again("rnn_relu", 1))
for _mode in _STEPS:
    _layer_ops(_mode, f"{_mode}_layer", "StackBackward0")
    _layer_ops(_mode, f"{_mode}_packed", "CatBackward0")
_layer_ops(
    "lstm", "lstm_fused", "MkldnnRnnLayerBackward0"
)  # torch has a fused LSTM, for float32 only; ours is always fused


def _is_fused(mode: str, x: Any) -> bool:
    return mode == "lstm" and x._data.dtype.name == "float32"


def layer(
    mode: str, x: Any, state: State, weights: Sequence[Any], sizes: list[int], reverse: bool, packed: bool
) -> tuple[Any, State]:
    """One direction of one layer: (rows, features) to (rows, hidden), and the last states. See `backend/rnn.py` for the rows."""
    lstm = mode == "lstm"
    w = list(weights)
    project = w.pop() if lstm and len(w) in (3, 5) else None
    if project is not None:
        return run_steps(mode, x, state, w, sizes, reverse, project)
    if modes.state.casting is not None:  # an autocast: matrix products are cast one by one, an LSTM as a whole
        if lstm:
            lower = modes.state.casting.lower
            x, state, w = lower(x), tuple(map(lower, state)), [lower(t) for t in w]
        return run_steps(mode, x, state, w, sizes, reverse)
    kind = "packed" if packed else "fused" if _is_fused(mode, x) else "layer"
    found = Op.table[f"{mode}_{kind}"]([x, *state, *w], sizes, reverse)
    return found[0], found[1 : 3 if lstm else 2]


Op("transposed_output", lambda k, x: x.swapaxes(0, 1), view=True, node="TransposeBackward1",
   x=lambda k, g: k.transpose(g, 0, 1))  # fmt: skip


def batch_first(out: Any, mode: str) -> Any:
    """(steps, batch, features) seen as (batch, steps, features)."""
    return out.transpose(0, 1) if mode == "lstm" else Op.table["transposed_output"](out)


def stacked(states: Sequence[Any]) -> Any:
    """The last states of all layers and directions as one tensor."""
    return stack(list(states))


# ------------------------------------------------------------------------------------ torch.gru_cell and the like
def _check_cell(x: Any, states: State, w_ih: Any, w_hh: Any) -> None:
    hidden = w_hh._data.shape[1]
    if x._data.shape[-1] != w_ih._data.shape[1]:
        raise RuntimeError(f"input has inconsistent input_size: got {x._data.shape[-1]} expected {w_ih._data.shape[1]}")
    for i, h in enumerate(states):
        if x._data.ndim == 2 and h._data.shape[0] != x._data.shape[0]:
            raise RuntimeError(
                f"Input batch size {x._data.shape[0]} doesn't match hidden{i} batch size {h._data.shape[0]}"
            )
        if h._data.shape[-1] != hidden:
            raise RuntimeError(f"hidden{i} has inconsistent hidden_size: got {h._data.shape[-1]}, expected {hidden}")


def _cell(mode: str, x: Any, states: State, weights: tuple[Any, ...]) -> State:
    _check_cell(x, states, weights[0], weights[1])
    w = weights[:2] if weights[2] is None else weights
    return _STEPS[mode](x, states, w)


@public("function")
def lstm_cell(
    input: Any, hx: Sequence[Any], w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None
) -> tuple[Any, Any]:
    """One step of an LSTM: the new (h, c)."""
    return _cell("lstm", input, tuple(hx), (w_ih, w_hh, b_ih, b_hh))  # type: ignore[return-value]


@public("function")
def gru_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of a GRU: the new h."""
    return _cell("gru", input, (hx,), (w_ih, w_hh, b_ih, b_hh))[0]


@public("function")
def rnn_tanh_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of a plain recurrent network: the new h."""
    return _cell("rnn_tanh", input, (hx,), (w_ih, w_hh, b_ih, b_hh))[0]


@public("function")
def rnn_relu_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of a plain recurrent network with relu: the new h."""
    return _cell("rnn_relu", input, (hx,), (w_ih, w_hh, b_ih, b_hh))[0]


def layers(
    mode: str, x: Any, states: State, weights: Sequence[Sequence[Any]], sizes: list[int], packed: bool, directions: int,
    between: Callable[[Any], Any],
) -> tuple[Any, State]:  # fmt: skip
    """All layers and directions, ``weights`` for each: outputs and last states. ``between`` is what happens between layers."""
    last: list[State] = []
    for first in range(0, len(weights), directions):
        outs = []
        for at in range(first, first + directions):
            out, end = layer(mode, x, tuple(s[at] for s in states), weights[at], sizes, at > first, packed)
            outs.append(out)
            last.append(tuple(end))
        x = outs[0] if directions == 1 else cat(outs, -1)
        if first + directions < len(weights):
            x = between(x)
    return x, tuple(stacked(group) for group in zip(*last))


def _publish(mode: str) -> None:
    def function(input: Any, *args: Any) -> Any:
        """Layers of a recurrent network with their weights in one list, as ``torch._VF`` has them.

        ``(input, hx, params, _, num_layers, dropout, train, bidirectional, batch_first)``, or for a packed sequence
        ``(data, batch_sizes, hx, params, _, num_layers, dropout, train, bidirectional)``.
        """
        packed = not isinstance(args[2], bool)
        sizes = [int(n) for n in args[0].tolist()] if packed else []
        hx, params, _, num_layers, dropout, train, bidirectional, *rest = args[packed:]
        x = input.transpose(0, 1) if rest and rest[0] else input
        directions = 2 if bidirectional else 1
        each = len(params) // (num_layers * directions)
        weights = [params[i : i + each] for i in range(0, len(params), each)]
        between = lambda x: functional["dropout"](x, dropout, train) if dropout else x  # noqa: E731
        states = tuple(hx) if mode == "lstm" else (hx,)
        out, last = layers(mode, x, states, weights, sizes or [x.size(1)] * x.size(0), packed, directions, between)
        return batch_first(out, mode) if rest and rest[0] else out, *last

    function.__name__ = function.__qualname__ = mode
    public("function")(function)


for _mode in _STEPS:
    _publish(_mode)
