"""Random numbers on the CPU: torch's generator and its distributions, number for number.

The engine is the Mersenne Twister MT19937 with the classic one-integer seeding, which NumPy has too; what makes the
streams equal to torch's is how many 32-bit draws each distribution takes, in which order, and the arithmetic done on
them.

Every method returns a new array in C order. `fill` lays such numbers into an existing array in the order in which torch
visits it (memory order, so a transposed tensor gets the same numbers in the same memory cells).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from . import gammas, selection
from .boxmuller import box_muller
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
)
from .randommath import as_complex, box_muller64, fma64, from_int64, narrow, poisson, precise, real_type, widen

Array: TypeAlias = Any  # a NumPy array
Shape: TypeAlias = Sequence[int]

DEFAULT_SEED = 67280421310721  # what a new torch.Generator starts from
N = 624  # words of engine state
PIECE = 1 << 16  # numbers made at a time: what they need on the way stays in the processor's cache

# The memory layout of torch.get_rng_state(): 5056 bytes.
STATE = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "words", "normal", "has_normal", "normal32", "has_normal32"],
        "formats": ["<u8", "<i4", "<i4", "<u8", ("<u8", N), "<f8", "<i4", "<f4", "?"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040, 5048, 5052],
        "itemsize": 5056,
    }
)


def fill(out: Array, values: Array) -> Array:
    """Put ``values`` (any shape, ``out.size`` of them) into ``out`` in torch's order: largest stride outermost.

    >>> fill(np.empty((2, 3), order="F"), np.arange(6.0))
    array([[0., 2., 4.],
           [1., 3., 5.]])
    """
    order = sorted(range(out.ndim), key=lambda d: -abs(out.strides[d]) if out.shape[d] != 1 else 0)
    view = out.transpose(order)
    view[...] = values.reshape(view.shape)
    return out


def _largest(scores: Array, n: int) -> Array:
    """The places of each row's ``n`` largest numbers, largest first; equal ones in the order in which `topk` has them."""
    places = np.argsort(-scores, axis=-1, kind="stable")[:, : n + 1]
    best = np.take_along_axis(scores, places, axis=-1)
    places = np.ascontiguousarray(places[:, :n])
    for row in np.flatnonzero((best[:, 1:] == best[:, :-1]).any(axis=-1)):
        places[row] = selection.topk(scores[row], n, True)
    return places


