"""Fractional max pooling: windows of one size whose steps are drawn at random, so that any output size can be reached."""

from __future__ import annotations

import math
from typing import Any

from ..autograd.op import Op
from ._check import ask_for
from .random_ops import rand
from .registry import functional, public

Sizes = tuple[int, ...]
_AXES = {2: ("height", "width"), 3: ("time", "height", "width")}


# ------------------------------------------------------------------------------------ kernels
def _starts(k: Any, sample: Any, size: int, out: int, window: int) -> Any:
    """Where each of ``out`` windows begins, for every sample u: ``⌊(i + u) α⌋ - ⌊u α⌋``, the last one at the end."""
    shape = (*sample.shape, out)
    starts = k.xp.full(shape, size - window, "int64")
    if out > 1:
        alpha = sample.dtype.type(size - window) / sample.dtype.type(out - 1)
        steps = k.xp.arange(out - 1).astype(sample.dtype)
        first = (sample * alpha).astype("int64")
        starts[..., :-1] = ((steps + sample[..., None]) * alpha).astype("int64") - first[..., None]
    return starts


def _pool(k: Any, x: Any, samples: Any, kernel: Sizes, sizes: Sizes) -> tuple[Any, Any]:
    n, planes = len(kernel), x.shape[-len(kernel) :]
    lead = x.shape[:-n]
    samples = samples if len(lead) == 2 else samples[0]
    where: Any = k.xp.zeros((*lead, *(1,) * (2 * n)), "int64")
    for d, (size, window, out) in enumerate(zip(planes, kernel, sizes)):
        # torch keeps the samples of height and width the other way round, those of three dimensions in order
        sample = samples[..., n - 1 - d] if n == 2 else samples[..., d]
        at = _starts(k, sample, size, out, window)[..., None] + k.xp.arange(window)
        shape = [*lead, *(1,) * (2 * n)]
        shape[len(lead) + d], shape[len(lead) + n + d] = out, window
        where = where * size + at.reshape(shape)
    where = where.reshape(*lead, math.prod(sizes), math.prod(kernel))
    flat = x.reshape(*lead, 1, math.prod(planes))
    values = k.xp.take_along_axis(flat, where, axis=-1) if where.size else where.astype(x.dtype)
    best = values.argmax(axis=-1)[..., None]  # the first NaN counts as the largest
    values, where = (k.xp.take_along_axis(a, best, axis=-1).reshape(*lead, *sizes) for a in (values, where))
    return values, where


for _n in (2, 3):
    Op(f"fractional_max_pool{_n}d", _pool, outputs=("out", "indices"), differentiable=(True, False),
       node=f"FractionalMaxPool{_n}DBackward0",
       x=lambda k, g, indices, x_shape, kernel: k.scatter_planes(g, indices, x_shape, len(kernel)))  # fmt: skip


# ------------------------------------------------------------------------------------ the public forms
def _each(value: Any, n: int) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * n


def _fractional(n: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Any) -> Any:
    name = f"fractional_max_pool{n}d"
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    if output_size is None:
        if n == 2 and len(output_ratio) > 2:
            raise ValueError(f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
        output_size = [int(input.size(d - n) * r) for d, r in enumerate(_each(output_ratio, n))]
    ask_for("dim", input)
    if samples is None:
        batch = 1 if input.dim() == n + 1 else input.size(0)
        samples = rand(batch, input.size(-n - 1), n, dtype=input.dtype, device=input.device)
    kernel, sizes = _each(kernel_size, n), _each(output_size, n)
    _check(n, input, samples, kernel, sizes)
    return Op.table[name](input, samples._data, kernel, sizes)


def _check(n: int, input: Any, samples: Any, kernel: Sizes, sizes: Sizes) -> None:
    name, shape = f"fractional_max_pool{n}d", list(input._data.shape)
    called = name if n == 2 else f"{name}_out"
    if len(shape) not in (n + 1, n + 2):
        raise RuntimeError(f"{called}(): Expected {n + 1}D or {n + 2}D tensor, but got: {shape}")
    for d in range(len(shape) - n - 1, len(shape)):
        if shape[d] == 0:
            raise RuntimeError(
                f"{called}(): Expected input to have non-zero size for non-batch dimensions, but got{shape} with dimension {d} "
                "being empty."
            )
    for axis, window, out, size in zip(_AXES[n], kernel, sizes, shape[-n:]):
        if out + window - 1 >= size if n == 3 else out + window - 1 > size:
            raise RuntimeError(f"{called}(): pool {axis} {window} too large relative to input {axis} {size}")
    given = samples._data.shape
    if samples._data.dtype != input._data.dtype:
        raise RuntimeError("Expect _random_samples to have the same dtype as input")
    if len(given) != 3:
        raise RuntimeError(f"Expect _random_samples to have 3 dimensions, got {len(given)}")
    batch = 1 if len(shape) == n + 1 else shape[0]
    if given[0] < batch:
        raise RuntimeError("Expect _random_samples.size(0) no less then input batch size.")
    if given[1] != shape[-n - 1]:
        raise RuntimeError("Expect _random_samples.size(1) equals to input channel size.")
    if given[2] != n:
        raise RuntimeError(f"Expect _random_samples.size(2) equals to {n}; got {given[2]}.")


@public("functional")
def fractional_max_pool2d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:  # fmt: skip
    """The largest number of each of ``output_size`` windows of (N, C, H, W) whose places are drawn at random.

    ``output_ratio`` gives the output's size as a share of the input's. ``return_indices``: also where in H · W each was.
    """
    out, indices = _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return (out, indices) if return_indices else out


@public("functional")
def fractional_max_pool3d(
    input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:  # fmt: skip
    """`fractional_max_pool2d` for volumes (N, C, D, H, W)."""
    out, indices = _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return (out, indices) if return_indices else out


def _with_indices(name: str) -> None:
    pool = functional[name]

    @public("functional", name=f"{name}_with_indices")
    def form(
        input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:  # fmt: skip
        """The pooling, and where each number was found."""
        return pool(input, kernel_size, output_size, output_ratio, True, _random_samples)


for _name in ("fractional_max_pool2d", "fractional_max_pool3d"):
    _with_indices(_name)
