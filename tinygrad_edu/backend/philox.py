"""Random numbers on a GPU: Philox4x32-10 in array operations, the same numbers on every device.

Word i of a stream is a function of (seed, i) alone: word i % 4 of the generator's block i // 4. There is no state to keep but
the count of words drawn, and all numbers of a call are computed at once. A call starts at a new block.

    uniform       (word mod 2**24) / 2**24; float64 (two words, the high one first, mod 2**53) / 2**53
    normal        Box-Muller: n radii from the first uniforms, n angles from the next; r·cos for the first half, r·sin after
    exponential, cauchy, geometric, bernoulli    from 53-bit uniforms, by torch's formulas
    randint       word mod range below 2**28, from there on the two-word value mod range
    randperm      the order that sorts as many two-word values
    multinomial   the n largest p / exponential; with replacement a search in the cumulative sums
    poisson       NumPy's, on the host, seeded with (seed, count)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import Kernels
from .mt19937 import DEFAULT_SEED
from .randomchecks import (
    DIGITS,
    UNSIGNED,
    check_continuous,
    check_implemented,
    check_multinomial,
    check_range,
    check_uniform,
    next_float,
    previous_float,
)  # fmt: skip
from .randommath import real_type

_MULTIPLY = (0xD2511F53, 0xCD9E8D57)
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = 0xFFFFFFFF


def _keys(seed: int) -> list[tuple[int, int]]:
    """The two words that each of the ten rounds mixes in."""
    return [(((seed & _LOW) + i * _WEYL[0]) & _LOW, ((seed >> 32) + i * _WEYL[1]) & _LOW) for i in range(10)]


def philox(xp: Any, seed: int, first: int, n: int, start: Any = None) -> Any:
    """``n`` blocks of four 32-bit words (shape (n, 4), uint64) from block number ``first`` on.

    ``start``: the numbers of `_keys`, and a block number to add to ``first``, as an array on the device.

    >>> [hex(word) for word in philox(np, 0, 0, 1)[0]]  # the published vector for counter and key 0
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    low, shift = xp.uint64(_LOW), xp.uint64(32)
    block = xp.arange(n, dtype=xp.uint64) + xp.uint64(first)
    keys: Any
    if start is None:
        keys = [(xp.uint64(a), xp.uint64(b)) for a, b in _keys(seed)]
    else:
        keys, block = [(start[i], start[10 + i]) for i in range(10)], block + start[20]
    a, b = block & low, block >> shift
    c, d = xp.zeros_like(block), xp.zeros_like(block)
    for key in keys:
        left, right = a * xp.uint64(_MULTIPLY[0]), c * xp.uint64(_MULTIPLY[1])
        a, b = (right >> shift) ^ b ^ key[0], right & low
        c, d = (left >> shift) ^ d ^ key[1], left & low
    return xp.stack([a, b, c, d], axis=1)