class MT19937Stream:
    """A stream of random numbers equal to that of a torch CPU generator with the same seed.

    >>> MT19937Stream(0).uniform((3,))
    array([0.4962566 , 0.7682218 , 0.08847743], dtype=float32)
    """

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self._bits = np.random.MT19937(0)
        self.seed(seed)

    # ------------------------------------------------------------------------------------------ state
    def seed(self, seed: int) -> None:
        """Start again from ``seed`` (its low 32 bits count; a negative one is taken modulo 2**64)."""
        self.initial_seed = seed % 2**64
        self._bits._legacy_seeding(self.initial_seed & 0xFFFFFFFF)
        self._fresh = True  # no draw yet: torch writes this state differently from that of a used-up block
        self._normal: float | None = None  # the second value of the last Box-Muller pair
        self._normal32: float | None = None  # torch's CPU code never makes one, but its state has room for it

    def get_state(self) -> Array:
        """The state as torch's 5056 bytes (uint8)."""
        engine = self._bits.state["state"]
        state = np.zeros((), STATE)
        position = 0 if self._fresh else engine["pos"]
        state["seed"], state["seeded"], state["words"] = self.initial_seed, 1, engine["key"]
        state["next"], state["left"] = position, 1 if self._fresh else N + 1 - position
        if self._normal is not None:
            state["normal"], state["has_normal"] = self._normal, 1
        if self._normal32 is not None:
            state["normal32"], state["has_normal32"] = self._normal32, True
        return np.frombuffer(state.tobytes(), np.uint8).copy()

    def set_state(self, state: Array) -> None:
        """Continue from a state that `get_state` (or torch.get_rng_state) gave.

        Raises RuntimeError for a wrong size or contents that cannot be a state.
        """
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE.itemsize} but found the input RNG state size to be "
                f"{state.size}"
            )
        found = np.frombuffer(np.ascontiguousarray(state, np.uint8).tobytes(), STATE)[0]
        left, position = int(found["left"]), int(found["next"])
        if not found["seeded"] or not 0 < left <= N or position > N:
            raise RuntimeError("Invalid mt19937 state")
        self._fresh = left == 1 and position == 0
        key = found["words"].astype(np.uint32)
        self._bits.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": N if left == 1 else position}}
        self.initial_seed = int(found["seed"])
        self._normal = float(found["normal"]) if found["has_normal"] else None
        self._normal32 = float(found["normal32"]) if found["has_normal32"] else None

    def fork(self) -> MT19937Stream:
        """A copy that goes on independently from the same point."""
        copy = MT19937Stream()
        copy.set_state(self.get_state())
        return copy

    # ------------------------------------------------------------------------------------------ draws
    def random32(self, n: int) -> Array:
        """``n`` draws of 32 bits (uint32)."""
        if n:
            self._fresh = False
        draws = np.empty(n, np.uint32)  # NumPy draws 64 bits wide: piece by piece that needs no memory to speak of
        for start in range(0, n, PIECE):
            part = draws[start : start + PIECE]
            part[...] = self._bits.random_raw(len(part))
        return draws

    def random64(self, n: int) -> Array:
        """``n`` numbers of 64 bits (uint64), two draws each, the high half first."""
        if n:
            self._fresh = False
        raw = self._bits.random_raw(2 * n).reshape(n, 2)
        return (raw[:, 0] << np.uint64(32)) | raw[:, 1]

    def _random53(self, n: int) -> Array:
        return self.random64(n) & np.uint64(2**53 - 1)

    def _uniform24(self, n: int) -> Array:
        draws = self.random32(n)
        u = draws.view(np.float32)  # in the same memory
        for start in range(0, n, PIECE):
            whole = draws[start : start + PIECE] & np.uint32(2**24 - 1)
            np.multiply(whole.view(np.int32), np.float32(2**-24), out=u[start : start + PIECE], dtype=np.float32)
        return u

    def _uniform53(self, n: int) -> Array:
        u = self._random53(n).view(np.int64).astype(np.float64)
        u *= 2**-53
        return u

    @contextmanager
    def _one_by_one(self) -> Iterator[Iterator[float]]:
        """53-bit uniforms for an algorithm that cannot say in advance how many it needs; takes exactly those used."""
        start = self._bits.state
        used = 0

        def draw() -> Iterator[float]:
            nonlocal used
            while True:
                for u in self._uniform53(256).tolist():
                    used += 1
                    yield u

        yield draw()
        self._bits.state = start
        self._bits.random_raw(2 * used, output=False)

    # ------------------------------------------------------------------------------------------ continuous
    def uniform(self, shape: Shape, low: float = 0.0, high: float = 1.0, dtype: Any = np.float32) -> Array:
        """Uniform on [low, high): 24 bits and one draw an element, 53 bits and two draws in float64."""
        dtype = np.dtype(dtype)
        if dtype.kind == "c":
            return as_complex(self.uniform((*shape, 2), low, high, real_type(dtype)), dtype)
        check_uniform(low, high, dtype)
        n = math.prod(shape)
        start: Any
        end: Any
        if dtype == np.float64:
            u = self._uniform53(n)
            if low != 0.0 or high != 1.0:
                u = fma64(u, high - low, low)
            start, end = np.float64(low), np.float64(high)
        else:
            u = self._uniform24(n)
            start, end = np.float32(low), np.float32(high)
            if low != 0.0 or high != 1.0:
                for first in range(0, n, PIECE):
                    part = u[first : first + PIECE]
                    part[...] = part * np.float64(end - start) + np.float64(start)
            u, start, end = (v.astype(dtype, copy=False) for v in (u, start, end))
        if low != 0.0 or high != 1.0 or dtype.itemsize == 2:
            u[u == end] = start  # rounding may reach the bound that is excluded
        return u.reshape(shape)

    def normal(
        self, shape: Shape, mean: float = 0.0, std: float = 1.0, dtype: Any = np.float32, *, contiguous: bool = True
    ) -> Array:
        """Normal numbers by the Box-Muller method.

        From 16 elements on, if the tensor to be filled is contiguous, uniforms are turned into normals 16 at a time;
        else one pair at a time in double precision, keeping the second value for the next call.
        """
        dtype = np.dtype(dtype)
        if not std >= 0:
            raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
        if dtype.kind == "c":
            pair = self.normal((*shape, 2), mean, std / math.sqrt(2), real_type(dtype), contiguous=contiguous)
            return as_complex(pair, dtype)
        check_implemented(dtype, "normal_kernel_cpu")
        n = math.prod(shape)
        if n < 16 or not contiguous:
            return narrow(self._normal_pairs(n, mean, std), dtype).reshape(shape)
        if dtype == np.float64:
            uniform, transform = self._uniform53, box_muller64
        else:
            uniform, transform = self._uniform24, box_muller
        whole = n - n % 16
        # A last, partial block is drawn again as the last 16 elements; 16-bit types never draw its first version.
        out = uniform(n if dtype.itemsize > 2 else whole)
        if whole < n:
            out = np.concatenate([out[:whole], np.empty(n - whole, out.dtype)])
        transform(out[:whole].reshape(-1, 16), mean, std)
        if whole < n:
            out[-16:] = transform(uniform(16).reshape(1, 16), mean, std)[0]
        return out.astype(dtype, copy=False).reshape(shape)

    def _normal_pairs(self, n: int, mean: float, std: float) -> Array:
        """The one-pair-at-a-time method: cosine first; the sine waits for its turn."""
        values = [] if self._normal is None or n == 0 else [self._normal]
        if values:
            self._normal = None
        pairs = (n - len(values) + 1) // 2
        u = self._uniform53(2 * pairs).tolist()
        for angle, radius in zip(u[::2], u[1::2], strict=True):
            r = math.sqrt(-2.0 * math.log1p(-radius))
            theta = 2.0 * math.pi * angle
            values.append(r * math.cos(theta))
            values.append(r * math.sin(theta))
        if len(values) > n:
            self._normal = values.pop()
        return fma64(np.array(values, np.float64), std, mean)

    def log_normal(self, shape: Shape, mean: float = 1.0, std: float = 2.0, dtype: Any = np.float32) -> Array:
        """exp of normal numbers (always taken one pair at a time)."""
        dtype = np.dtype(dtype)
        if not std > 0:
            raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
        check_implemented(dtype, "log_normal_cpu")
        x = self._normal_pairs(math.prod(shape), mean, std)
        with np.errstate(over="ignore"):
            return narrow(precise(math.exp, np.exp, x, dtype), dtype).reshape(shape)

    def exponential(self, shape: Shape, lambd: float = 1.0, dtype: Any = np.float32) -> Array:
        """-log(1 - u) / lambd."""
        dtype = np.dtype(dtype)
        if not lambd > 0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
        check_continuous(dtype, "Exponential", 0)
        u = self._uniform53(math.prod(shape))
        return narrow(-1.0 / lambd * precise(math.log1p, np.log1p, -u, dtype), dtype).reshape(shape)

    def cauchy(self, shape: Shape, median: float = 0.0, sigma: float = 1.0, dtype: Any = np.float32) -> Array:
        """median + sigma · tan(π (u - ½))."""
        dtype = np.dtype(dtype)
        if not sigma > 0:
            raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
        check_continuous(dtype, "Cauchy", 1)
        u = self._uniform53(math.prod(shape))
        tangent = precise(math.tan, np.tan, math.pi * (u - 0.5), dtype)
        return narrow(fma64(tangent, sigma, median), dtype).reshape(shape)

    # ------------------------------------------------------------------------------------------ integers
    def randint(self, low: int, high: int, shape: Shape, dtype: Any = np.int64) -> Array:
        """Integers in [low, high): one draw each while the range is below 2**28, else two."""
        dtype = np.dtype(dtype)
        if low >= high:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        if dtype.name in DIGITS:
            low, high = next_float(low, dtype), previous_float(high, dtype)
            if low >= high:
                raise RuntimeError(
                    f"random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from={low} "
                    f">= to={high}"
                )
        check_range(low, high - 1, dtype)
        return self._from_range(low, high - low, shape, dtype)

    def random(self, shape: Shape, dtype: Any = np.int64) -> Array:
        """Integers over all of an integer type's non-negative numbers, or in [0, 2**digits] for a float type."""
        dtype = np.dtype(dtype)
        check_implemented(dtype, "random_kernel_cpu", lambda d: d.kind != "c" and d.name not in UNSIGNED)
        two = dtype in (np.int64, np.float64)
        draws = self.random64(math.prod(shape)) if two else self.random32(math.prod(shape))
        top = 1 if dtype.kind == "b" else 2 ** DIGITS[dtype.name] if dtype.name in DIGITS else int(np.iinfo(dtype).max)
        draws %= draws.dtype.type(top + 1)
        return from_int64(draws.astype(np.int64), dtype).reshape(shape)

    def random_from(self, low: int, shape: Shape, dtype: Any = np.int64) -> Array:
        """Integers from ``low`` to the largest that ``random`` gives (``random_(low, None)``)."""
        dtype = np.dtype(dtype)
        if low == -(2**63):
            kernel = "random_full_64_bits_range_kernel_cpu"
            missing = (*UNSIGNED, "bool", "float16", "complex64", "complex128")
            check_implemented(dtype, kernel, lambda d: d.name not in missing)
            if dtype.name not in ("int64", "float64", "float32", "bfloat16"):
                raise RuntimeError(f"{kernel} handles only int64, double, float and bfloat16")
            return from_int64(self.random64(math.prod(shape)).view(np.int64), dtype).reshape(shape)
        if dtype.kind == "c":
            raise RuntimeError("random_from_to_impl handles only integral, floating-point and boolean types")
        if dtype.name in DIGITS:
            top, low = 2 ** DIGITS[dtype.name], next_float(low, dtype)
            if low >= top:
                raise RuntimeError(
                    "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but "
                    f"got from={low} > to_inc={top}"
                )
        else:
            top = 1 if dtype.kind == "b" else int(np.iinfo(dtype).max)
        check_range(low, top, dtype)
        return self._from_range(low, top - low + 1, shape, dtype)

    def _from_range(self, low: int, span: int, shape: Shape, dtype: np.dtype) -> Array:
        n = math.prod(shape)
        if span >= 2**28:
            values = self.random64(n)
            values %= np.uint64(span)
        else:
            values = (self.random32(n) % np.uint32(span)).astype(np.uint64)
        values += np.uint64(low % 2**64)  # wraps: the sum is right as a signed number
        return from_int64(values.view(np.int64), dtype).reshape(shape)

    def randperm(self, n: int, dtype: Any = np.int64) -> Array:
        """A permutation of 0 … n - 1: Fisher-Yates from the front, one draw a step."""
        dtype = np.dtype(dtype)
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
        check_implemented(dtype, "randperm", lambda d: d.kind not in "bc" and d.name not in UNSIGNED)
        items = list(range(n))
        steps = max(n - 1, 0)
        jumps = self.random32(steps) % np.arange(n, n - steps, -1, dtype=np.uint32)
        for i, jump in enumerate(jumps.tolist()):
            items[i], items[i + jump] = items[i + jump], items[i]
        return from_int64(np.array(items, np.int64), dtype)

    # ------------------------------------------------------------------------------------------ discrete
    def bernoulli_scalar(self, shape: Shape, p: float = 0.5, dtype: Any = np.float32) -> Array:
        """1 with probability ``p``: a 53-bit uniform below p."""
        dtype = np.dtype(dtype)
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
        check_implemented(dtype, "bernoulli_scalar_cpu_", lambda d: d.kind != "c" and d.name not in UNSIGNED)
        below = self._random53(math.prod(shape)) < np.uint64(math.ceil(math.ldexp(p, 53)))
        return below.astype(dtype).reshape(shape)

    def bernoulli_tensor(self, p: Array, dtype: Any = None) -> Array:
        """1 with probability ``p[i]``: a 24-bit uniform (53-bit for float64) below it. ``p`` has the shape wanted."""
        dtype = np.dtype(p.dtype if dtype is None else dtype)
        check_implemented(dtype, "bernoulli_tensor_cpu_self_", lambda d: d.kind != "c" and d.name not in UNSIGNED)
        check_implemented(p.dtype, "bernoulli_tensor_cpu_p_")
        limit = p if p.dtype == np.float64 else p.astype(np.float32)
        if not np.all((limit >= 0) & (limit <= 1)):
            raise RuntimeError(
                "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  "
                "If so, please report an enhancement request to PyTorch.)"
            )
        u = self._uniform53(p.size) if p.dtype == np.float64 else self._uniform24(p.size)
        return (u.reshape(p.shape) < limit).astype(dtype)

    def dropout_mask(self, shape: Shape, p: float, dtype: Any = np.float32) -> Array:
        """What dropout multiplies by: 0 with probability ``p``, else 1 / (1 - p)."""
        keep = 1.0 - p
        mask = self.bernoulli_scalar(shape, keep, dtype)
        if np.dtype(dtype).itemsize == 2:  # 16-bit types divide in float32
            return (mask.astype(np.float32) / np.float32(keep)).astype(dtype)
        return mask / mask.dtype.type(keep)

    def geometric(self, shape: Shape, p: float, dtype: Any = np.float32) -> Array:
        """The number of trials up to the first success: ⌈log u / log(1 - p)⌉."""
        dtype = np.dtype(dtype)
        if not 0 < p < 1:
            raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
        missing = (*UNSIGNED, "bool", "complex64", "complex128")
        check_implemented(dtype, "geometric_cpu", lambda d: d.name not in missing)
        with np.errstate(divide="ignore"):
            trials = np.ceil(np.log(self._uniform53(math.prod(shape))) / math.log1p(-p))
        return (trials.astype(dtype) if dtype.kind in "iu" else narrow(trials, dtype)).reshape(shape)

    def multinomial(self, probs: Array, n: int, replacement: bool = False) -> Array:
        """Indices of ``n`` categories for each row of weights (int64, shape (n,) or (rows, n))."""
        check_multinomial(probs, n, replacement)
        rows, categories = (1, *probs.shape)[-2:]
        if rows == 0:
            return np.empty((0, n), np.int64)
        if n == 1 or not replacement:
            # The largest p / q with exponential q: each category is drawn in proportion to p, and none twice.
            q = self.exponential(probs.shape, 1.0, probs.dtype)
            with np.errstate(divide="ignore", invalid="ignore"):
                score = widen((widen(probs) / widen(q)).astype(probs.dtype))
            if n == 1:
                return np.argmax(score, axis=-1, keepdims=True)
            return _largest(score.reshape(rows, categories), n).reshape(*probs.shape[:-1], n)
        cumulative = np.add.accumulate(widen(probs).reshape(rows, categories), axis=1)
        cumulative /= cumulative[:, -1:].copy()
        cumulative[:, -1] = 1
        u = self._uniform53(rows * n).reshape(rows, n)
        picks = [np.searchsorted(c.astype(np.float64), v) for c, v in zip(cumulative, u, strict=True)]
        return np.stack(picks).reshape(*probs.shape[:-1], n)

    def poisson(self, rate: Array) -> Array:
        """Poisson counts of the given rates, in their dtype and shape."""
        check_implemented(rate.dtype, "poisson_cpu")
        rates = widen(rate).astype(np.float64).ravel()
        if not np.all(rates >= 0):
            raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
        with self._one_by_one() as uniforms:
            counts = [poisson(lam, uniforms) for lam in rates.tolist()]
        return from_int64(np.array(counts, np.int64), rate.dtype).reshape(rate.shape)

    def _next_normal(self, uniforms: Iterator[float]) -> float:
        """One number of `_normal_pairs`, for an algorithm that takes them between uniforms."""
        value, self._normal = self._normal, None
        if value is None:
            angle, radius = next(uniforms), next(uniforms)
            r, theta = math.sqrt(-2.0 * math.log1p(-radius)), 2.0 * math.pi * angle
            value, self._normal = r * math.cos(theta), r * math.sin(theta)
        return value

    def _gammas(self, alpha: Array) -> Array:
        with self._one_by_one() as uniforms:
            draws = [gammas.gamma(a, uniforms, lambda: self._next_normal(uniforms)) for a in alpha.ravel().tolist()]
        return np.array(draws, np.float64).reshape(alpha.shape)

    def gamma(self, alpha: Array) -> Array:
        """Gamma variables of scale 1 and the given shapes, in their dtype."""
        check_implemented(alpha.dtype, "gamma_cpu")
        draws = narrow(self._gammas(widen(alpha)), alpha.dtype)
        return np.maximum(draws, np.finfo(alpha.dtype).tiny) if alpha.dtype.kind == "f" else draws

    def dirichlet(self, alpha: Array) -> Array:
        """Gamma variables divided by their sum along the last dimension, away from 0 and 1 by the least possible."""
        check_implemented(alpha.dtype, "dirichlet")
        draws = self._gammas(widen(alpha))
        found = (draws / draws.sum(-1, keepdims=True)).astype(alpha.dtype)
        one = alpha.dtype.type(1)
        return np.clip(found, np.finfo(alpha.dtype).tiny, np.nextafter(one, alpha.dtype.type(0)))

    def binomial(self, count: Array, prob: Array) -> Array:
        """Successes among ``count`` trials."""
        check_implemented(count.dtype, "binomial_cpu")
        pairs = zip(widen(count).ravel().tolist(), widen(prob).ravel().tolist(), strict=True)
        with self._one_by_one() as uniforms:
            draws = [gammas.binomial(n, p, uniforms) for n, p in pairs]
        return np.array(draws, np.float64).astype(count.dtype).reshape(count.shape)
