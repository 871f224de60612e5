"""Sequences of different lengths in one batch: padded with zeros, or packed without gaps.

A `PackedSequence` stores time step after time step: first the first elements of all sequences (longest first), then the second
elements of those that have one … ``batch_sizes[t]`` says how many sequences are still running at time t.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from ... import dtypes
from ...autograd.op import Op
from ...autograd.variable import Variable
from ...ops._signature import type_name
from ...ops.registry import functions


class _Fields(NamedTuple):
    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


class PackedSequence(_Fields):
    """Sequences of different lengths without padding; made by `pack_padded_sequence` and `pack_sequence`."""

    def __new__(
        cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        elif batch_sizes.device.type != "cpu":
            raise ValueError(
                "batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. They "
                "should be instantiated by functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. "
                "https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence"
            )
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """With its data converted or moved; itself when nothing changes."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        moved = [None if i is None else i.to(data.device) for i in (self.sorted_indices, self.unsorted_indices)]
        return type(self)(data, self.batch_sizes, *moved)

    def cpu(self) -> PackedSequence:
        """In the computer's own memory."""
        return self.to("cpu")

    def cuda(self, device: Any = None) -> PackedSequence:
        """On a GPU."""
        return self.to("cuda" if device is None else device)

    def pin_memory(self) -> PackedSequence:
        """With its tensors in page-locked memory."""
        pinned = [
            None if i is None else i.pin_memory() for i in (self.data, self.sorted_indices, self.unsorted_indices)
        ]
        return type(self)(pinned[0], self.batch_sizes, *pinned[1:])

    def double(self) -> PackedSequence:
        """Its data as float64."""
        return self.to(dtype=dtypes.float64)

    def float(self) -> PackedSequence:
        """Its data as float32."""
        return self.to(dtype=dtypes.float32)

    def half(self) -> PackedSequence:
        """Its data as float16."""
        return self.to(dtype=dtypes.float16)

    def long(self) -> PackedSequence:
        """Its data as int64."""
        return self.to(dtype=dtypes.int64)

    def int(self) -> PackedSequence:
        """Its data as int32."""
        return self.to(dtype=dtypes.int32)

    def short(self) -> PackedSequence:
        """Its data as int16."""
        return self.to(dtype=dtypes.int16)

    def char(self) -> PackedSequence:
        """Its data as int8."""
        return self.to(dtype=dtypes.int8)

    def byte(self) -> PackedSequence:
        """Its data as uint8."""
        return self.to(dtype=dtypes.uint8)

    @property
    def is_cuda(self) -> bool:
        return bool(self.data.is_cuda)

    def is_pinned(self) -> bool:
        """Whether its data lies in page-locked memory."""
        return bool(self.data.is_pinned())


def invert_permutation(permutation: Any) -> Any:
    """Where each place has gone: ``inverse[permutation[i]] == i``."""
    if permutation is None:
        return None
    return functions["argsort"](permutation)


def _steps(lengths: list[int]) -> list[int]:
    """How many of the sequences (sorted, longest first) have an element at each time."""
    return [sum(n > t for n in lengths) for t in range(lengths[0])]


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack a padded batch, T × B × * (B × T × * with ``batch_first``); ``lengths`` says where each sequence ends.

    The sequences must be sorted by length, longest first, unless ``enforce_sorted=False``.
    """
    if isinstance(lengths, Variable):
        lengths = lengths.to(dtype=dtypes.int64)  # type: ignore[attr-defined]
        if lengths.is_cuda:
            raise RuntimeError(
                f"'lengths' argument should be a 1D CPU int64 tensor, but got 1D {lengths.device} Long tensor"
            )
    else:
        lengths = functions["as_tensor"](lengths, dtype=dtypes.int64)
    if lengths.dim() != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths.dim()}D {lengths.device} Long tensor"
        )
    order = None
    if not enforce_sorted:
        lengths, order = functions["sort"](lengths, descending=True)
        order = order.to(input.device)
        input = input.index_select(0 if batch_first else 1, order)
    if batch_first:
        input = input.transpose(0, 1)
    ends = lengths.tolist()
    time, batch = input.size(0), input.size(1)
    if not ends:
        raise RuntimeError("Cannot pack empty tensors.")
    if len(ends) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(ends)} (batch_size={batch})"
        )
    if min(ends) <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(a < b for a, b in pairwise(ends)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not "
            "need ONNX exportability."
        )
    if ends[0] > time:
        raise RuntimeError(
            f"Expected `lengths` to be at most {time}, the length of the padded batch, but got {ends[0]}"
        )
    sizes = _steps(ends)
    data = Op.table["pack_padded_sequence"](input, sizes)
    return PackedSequence(data, functions["tensor"](sizes, dtype=dtypes.int64), order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Any]:
    """The padded batch that was packed, and the lengths of its sequences."""
    sizes = sequence.batch_sizes.tolist()
    longest = len(sizes)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got total_length="
                f"{total_length} and max sequence length being {longest}"
            )
        longest = total_length
    batch = sizes[0]
    lengths = functions["tensor"]([sum(n > b for n in sizes) for b in range(batch)], dtype=dtypes.int64)
    rest = sequence.data.shape[1:]
    padded = sequence.data.new_full((longest, batch, *rest), padding_value)
    start = done = 0
    for n, same in groupby(sizes):  # steps that as many sequences reach
        steps = len(list(same))
        rows = sequence.data[done : done + steps * n].view(steps, n, *rest)
        padded[start : start + steps, :n].copy_(rows)
        start, done = start + steps, done + steps * n
    if batch_first:
        padded = padded.transpose(0, 1)
    back = sequence.unsorted_indices
    if back is not None:
        return padded.index_select(0 if batch_first else 1, back), lengths[back.cpu()]
    return padded, lengths


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Any:
    """Stack sequences of shapes L × * into T × B × * (B × T × * with ``batch_first``), the shorter ones padded.

    >>> import tinygrad_edu as tg
    >>> pad_sequence([tg.tensor([1, 2, 3]), tg.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    sequences = list(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    for i, s in enumerate(sequences):
        if not isinstance(s, Variable):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type_name(s)}")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest, first = max(len(s) for s in sequences), sequences[0]
    around = (len(sequences), longest) if batch_first else (longest, len(sequences))
    padded = first.new_full((*around, *first.shape[1:]), padding_value)
    for i, s in enumerate(sequences):
        row = padded.select(0 if batch_first else 1, i)
        row.narrow(0, longest - len(s) if padding_side == "left" else 0, len(s)).copy_(s)
    return padded


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The sequences of a padded batch, cut to their lengths."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    steps = functions["arange"](padded_sequences.shape[1], device=lengths.device)
    return [s[steps < n] for s, n in zip(padded_sequences.unbind(0), lengths, strict=True)]


def pack_sequence(sequences: list[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences of shapes L × *."""
    lengths = functions["as_tensor"]([len(s) for s in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """The sequences that were packed."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