class PhiloxStream:
    """A stream of random numbers on the device of ``kernels``; its methods are those of the CPU's `MT19937Stream`."""

    def __init__(self, kernels: Kernels, seed: int = DEFAULT_SEED) -> None:
        self._kernels, self._xp = kernels, kernels.xp
        self._start: Any = None  # while work is recorded: where this stream begins, on the device
        self.seed(seed)

    # ------------------------------------------------------------------------------------------ state
    def seed(self, seed: int) -> None:
        """Start again from ``seed``."""
        self.initial_seed = seed % 2**64
        self.offset = 0  # words drawn

    def get_state(self) -> Any:
        """Seed and count as 16 bytes (a NumPy uint8 array)."""
        return np.array([self.initial_seed, self.offset], np.uint64).view(np.uint8)

    def set_state(self, state: Any) -> None:
        """Continue from what `get_state` gave; RuntimeError for another size."""
        if state.size != 16:
            raise RuntimeError("RNG state is wrong size")
        self.initial_seed, self.offset = np.ascontiguousarray(state).view(np.uint64).tolist()

    def fork(self) -> PhiloxStream:
        """A copy that goes on independently from the same point."""
        copy = PhiloxStream(self._kernels, self.initial_seed)
        copy.offset = self.offset
        return copy

    # ------------------------------------------------------------------------------------------ recorded work
    def place_on_device(self) -> Any:
        """Keys and block number from which recorded work draws (see `philox`), as numbers that the device holds."""
        first, second = zip(*_keys(self.initial_seed))
        return self._kernels.from_host(np.array([*first, *second, self._next_block()], np.uint64), None)

    def _next_block(self) -> int:
        """The number of the first block from which nothing has been drawn."""
        return -(-self.offset // 4)

    def begin_recording(self, start: Any) -> int:
        """From here on count from 0, and begin where ``start`` says when the work is run; the count until now."""
        before, self.offset, self._start = self.offset, 0, start
        return before

    def end_recording(self, before: int) -> int:
        """Go on from where recording began; how many words the recorded work draws."""
        words, self.offset, self._start = self.offset, before, None
        return words

    def skip(self, words: int, start: Any) -> None:
        """Recorded work is about to draw so many words: from here on."""
        start[...] = self.place_on_device()
        self.offset = 4 * self._next_block() + words

    # ------------------------------------------------------------------------------------------ draws
    def random32(self, n: int) -> Any:
        """``n`` words of 32 bits (as uint64)."""
        first, blocks = self._next_block(), -(-n // 4)
        self.offset = 4 * (first + blocks)
        return philox(self._xp, self.initial_seed, first, blocks, self._start).ravel()[:n]

    def random64(self, n: int) -> Any:
        """``n`` numbers of 64 bits (uint64), two words each, the high half first."""
        words = self.random32(2 * n).reshape(n, 2)
        return (words[:, 0] << self._xp.uint64(32)) | words[:, 1]

    def _uniform24(self, n: int) -> Any:
        return (self.random32(n) & self._xp.uint64(2**24 - 1)).astype(np.float32) * np.float32(2**-24)

    def _uniform53(self, n: int) -> Any:
        return (self.random64(n) & self._xp.uint64(2**53 - 1)).astype(np.float64) * 2**-53

    # ------------------------------------------------------------------------------------------ continuous
    def uniform(self, shape: Sequence[int], low: float = 0.0, high: float = 1.0, dtype: Any = np.float32) -> Any:
        """Uniform on [low, high)."""
        dtype = np.dtype(dtype)
        if dtype.kind == "c":
            return self._complex(self.uniform((*shape, 2), low, high, real_type(dtype)), dtype)
        check_uniform(low, high, dtype)
        n = math.prod(shape)
        u = self._uniform53(n) if dtype == np.float64 else self._uniform24(n)
        u = (u * (high - low) + low).astype(dtype)
        u[u == dtype.type(high)] = dtype.type(low)  # rounding may reach the bound that is excluded
        return u.reshape(shape)

    def normal(
        self,
        shape: Sequence[int],
        mean: float = 0.0,
        std: float = 1.0,
        dtype: Any = np.float32,
        *,
        contiguous: bool = True,
    ) -> Any:
        """Normal numbers by the Box-Muller method."""
        dtype = np.dtype(dtype)
        if not std >= 0:
            raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
        if dtype.kind == "c":
            return self._complex(self.normal((*shape, 2), mean, std / math.sqrt(2), real_type(dtype)), dtype)
        check_implemented(dtype, "normal_kernel_cuda")
        return (self._normal(math.prod(shape), dtype) * std + mean).astype(dtype).reshape(shape)

    def _normal(self, n: int, dtype: np.dtype) -> Any:
        xp, half = self._xp, (n + 1) // 2
        u = (self._uniform53 if dtype == np.float64 else self._uniform24)(2 * half)
        radius, theta = xp.sqrt(-2 * xp.log1p(-u[:half])), 2 * math.pi * u[half:]
        return xp.concatenate([radius * xp.cos(theta), radius * xp.sin(theta)])[:n]

    def _complex(self, pairs: Any, dtype: np.dtype) -> Any:
        return (pairs[..., 0] + 1j * pairs[..., 1]).astype(dtype)

    def log_normal(self, shape: Sequence[int], mean: float = 1.0, std: float = 2.0, dtype: Any = np.float32) -> Any:
        """exp of normal numbers."""
        dtype = np.dtype(dtype)
        if not std > 0:
            raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
        check_implemented(dtype, "log_normal_cuda")
        return self._xp.exp(self._normal(math.prod(shape), dtype) * std + mean).astype(dtype).reshape(shape)

    def exponential(self, shape: Sequence[int], lambd: float = 1.0, dtype: Any = np.float32) -> Any:
        """-log(1 - u) / lambd."""
        dtype = np.dtype(dtype)
        if not lambd > 0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
        check_continuous(dtype, "Exponential", 0)
        return (self._xp.log1p(-self._uniform53(math.prod(shape))) / -lambd).astype(dtype).reshape(shape)

    def cauchy(self, shape: Sequence[int], median: float = 0.0, sigma: float = 1.0, dtype: Any = np.float32) -> Any:
        """median + sigma · tan(π (u - ½))."""
        dtype = np.dtype(dtype)
        if not sigma > 0:
            raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
        check_continuous(dtype, "Cauchy", 1)
        u = self._uniform53(math.prod(shape))
        return (median + sigma * self._xp.tan(math.pi * (u - 0.5))).astype(dtype).reshape(shape)

    def geometric(self, shape: Sequence[int], p: float, dtype: Any = np.float32) -> Any:
        """The number of trials up to the first success."""
        dtype = np.dtype(dtype)
        if not 0 < p < 1:
            raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
        missing = (*UNSIGNED, "bool", "complex64", "complex128")
        check_implemented(dtype, "geometric_cuda", lambda d: d.name not in missing)
        u = 1 - self._uniform53(math.prod(shape))  # in (0, 1]
        return self._xp.maximum(self._xp.ceil(self._xp.log(u) / math.log1p(-p)), 1).astype(dtype).reshape(shape)

    # ------------------------------------------------------------------------------------------ integers
    def randint(self, low: int, high: int, shape: Sequence[int], dtype: Any = np.int64) -> Any:
        """Integers in [low, high)."""
        dtype = np.dtype(dtype)
        if low >= high:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        if dtype.name in DIGITS:
            low, high = next_float(low, dtype), previous_float(high, dtype)
        check_range(low, high - 1, dtype)
        return self._from_range(low, high - low, shape, dtype)

    def random(self, shape: Sequence[int], dtype: Any = np.int64) -> Any:
        """Integers over all non-negative numbers of an integer type, or in [0, 2**digits] for a float type."""
        dtype = np.dtype(dtype)
        check_implemented(dtype, "random_kernel_cuda", lambda d: d.kind != "c" and d.name not in UNSIGNED)
        return self._from_range(0, self._top(dtype) + 1, shape, dtype)

    def random_from(self, low: int, shape: Sequence[int], dtype: Any = np.int64) -> Any:
        """Integers from ``low`` to the largest that `random` gives."""
        dtype = np.dtype(dtype)
        check_range(low, self._top(dtype), dtype)
        return self._from_range(low, self._top(dtype) - low + 1, shape, dtype)

    def _top(self, dtype: np.dtype) -> int:
        return 1 if dtype.kind == "b" else 2 ** DIGITS[dtype.name] if dtype.name in DIGITS else int(np.iinfo(dtype).max)

    def _from_range(self, low: int, span: int, shape: Sequence[int], dtype: np.dtype) -> Any:
        n = math.prod(shape)
        values = self.random64(n) if span >= 2**28 else self.random32(n)
        if span < 2**64:
            values = values % self._xp.uint64(span)
        return (values + self._xp.uint64(low % 2**64)).view(np.int64).astype(dtype).reshape(shape)

    def randperm(self, n: int, dtype: Any = np.int64) -> Any:
        """A permutation of 0 … n - 1."""
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
        dtype = np.dtype(dtype)
        check_implemented(dtype, "randperm", lambda d: d.kind not in "bc" and d.name not in UNSIGNED)
        return self._xp.argsort(self.random64(n)).astype(dtype)

    # ------------------------------------------------------------------------------------------ discrete
    def bernoulli_scalar(self, shape: Sequence[int], p: float = 0.5, dtype: Any = np.float32) -> Any:
        """1 with probability ``p``."""
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
        return (self._uniform24(math.prod(shape)) < np.float32(p)).astype(dtype).reshape(shape)

    def bernoulli_tensor(self, p: Any, dtype: Any = None) -> Any:
        """1 with probability ``p[i]``."""
        check_implemented(p.dtype, "bernoulli_tensor_cuda_p_")
        u = (self._uniform53 if p.dtype == np.float64 else self._uniform24)(p.size)
        return (u.reshape(p.shape) < p).astype(p.dtype if dtype is None else dtype)

    def dropout_mask(self, shape: Sequence[int], p: float, dtype: Any = np.float32) -> Any:
        """What dropout multiplies by: 0 with probability ``p``, else 1 / (1 - p)."""
        return self.bernoulli_scalar(shape, 1.0 - p, dtype) / np.dtype(dtype).type(1.0 - p)

    def multinomial(self, probs: Any, n: int, replacement: bool = False) -> Any:
        """Indices of ``n`` categories for each row of weights."""
        xp = self._xp
        check_multinomial(self._kernels.to_host(probs), n, replacement)
        if n == 1 or not replacement:
            score = probs / self.exponential(probs.shape, 1.0, probs.dtype)
            return xp.argsort(-score, axis=-1)[..., :n]
        cumulative = xp.cumsum(probs.astype(np.float64), axis=-1)
        cumulative = cumulative / cumulative[..., -1:]
        u = self._uniform53(math.prod(probs.shape[:-1]) * n).reshape(*probs.shape[:-1], n)
        found = (cumulative[..., None, :] <= u[..., None]).sum(axis=-1)
        return xp.minimum(found, probs.shape[-1] - 1).astype(np.int64)

    def poisson(self, rate: Any) -> Any:
        """Poisson counts of the given rates, in their dtype and shape."""
        check_implemented(rate.dtype, "poisson_cuda")
        rates = self._kernels.to_host(rate).astype(np.float64)
        if not np.all(rates >= 0):
            raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
        draws = self._on_host(rate.size).poisson(rates)
        return self._kernels.from_host(draws.astype(rate.dtype), self._kernels.device_index(rate))

    def _on_host(self, n: int) -> np.random.Generator:
        """NumPy's own methods, for ``n`` numbers of this stream."""
        found = np.random.Generator(np.random.Philox(key=self.initial_seed, counter=self.offset))
        self.offset += n
        return found

    def gamma(self, alpha: Any) -> Any:
        """Gamma variables of scale 1 and the given shapes, in their dtype."""
        draws = self._on_host(alpha.size).standard_gamma(self._kernels.to_host(alpha).astype(np.float64))
        return self._kernels.from_host(draws.astype(alpha.dtype), self._kernels.device_index(alpha))

    def dirichlet(self, alpha: Any) -> Any:
        """Gamma variables divided by their sum along the last dimension."""
        draws = self.gamma(alpha)
        return draws / draws.sum(axis=-1, keepdims=True)

    def binomial(self, count: Any, prob: Any) -> Any:
        """Successes among ``count`` trials."""
        trials, chance = (self._kernels.to_host(x).astype(np.float64) for x in (count, prob))
        draws = self._on_host(count.size).binomial(trials.astype(np.int64), chance)
        return self._kernels.from_host(draws.astype(count.dtype), self._kernels.device_index(count))
