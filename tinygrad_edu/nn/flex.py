"""``torch.nn.attention.flex_attention``: attention whose scores and masks are functions of positions.

A function of (batch, head, query, key) is called once, with positions that broadcast; nothing is left out of the products for a mask.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import dtypes
from ..autograd.variable import needs_grad
from ..ops.registry import functions

Mask = Callable[[Any, Any, Any, Any], Any]
_DEFAULT_SPARSE_BLOCK_SIZE = 128


class AuxRequest(NamedTuple):
    """What `flex_attention` is to return besides: the logarithms of the sums, the greatest scores."""

    lse: bool = False
    max_scores: bool = False


class AuxOutput(NamedTuple):
    """What an `AuxRequest` brings."""

    lse: Any = None
    max_scores: Any = None


def noop_mask(batch: Any, head: Any, token_q: Any, token_kv: Any) -> Any:
    """Everything may be seen."""
    return batch.new_ones(size=(), dtype=dtypes.bool_, device=batch.device)


def and_masks(*mask_mods: Mask) -> Mask:
    """What all of these masks let be seen."""
    _check_callable(mask_mods)

    def mask(b: Any, h: Any, q: Any, kv: Any) -> Any:
        result = b.new_ones((), dtype=dtypes.bool_)
        for each in mask_mods:
            result = result & each(b, h, q, kv)
        return result

    return mask


def or_masks(*mask_mods: Mask) -> Mask:
    """What any of these masks lets be seen."""
    _check_callable(mask_mods)

    def mask(b: Any, h: Any, q: Any, kv: Any) -> Any:
        result = b.new_zeros((), dtype=dtypes.bool_)
        for each in mask_mods:
            result = result | each(b, h, q, kv)
        return result

    return mask


def _check_callable(mask_mods: tuple[Mask, ...]) -> None:
    if not all(callable(each) for each in mask_mods):
        raise RuntimeError(f"All inputs should be callable mask_mods: {mask_mods}")


def _positions(sizes: tuple[int, ...], device: Any) -> list[Any]:
    """The numbers 0, 1, … of each of the four dimensions, so that they broadcast."""
    return [
        functions["arange"](n, device=device).view([n if i == d else 1 for i in range(4)]) for d, n in enumerate(sizes)
    ]


def create_mask(
    mod_fn: Mask, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None, **_: Any
) -> Any:
    """The mask of a function as a tensor (B, H, Q_LEN, KV_LEN): True where something may be seen.

    >>> create_mask(lambda b, h, q, kv: q >= kv, None, None, 2, 3)[0, 0]
    tensor([[ True, False, False],
            [ True,  True, False]])
    """
    sizes = (B or 1, H or 1, Q_LEN, KV_LEN)
    return mod_fn(*_positions(sizes, device)).expand(sizes).contiguous()


def _ordered(dense: Any) -> tuple[Any, Any]:
    """How many blocks of each row are set, and the numbers of the blocks with those in front."""
    dense = dense.to(dtypes.int32)
    indices = functions["argsort"](dense, dim=-1, descending=True, stable=True)
    return dense.sum(-1).to(dtypes.int32), indices.to(dtypes.int32).contiguous()


class BlockMask:
    """A mask by blocks: for each row of blocks, which are seen in part (``kv_indices``) and which as a whole (``full_kv_indices``)."""

    def __init__(self, mask: Any, mask_mod: Mask, block_size: tuple[int, int]) -> None:
        self.mask_mod, self.BLOCK_SIZE = mask_mod, block_size
        self.seq_lengths = tuple(mask.shape[-2:])
        b, h, *lengths = mask.shape
        rows, columns = (-(-n // size) for n, size in zip(lengths, block_size))
        padding = (0, columns * block_size[1] - lengths[1], 0, rows * block_size[0] - lengths[0])
        padded = functions["constant_pad_nd"](mask, padding, False)
        counts = padded.view(b, h, rows, block_size[0], columns, block_size[1]).sum((3, 5))
        full = counts == block_size[0] * block_size[1]
        part = (counts > 0) & ~full
        self.kv_num_blocks, self.kv_indices = _ordered(part)
        self.full_kv_num_blocks, self.full_kv_indices = _ordered(full)
        self.q_num_blocks, self.q_indices = _ordered(part.transpose(-2, -1))
        self.full_q_num_blocks, self.full_q_indices = _ordered(full.transpose(-2, -1))
        self._seen = part | full

    @property
    def shape(self) -> tuple[int, ...]:
        """(batches, heads, queries, keys)."""
        return (*self.kv_num_blocks.shape[:-1], *self.seq_lengths)

    def numel(self) -> int:
        """How many pairs of query and key there are."""
        return math.prod(self.shape)

    def sparsity(self) -> float:
        """The share, in percent, of pairs in blocks that are not looked at."""
        computed = int(self._seen.sum()) * self.BLOCK_SIZE[0] * self.BLOCK_SIZE[1]
        return 100 * (1 - computed / self.numel())

    def to_dense(self) -> Any:
        """1 for each block of which something is seen."""
        return self._seen.to(dtypes.int32)

    def __getitem__(self, index: Any) -> BlockMask:
        raise NotImplementedError("parts of a BlockMask: make one of a part of the mask")

    def __repr__(self) -> str:
        return f"BlockMask(shape={self.shape}, sparsity={self.sparsity():.2f}%, \n{self._picture()}\n)"

    def _picture(self) -> str:
        """Two characters a block; every batch and head one below the other."""
        parts = []
        for b, heads in enumerate(self._seen.tolist()):
            for h, rows in enumerate(heads):
                lines = ["".join("██" if seen else "  " for seen in row) for row in rows]
                parts.append("\n".join([f"({b}, {h})", *lines]))
        return "\n".join(parts)


def create_block_mask(
    mask_mod: Mask, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None,
    BLOCK_SIZE: int | tuple[int, int] = _DEFAULT_SPARSE_BLOCK_SIZE, _compile: bool = False,
) -> BlockMask:  # fmt: skip
    """The mask of a function by blocks, for `flex_attention`; ``B`` and ``H`` None where it is the same for all batches and heads."""
    size = (BLOCK_SIZE, BLOCK_SIZE) if isinstance(BLOCK_SIZE, int) else BLOCK_SIZE
    return BlockMask(create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device), mask_mod, size)


def _check(query: Any, key: Any, value: Any, enable_gqa: bool) -> None:
    if not query.dim() == key.dim() == value.dim() == 4:
        raise NotImplementedError("NYI: query, key, and value must be 4D tensors")
    heads, others = query.size(1), key.size(1)
    if not enable_gqa and heads != others:
        raise ValueError(
            f"Expect query and key/value to have the same number of heads but got Hq={heads} and Hkv={others}. Try setting "
            "enable_gqa=True for GQA."
        )
    if heads % others:
        raise ValueError(
            f"Expect number of query heads to be a multiple of kv heads for GQA but got Hq={heads} and Hkv={others}."
        )
    if query.device.type == "cpu" and any(needs_grad(t) for t in (query, key, value)):
        raise NotImplementedError(
            "FlexAttention does not support backward on CPU. Please set the input requires_grad to False or use another device."
        )


def flex_attention(
    query: Any, key: Any, value: Any, score_mod: Callable[..., Any] | None = None, block_mask: BlockMask | None = None,
    scale: float | None = None, enable_gqa: bool = False, return_lse: bool = False, kernel_options: Any = None, *,
    return_aux: AuxRequest | None = None,
) -> Any:  # fmt: skip
    """Attention with ``score_mod(score, b, h, q, kv)`` in the place of each score, and only where ``block_mask`` lets it be.

    query (B, Hq, L, E), key (B, Hkv, S, E), value (B, Hkv, S, Ev) → (B, Hq, L, Ev). As in torch there are no gradients on the CPU.
    """
    _check(query, key, value, enable_gqa)
    if query.size(1) != key.size(1):
        key, value = (t.repeat_interleave(query.size(1) // t.size(1), dim=1) for t in (key, value))
    scores = query @ key.transpose(-2, -1) * (1 / math.sqrt(query.size(-1)) if scale is None else scale)
    places = _positions(tuple(scores.shape), query.device)
    if score_mod is not None:
        scores = score_mod(scores, *places)
    if block_mask is not None:
        scores = functions["where"](block_mask.mask_mod(*places), scores, -math.inf)
    empty = (scores == -math.inf).all(-1, keepdim=True)
    out = scores.softmax(-1).masked_fill(empty, 0.0).to(query.dtype) @ value
    if return_aux is not None:
        lse = scores.logsumexp(-1) if return_aux.lse else None
        return out, AuxOutput(lse, scores.amax(-1) if return_aux.max_scores else None)
    return (out, scores.logsumexp(-1)) if return_lse else out


__all__ = [
    "AuxOutput", "AuxRequest", "BlockMask", "and_masks", "create_block_mask", "create_mask", "flex_attention", "noop_mask", "or_masks",
]  # fmt: skip
