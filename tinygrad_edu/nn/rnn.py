"""Recurrent layers: RNN, LSTM, GRU, and their single-step cells."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from ..autograd.modes import state
from ..ops import rnn as ops
from ..ops.registry import functions
from . import functional as F
from . import init
from ._common import new_parameter, new_zeros
from .module import Module
from .utils.rnn import PackedSequence

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What RNN, LSTM and GRU share: parameters ``weight_ih_l0`` …, layers, directions, packed sequences."""

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater "
                f"than 1, but got dropout={dropout} and num_layers={num_layers}",
                stacklevel=2,
            )
        for name, flag in (("bias", bias), ("batch_first", batch_first)):
            if not isinstance(flag, bool):
                raise TypeError(f"{name} should be of type bool, got: {type(flag).__name__}")
        for name, value in (("input_size", input_size), ("hidden_size", hidden_size)):
            if not isinstance(value, int):
                raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
            if value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self._names: list[list[str]] = []
        gates, real = _GATES[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            for direction in range(2 if bidirectional else 1):
                end = f"_l{layer}" + ("_reverse" if direction else "")
                inputs = input_size if layer == 0 else real * (2 if bidirectional else 1)
                shapes: dict[str, tuple[int, ...]] = {
                    f"weight_ih{end}": (gates, inputs), f"weight_hh{end}": (gates, real),
                }  # fmt: skip
                if bias:
                    shapes |= {f"bias_ih{end}": (gates,), f"bias_hh{end}": (gates,)}
                if proj_size:
                    shapes[f"weight_hr{end}"] = (proj_size, hidden_size)
                for name, shape in shapes.items():
                    setattr(self, name, new_parameter(shape, device, dtype))
                self._names.append(list(shapes))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform within ±1 / √hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Does nothing here: there is no cuDNN that wants its weights in one piece."""

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [w for weights in self.all_weights for w in weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._names for name in names]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size != 0:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        for name, default in (("bias", True), ("batch_first", False), ("dropout", 0), ("bidirectional", False)):
            if getattr(self, name) != default or (name == "bias" and self.bias is not True):
                text += f", {name}={getattr(self, name)}"
        return text

    # ------------------------------------------------------------------ checks
    def check_input(self, input: Any, batch_sizes: Any) -> None:
        """RuntimeError or ValueError where the input does not fit this layer."""
        weight = self._flat_weights[0]
        if input._data.dtype != weight._data.dtype and state.casting is None:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                f"input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )
        n = 2 if batch_sizes is not None else 3
        if input.dim() != n:
            raise RuntimeError(f"input must have {n} dimensions, got {input.dim()}")
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )

    def _expected(self, batch: int, size: int) -> tuple[int, ...]:
        return (self.num_layers * (2 if self.bidirectional else 1), batch, size)

    def check_hidden_size(
        self, hx: Any, expected: tuple[int, ...], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """RuntimeError where a state has another shape."""
        if tuple(hx.shape) != expected:
            raise RuntimeError(msg.format(expected, list(hx.shape)))

    # ------------------------------------------------------------------ running
    def _states(self, hx: Any) -> tuple[Any, ...] | None:
        return None if hx is None else (hx,)

    def _check_states(self, states: tuple[Any, ...], batch: int) -> None:
        self.check_hidden_size(states[0], self._expected(batch, self.proj_size or self.hidden_size))

    def _zeros(self, batch: int, like: Any) -> tuple[Any, ...]:
        return (new_zeros(self._expected(batch, self.hidden_size), like.device, like.dtype),)

    def _returned(self, states: tuple[Any, ...]) -> Any:
        return states[0]

    def _wrong_rank(self, hx: Any, batched: bool) -> str:
        words = ("batched 3-D", "3-D", "2-D") if batched else ("unbatched 2-D", "2-D", "3-D")
        return f"For {words[0]} input, hx should also be {words[1]} but got {hx[0].dim()}-D tensor"

    def _run(self, x: Any, states: tuple[Any, ...], sizes: list[int], packed: bool) -> tuple[Any, tuple[Any, ...]]:
        """All layers and directions on (steps, batch, features), or on packed rows."""
        weights = [[getattr(self, name) for name in names] for names in self._names]
        directions = 2 if self.bidirectional else 1
        return ops.layers(self.mode.lower(), x, states, weights, sizes, packed, directions, self._between)

    def _between(self, x: Any) -> Any:
        return F.dropout(x, self.dropout, self.training) if self.dropout else x

    def forward(self, input: Any, hx: Any = None) -> Any:
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.dim() not in (2, 3):
            tail = " tensor instead" if self.mode.startswith("RNN") else " instead"
            raise ValueError(f"{self._get_name()}: Expected input to be 2D or 3D, got {input.dim()}D{tail}")
        states = self._states(hx)
        batched = input.dim() == 3
        at = 0 if self.batch_first else 1
        if not batched:
            input = input.unsqueeze(at)
        if states is not None:
            if any(s.dim() != (3 if batched else 2) for s in states):
                raise RuntimeError(self._wrong_rank(states, batched))
            if not batched:
                states = tuple(s.unsqueeze(1) for s in states)
        batch = input.size(at)
        if states is None:
            states = self._zeros(batch, input)
        self.check_input(input, None)
        self._check_states(states, batch)
        x = input.transpose(0, 1) if self.batch_first else input
        if x.size(0) == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        out, last = self._run(x, states, [batch] * x.size(0), False)
        if self.batch_first:
            out = ops.batch_first(out, self.mode.lower())
        if not batched:
            out, last = out.squeeze(at), tuple(s.squeeze(1) for s in last)
        return out, self._returned(last)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> Any:
        data, batch_sizes, order, back = input
        sizes = [int(n) for n in batch_sizes.tolist()]
        states = self._states(hx)
        if states is None:
            states = self._zeros(sizes[0], data)
        elif order is not None:
            states = tuple(s.index_select(1, order) for s in states)
        self.check_input(data, batch_sizes)
        self._check_states(states, sizes[0])
        out, last = self._run(data, states, sizes, True)
        if back is not None:
            last = tuple(s.index_select(1, back) for s in last)
        return PackedSequence(out, batch_sizes, order, back), self._returned(last)


class RNN(RNNBase):
    """``h = tanh(W_ih x + b_ih + W_hh h + b_hh)`` over a sequence, in ``num_layers`` layers.

    Input (L, N, input_size), with ``batch_first`` (N, L, input_size), without a batch (L, input_size), or a packed
    sequence; returns the outputs of the last layer and the last hidden states (layers · directions, N, hidden_size).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        given = list(args)
        if len(given) > 3:  # (input_size, hidden_size, num_layers, nonlinearity, …)
            self_nonlinearity = given.pop(3)
        else:
            self_nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self_nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self_nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{self_nonlinearity.upper()}", *given, **kwargs)
        self.nonlinearity = self_nonlinearity


class GRU(RNNBase):
    """A gated recurrent unit over a sequence: reset and update gates decide what is forgotten. Shapes as in `RNN`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


class LSTM(RNNBase):
    """Long short-term memory over a sequence: a cell state that gates write, keep and read.

    Shapes as in `RNN`; the state is the pair (h, c). ``proj_size``: outputs are projected to that size.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def _states(self, hx: Any) -> tuple[Any, ...] | None:
        return None if hx is None else (hx[0], hx[1])

    def _check_states(self, states: tuple[Any, ...], batch: int) -> None:
        real = self.proj_size or self.hidden_size
        for i, (s, size) in enumerate(zip(states, (real, self.hidden_size))):
            self.check_hidden_size(s, self._expected(batch, size), f"Expected hidden[{i}] size {{}}, got {{}}")

    def _zeros(self, batch: int, like: Any) -> tuple[Any, ...]:
        sizes = (self.proj_size or self.hidden_size, self.hidden_size)
        return tuple(new_zeros(self._expected(batch, n), like.device, like.dtype) for n in sizes)

    def _returned(self, states: tuple[Any, ...]) -> Any:
        return states

    def _wrong_rank(self, hx: Any, batched: bool) -> str:
        words = ("batched 3-D", "3-D") if batched else ("unbatched 2-D", "2-D")
        return f"For {words[0]} input, hx and cx should also be {words[1]} but got ({hx[0].dim()}-D, {hx[1].dim()}-D) tensors"


# ------------------------------------------------------------------------------------ cells
class RNNCellBase(Module):
    """One step of a recurrent layer: weights ``weight_ih``, ``weight_hh``, ``bias_ih``, ``bias_hh``."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = new_parameter((rows, input_size), device, dtype)
        self.weight_hh = new_parameter((rows, hidden_size), device, dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, new_parameter((rows,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform within ±1 / √hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text + (f", nonlinearity={nonlinearity}" if nonlinearity != "tanh" else "")

    def _lifted(self, input: Any, hx: Any) -> tuple[Any, tuple[Any, ...], bool]:
        """Input and states with a batch dimension (states zeros unless given), and whether they had one."""
        name = self._get_name()
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        pair = isinstance(self, LSTMCell)
        states = None if hx is None else tuple(hx) if pair else (hx,)
        for i, s in enumerate(states or ()):
            if s.dim() not in (1, 2):
                which = f"hx[{i}]" if pair else "hidden"
                raise ValueError(f"{name}: Expected {which} to be 1D or 2D, got {s.dim()}D instead")
        if pair and states is not None and not isinstance(hx, (tuple, list)):
            raise TypeError("lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor")
        if pair and states is not None and len(states) != 2:
            raise RuntimeError("lstm_cell expects two hidden states")
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
        if states is None:
            zeros = new_zeros((input.size(0), self.hidden_size), input.device, input.dtype)
            states = (zeros, zeros) if pair else (zeros,)
        elif not batched:
            states = tuple(s.unsqueeze(0) for s in states)
            for i, s in enumerate(states):
                if s.dim() == 3:
                    raise RuntimeError(
                        f"hidden{i} has inconsistent hidden_size: got {s.size(1)}, expected {self.hidden_size}"
                    )
        return input, states, batched

    def _weights(self) -> tuple[Any, ...]:
        return (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)


class RNNCell(RNNCellBase):
    """One step of `RNN`: (N, input_size) and (N, hidden_size) to (N, hidden_size)."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        x, (h,), batched = self._lifted(input, hx)
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        new = functions[f"rnn_{self.nonlinearity}_cell"](x, h, *self._weights())
        return new if batched else new.squeeze(0)


class LSTMCell(RNNCellBase):
    """One step of `LSTM`: (N, input_size) and (h, c) to the new (h, c)."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        x, states, batched = self._lifted(input, hx)
        h, c = ops.lstm_cell(x, states, *self._weights())
        return (h, c) if batched else (h.squeeze(0), c.squeeze(0))


class GRUCell(RNNCellBase):
    """One step of `GRU`: (N, input_size) and (N, hidden_size) to (N, hidden_size)."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        x, (h,), batched = self._lifted(input, hx)
        new = ops.gru_cell(x, h, *self._weights())
        return new if batched else new.squeeze(0)
