"""Images of other sizes: interpolation, sampling at given points, pixels into channels and back.

Interpolation along one dimension is a matrix: each output is a weighted sum of a few inputs. Along several it is one matrix
for each dimension, and its gradient is the transposed matrices.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..autograd.second import as_one
from ..backend import kernels_of
from ..backend import pooling as kernels
from ._check import ask_for, not_implemented
from ._layout import by_rows, in_format_of
from .registry import functions, public

_SINGLE = dtypes.float32.np.type
Weights = list[list[tuple[int, float]]]  # for each output position: (input position, weight) pairs


# ------------------------------------------------------------------------------------ weights along a dimension
def _scale(n: int, out: int, factor: float | None, align: bool, kind: Any) -> Any:
    """How far apart neighbouring outputs lie, measured in inputs: a number of type ``kind``, in which all that follows is computed."""
    if align:
        return kind(n - 1) / kind(out - 1) if out > 1 else kind(0)
    return kind(1 / factor) if factor else kind(n) / kind(out)


def _source(i: int, scale: Any, align: bool, cubic: bool = False) -> Any:
    kind = type(scale)
    if align:
        return scale * i
    at = kind(float(scale) * (i + 0.5) - 0.5)  # rounded once: compilers make one instruction of it
    return at if cubic else max(at, kind(0))


def _nearest(n: int, out: int, factor: float | None, exact: bool) -> list[int]:
    scale = _scale(n, out, factor, False, _SINGLE)  # whatever the picture's dtype
    places = [_source(i, scale, False) + _SINGLE(0.5) if exact else i * scale for i in range(out)]
    return [min(math.floor(at), n - 1) for at in places]


def _nearest_back(n: int, out: int, factor: float | None, exact: bool) -> list[int]:
    """Where torch's backward pass looks: in two cases without a factor, though forward may have looked elsewhere."""
    if not exact and out in (n, 2 * n):
        return [i * n // out for i in range(out)]
    return _nearest(n, out, factor, exact)


def _linear(n: int, out: int, factor: float | None, align: bool, kind: Any) -> Weights:
    if n == out:  # as torch has it, with a second neighbour that counts 0 times
        return [[(i, 1.0), (i, 0.0)] for i in range(n)]
    scale = _scale(n, out, factor, align, kind)
    rows: Weights = []
    for i in range(out):
        at = _source(i, scale, align)
        low = min(int(at), n - 1)
        part = min(max(at - low, 0.0), 1.0)
        rows.append([(low, 1 - part), (min(low + 1, n - 1), part)])
    return rows


def _cubic_weight(x: float, a: float = -0.75) -> float:
    x = abs(x)
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0.0


def _cubic(n: int, out: int, factor: float | None, align: bool, kind: Any) -> Weights:
    scale = _scale(n, out, factor, align, kind)
    rows: Weights = []
    for i in range(out):
        at = _source(i, scale, align, cubic=True)
        low = math.floor(at)
        rows.append([(min(max(low + j, 0), n - 1), _cubic_weight(at - low - j)) for j in (-1, 0, 1, 2)])
    return rows


def _antialiased(filter: Callable[[float], float], reach: float) -> Callable[..., Weights]:
    """Weights of a filter that is as wide as an output pixel when images shrink (as Pillow does it)."""

    def weights(n: int, out: int, factor: float | None, align: bool, kind: Any) -> Weights:
        scale = _scale(n, out, factor, align, kind)
        width = max(scale, 1.0)
        rows: Weights = []
        for i in range(out):
            center = scale * (i + 0.5)
            low = max(int(center - reach * width + 0.5), 0)
            high = min(int(center + reach * width + 0.5), n)
            row = [filter((j - center + 0.5) * (1 / width)) for j in range(low, high)]
            total = sum(row) or 1.0
            rows.append([(j, w / total) for j, w in zip(range(low, high), row)])
        return rows

    return weights


_WEIGHTS: dict[tuple[str, bool], Callable[..., Weights]] = {
    ("linear", False): _linear,
    ("cubic", False): _cubic,
    ("linear", True): _antialiased(lambda x: max(1 - abs(x), 0.0), 1.0),
    ("cubic", True): _antialiased(lambda x: _cubic_weight(x, -0.5), 2.0),
}


def _matrix(k: Any, taps: kernels.Taps, shape: tuple[int, int], dtype: Any) -> Any:
    matrix = k.xp.zeros(shape, dtype)
    for i, j, weight in taps:
        matrix[i, j] += weight
    return matrix


def _matrices(
    k: Any, kind: str, sizes: Sequence[int], out: Sequence[int], factors: Any, align: bool, dtype: Any
) -> list[tuple[Any, kernels.Taps]]:
    """For each dimension the weights as a matrix, and one by one."""
    name, _, option = kind.partition("+")
    found: list[tuple[Any, kernels.Taps]] = []
    for n, m, factor in zip(sizes, out, factors):
        if name == "nearest":
            rows: Weights = [[(j, 1.0)] for j in _nearest_back(n, m, factor, option == "exact")]
        else:
            rows = _WEIGHTS[name, option == "antialias"](n, m, factor, align, dtype.type)
        taps = [(i, j, weight) for i, row in enumerate(rows) for j, weight in row]
        found.append((_matrix(k, taps, (m, n), dtype), taps))
    return found


# ------------------------------------------------------------------------------------ interpolate
def _resize(k: Any, x: Any, sizes: tuple[int, ...], kind: str, factors: Any, align: bool, back: bool) -> Any:
    """Resize the spatial dimensions to ``sizes``; ``back``: the transpose, from the resized to the original sizes."""
    dtype, have = x.dtype, x.shape[2:]
    if have == sizes and (kind == "linear" or (kind == "nearest" and len(sizes) == 2)):
        return x.copy()  # as torch does there, whatever the factors say
    if kind.startswith("nearest") and not back:
        for dim, (n, m, factor) in enumerate(zip(have, sizes, factors), 2):
            x = x.take(k.xp.asarray(_nearest(n, m, factor, kind.endswith("exact"))), axis=dim)
        return x
    if dtype.kind == "u":
        return _resize_bytes(k, x, sizes, kind, factors, align)
    work = dtype if dtype.kind == "f" and dtype.itemsize > 2 else k.xp.dtype("float32")
    x = x.astype(work, copy=False)
    small, large = (sizes, have) if back else (have, sizes)
    for dim, (matrix, taps) in reversed([*enumerate(_matrices(k, kind, small, large, factors, align, work), 2)]):
        if back:
            matrix, taps = matrix.T, [(j, i, weight) for i, j, weight in taps]
        x = kernels.along(k.xp, x, matrix, dim, taps)
    return k.xp.ascontiguousarray(x.astype(dtype, copy=False))


def _resize_bytes(k: Any, x: Any, sizes: tuple[int, ...], kind: str, factors: Any, align: bool) -> Any:
    """As Pillow does it: weights are whole numbers of as many bits as 16 allow, each dimension's result is bytes again."""
    double = k.xp.dtype("float64")  # exact for these sums
    for dim, (matrix, _) in reversed([*enumerate(_matrices(k, kind, x.shape[2:], sizes, factors, align, double), 2)]):
        largest, bits = float(matrix.max()), 0
        while bits < 22 and int(0.5 + largest * 2 ** (bits + 1)) < 2**15:
            bits += 1
        weights = k.xp.trunc(matrix * 2.0**bits + k.xp.copysign(0.5, matrix))
        sums = kernels.along(k.xp, x.astype(double), weights, dim)
        x = k.xp.clip(k.xp.floor(sums / 2.0**bits + 0.5), 0, 255).astype(x.dtype)
    return k.xp.ascontiguousarray(x)


def _resize_op(name: str, node: str) -> None:
    Op(name, _resize, node=node, x=lambda k, g, x_shape, kind, factors, align, back:
       k.upsample_nearest1d(g, x_shape[2:], kind, factors, align, not back))  # fmt: skip


_NODES = {
    ("nearest", n): (f"upsample_nearest{n}d", f"UpsampleNearest{n}DBackward0") for n in (1, 2, 3)
} | {("nearest+exact", n): (f"upsample_nearest_exact{n}d", f"UpsampleNearestExact{n}DBackward0") for n in (1, 2, 3)} | {
    ("linear", 1): ("upsample_linear1d", "UpsampleLinear1DBackward0"),
    ("linear", 2): ("upsample_bilinear2d", "UpsampleBilinear2DBackward0"),
    ("linear", 3): ("upsample_trilinear3d", "UpsampleTrilinear3DBackward0"),
    ("cubic", 2): ("upsample_bicubic2d", "UpsampleBicubic2DBackward0"),
    ("linear+antialias", 2): ("upsample_bilinear2d_aa", "UpsampleBilinear2DAaBackward0"),
    ("cubic+antialias", 2): ("upsample_bicubic2d_aa", "UpsampleBicubic2DAaBackward0"),
}  # fmt: skip
for _name, _node in _NODES.values():
    _resize_op(_name, _node)

_MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
_DIMS = {"linear": 3, "bilinear": 4, "trilinear": 5}


def _per_dim(value: Any, n: int) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * n


def _target_sizes(
    input: Any, size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """The output's sizes, and the scale factors where they (and not the sizes) decide where to look."""
    spatial = list(input._data.shape[2:])
    n = len(spatial)
    form = "Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        if isinstance(size, (tuple, list)) and len(size) != n:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
                f"{spatial} and output size of {size}. {form}output size in (o1, o2, ...,oK) format."
            )
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return tuple(int(s) for s in _per_dim(size, n)), (None,) * n
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if isinstance(scale_factor, (tuple, list)) and len(scale_factor) != n:
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{spatial} and scale_factor of shape {scale_factor}. {form}scale_factor in (s1, s2, ...,sK) format."
        )
    factors = tuple(float(f) for f in _per_dim(scale_factor, n))
    sizes = tuple(math.floor(s * f) for s, f in zip(spatial, factors))
    return sizes, ((None,) * n if recompute else factors)


@public("functional")
def interpolate(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Any:  # fmt: skip
    """Resize the spatial dimensions of (N, C, …) to ``size`` or by ``scale_factor``.

    ``mode``: "nearest", "nearest-exact", "area", "linear" (3-D), "bilinear" and "bicubic" (4-D), "trilinear" (5-D).
    ``align_corners``: the outer pixels' centers (True) or the outer edges (False) of both images coincide.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.interpolate(tg.tensor([[[1., 2.]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    """
    ask_for("dim", input)
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
            )
    elif align_corners is None:
        align_corners = False
    ndim = input._data.ndim
    unsupported = NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: {_MODES} (got {mode})"
    )
    if ndim not in (3, 4, 5):
        raise unsupported
    sizes, factors = _target_sizes(input, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and ndim == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if mode == "area":
        from . import pool

        return getattr(pool, f"adaptive_avg_pool{ndim - 2}d")(input, sizes)
    if mode in _DIMS and _DIMS[mode] != ndim:
        raise NotImplementedError(f"Got {ndim}D input, but {mode} mode needs {_DIMS[mode]}D input")
    if mode not in (*_DIMS, "nearest", "nearest-exact", "bicubic") or (mode == "bicubic" and ndim != 4):
        raise unsupported
    _check_sizes(input._data.shape[2:], sizes)
    kind = {"nearest": "nearest", "nearest-exact": "nearest+exact", "bicubic": "cubic"}.get(mode, "linear")
    if antialias:
        kind += "+antialias"
    have = input._data.dtype.kind
    if have in "ibc" or (have == "u" and kind == "linear" and ndim != 4):
        raise not_implemented(_loop_of_torch(kind, input._data.shape, sizes), input)
    return in_format_of(
        Op.table[_NODES[kind, ndim - 2][0]](input, sizes, kind, factors, bool(align_corners), False), input
    )


def _loop_of_torch(kind: str, shape: Sequence[int], sizes: Sequence[int]) -> str:
    """The name by which torch's messages call what resizes: it has another loop for small images."""
    name, _, option = kind.partition("+")
    if option == "antialias":
        return "compute_index_ranges_weights"
    small = len(sizes) == 2 and (sum(sizes) <= 128 or (name == "linear" and shape[1] == 3))
    if small and name != "cubic":
        return f"upsample_{'bi' * (name == 'linear')}{name}2d_channels_last"
    return f"compute_indices_weights_{name}"


def _check_sizes(have: Sequence[int], want: Sequence[int]) -> None:
    if min((*have, *want)) <= 0:
        axes = "DHW"[3 - len(have) :] if len(have) > 1 else "W"
        text = [", ".join(f"{a}: {n}" for a, n in zip(axes, sizes)) for sizes in (have, want)]
        joined = f"({text[0]}) {'and ' if len(have) == 1 else ''}output ({text[1]})"
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input {joined}")


@public("functional")
def upsample(
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Any:
    """Deprecated name of `interpolate`."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)
    return interpolate(input, size, scale_factor, mode, align_corners)


@public("functional")
def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """Deprecated: `interpolate` with mode "nearest"."""
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3
    )
    return interpolate(input, size, scale_factor, mode="nearest")


@public("functional")
def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """Deprecated: `interpolate` with mode "bilinear" and aligned corners."""
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


# ------------------------------------------------------------------------------------ channels and pixels
def _shuffle(k: Any, x: Any, r: int) -> Any:
    *lead, c, h, w = x.shape
    x = x.reshape(*lead, c // (r * r), r, r, h, w)
    n = len(lead)
    return x.transpose(*range(n), n, n + 3, n + 1, n + 4, n + 2).reshape(*lead, c // (r * r), h * r, w * r)


def _unshuffle(k: Any, x: Any, r: int) -> Any:
    *lead, c, h, w = x.shape
    x = x.reshape(*lead, c, h // r, r, w // r, r)
    n = len(lead)
    return x.transpose(*range(n), n, n + 2, n + 4, n + 1, n + 3).reshape(*lead, c * r * r, h // r, w // r)


def _channel_shuffle(k: Any, x: Any, groups: int) -> Any:
    n, c, *rest = x.shape
    return x.reshape(n, groups, c // groups, *rest).swapaxes(1, 2).reshape(x.shape)


Op("pixel_shuffle", _shuffle, x=lambda k, g, r: k.pixel_unshuffle(g, r))
Op("pixel_unshuffle", _unshuffle, x=lambda k, g, r: k.pixel_shuffle(g, r))
Op("channel_shuffle", _channel_shuffle, x=lambda k, g, x_shape, groups: k.channel_shuffle(g, x_shape[1] // groups))


@public("function functional")
def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """(…, C · r², H, W) into (…, C, H · r, W · r): channels become pixels.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.pixel_shuffle(tg.arange(4.).view(1, 4, 1, 1), 2)
    tensor([[[[0., 1.],
              [2., 3.]]]])
    """
    r, shape = upscale_factor, input._data.shape
    if len(shape) < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    if shape[-3] % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={shape[-3]} is not divisible by {r * r}"
        )
    return in_format_of(Op.table["pixel_shuffle"](input, r), input)


@public("function functional")
def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """(…, C, H · r, W · r) into (…, C · r², H, W): the reverse of `pixel_shuffle`."""
    r, shape = downscale_factor, input._data.shape
    if len(shape) < 3:
        raise RuntimeError(
            f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    for name, d in (("height", -2), ("width", -1)):
        if shape[d] % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({d})={shape[d]} is not "
                f"divisible by {r}"
            )
    return in_format_of(Op.table["pixel_unshuffle"](input, r), input)


@public("function functional")
def channel_shuffle(input: Any, groups: int) -> Any:
    """Interleave the groups of channels of (N, C, …)."""
    shape = input._data.shape
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} groups."
        )
    return in_format_of(Op.table["channel_shuffle"](input, groups), input)


public("function", name="native_channel_shuffle")(channel_shuffle)


# ------------------------------------------------------------------------------------ sampling at points


@public("functional")
def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Any:
    """The points, in [-1, 1]², that the affine maps ``theta`` (N, 2, 3) send the pixels of (N, C, H, W) to: (N, H, W, 2).

    In three dimensions (N, 3, 4) and (N, C, D, H, W) give (N, D, H, W, 3).
    """
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
            "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.",
            stacklevel=3,
        )
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    dims = len(size) - 2
    if dims not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. "
            f"Got size {size}."
        )
    if theta.dim() != 3 or tuple(theta.shape[-2:]) != (dims, dims + 1):
        wanted = "Nx2x3" if dims == 2 else "Nx3x4"
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape {wanted} for size {size}. Got {theta.size()}."
        )
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    k = kernels_of(theta._data)
    spatial = tuple(size[2:])
    base = k.xp.ones((*spatial, dims + 1), theta._data.dtype)
    for i, n in enumerate(reversed(spatial)):  # x first
        line = functions["linspace"](-1, 1, n, dtype=theta.dtype, device=theta.device) if n > 1 else theta.new_zeros(1)
        if not align_corners:
            line = (
                line * (n - 1) / n
            )  # in this order: where a pixel's middle is hit exactly, slopes depend on the last bit
        shape = [1] * dims
        shape[dims - 1 - i] = n
        base[..., i] = line._data.reshape(shape)
    return Op.table["affine_grid_generator"](theta, base.reshape(-1, dims + 1), spatial)


Op("affine_grid_generator", lambda k, theta, base, spatial:
   (base @ theta.swapaxes(1, 2)).reshape(len(theta), *spatial, theta.shape[1]),
   theta=lambda k, g, base, theta_shape: k.affine_grid_back(g, base, theta_shape))  # fmt: skip
Op("affine_grid_back", lambda k, g, base, shape: g.reshape(shape[0], -1, shape[1]).swapaxes(1, 2) @ base,
   g=lambda k, gg, base, g_shape: k.affine_grid_generator(gg, base, g_shape[1:-1]))  # fmt: skip


def _unnormalized(x: Any, n: int, align: bool) -> Any:
    return (x + 1) / 2 * (n - 1) if align else ((x + 1) * n - 1) / 2


def _reflected(x: Any, low2: int, high2: int) -> Any:
    """Mirror coordinates back into [low2 / 2, high2 / 2]."""
    if low2 == high2:
        return x * 0
    low, span = low2 / 2, (high2 - low2) / 2
    away = (x - low).abs()
    extra = away.fmod(span)
    flips = ((away - extra.detach()) / span).round().detach()
    even = flips % 2 == 0
    return (extra + low).where(even, span - extra + low)


def _placed(x: Any, n: int, padding: str, align: bool) -> Any:
    if padding == "reflection":
        x = _reflected(x, 0, 2 * (n - 1)) if align else _reflected(x, -1, 2 * n - 1)
    if padding == "zeros":
        return x
    return x.clamp(0, n - 1).where(x == x, 0)  # NaN, also from mirroring infinity, is the first place


def _inside(positions: Sequence[Any], sizes: Sequence[int]) -> Any:
    """Where positions lie in the image; NaN lies nowhere."""
    inside: Any = None
    for at, n in zip(positions, sizes):
        here = (at >= 0) & (at <= n - 1)
        inside = here if inside is None else inside & here
    return inside


def _fetch(planes: Any, positions: Sequence[Any], sizes: Sequence[int]) -> Any:
    """``planes`` (N, C, …) at integer positions (N, points), 0 outside: (N, C, points)."""
    inside, flat = _inside(positions, sizes), 0
    for at, n in zip(positions, sizes):
        flat = flat * n + at
    n, c = planes.shape[:2]
    index = flat.where(inside, 0).long().unsqueeze(1).expand(n, c, -1)  # type: ignore[attr-defined]
    return planes.reshape(n, c, math.prod(sizes)).gather(2, index).where(inside.unsqueeze(1), 0)


@public("functional")
def grid_sample(
    input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Any:
    """``input`` (N, C, H, W) at the points ``grid`` (N, H', W', 2), x and y from -1 to 1: (N, C, H', W').

    ``mode``: "bilinear", "nearest" or "bicubic"; ``padding_mode``: what lies outside – "zeros", "border" or "reflection".
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
            "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.",
            stacklevel=4,
        )
        align_corners = False
    sizes = tuple(input.shape[2:])
    dims = len(sizes)
    if input.shape[0] != grid.shape[0]:
        raise RuntimeError(
            "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
            f"{list(input.shape)} and grid with sizes {list(grid.shape)}"
        )
    if input._data.dtype != grid._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.short} but found {grid.dtype.short}")
    if grid.shape[-1] != dims:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {dims} in last dimension, but got grid with sizes {list(grid.shape)}"
        )
    if input.dim() in (4, 5) and grid.dim() != input.dim():
        raise RuntimeError(
            f"grid_sampler(): expected {input.dim()}D input and grid with same number of dimensions, but got input with sizes "
            f"{list(input.shape)} and grid with sizes {list(grid.shape)}"
        )
    if 0 in sizes:
        raise RuntimeError(
            f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {list(input.shape)} with "
            f"dimension {2 + sizes.index(0)} being empty"
        )
    name = f"GridSampler{dims}DBackward0"
    return by_rows(as_one(name, _grid_sampled, input, grid, mode, padding_mode, align_corners))


def _grid_sampled(input: Any, grid: Any, mode: str, padding_mode: str, align_corners: bool) -> Any:
    sizes = tuple(input.shape[2:])
    dims = len(sizes)
    points = grid.reshape(grid.shape[0], math.prod(grid.shape[1:-1]), dims)
    # dimension by dimension, slowest first; grid has x (the fastest) first
    raw = [_unnormalized(points[:, :, dims - 1 - d], n, align_corners) for d, n in enumerate(sizes)]
    if mode == "bicubic":
        sampled = _sample_cubic(input, raw, sizes, padding_mode, align_corners)
    else:
        placed = [_placed(x, n, padding_mode, align_corners) for x, n in zip(raw, sizes)]
        if mode == "nearest":
            sampled = _fetch(input, [x.detach().round() for x in placed], sizes)
        else:
            sampled = _sample_linear(input, placed, sizes)
    return sampled.reshape(*input.shape[:2], *grid.shape[1:-1])


def _sample_linear(input: Any, placed: Sequence[Any], sizes: Sequence[int]) -> Any:
    lows = [x.detach().floor() for x in placed]
    total: Any = None
    for corner in range(2 ** len(sizes)):
        bits = [(corner >> d) & 1 for d in range(len(sizes))]
        weight: Any = 1
        for x, low, bit in zip(placed, lows, bits):
            weight = weight * ((x - low) if bit else (low + 1 - x))
        corners = [low + bit for low, bit in zip(lows, bits)]
        if len(sizes) == 3:  # torch skips what lies outside here; in planes it counts as 0, times infinity
            weight = weight.where(_inside(corners, sizes), 0)
        value = _fetch(input, corners, sizes) * weight.unsqueeze(1)
        total = value if total is None else total + value
    return total


def _sample_cubic(input: Any, raw: Sequence[Any], sizes: Sequence[int], padding: str, align: bool) -> Any:
    if len(sizes) != 2:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    lows = [x.detach().floor() for x in raw]
    weights = []
    for x, low in zip(raw, lows):
        t, a = x - low, -0.75
        far = [((a * (s + 1) - 5 * a) * (s + 1) + 8 * a) * (s + 1) - 4 * a for s in (t, 1 - t)]
        near = [((a + 2) * s - (a + 3)) * s * s + 1 for s in (t, 1 - t)]
        weights.append([far[0], near[0], near[1], far[1]])
    total: Any = None
    for i in range(4):
        for j in range(4):
            spots = [_placed(low + step - 1, n, padding, align) for low, step, n in zip(lows, (i, j), sizes)]
            value = _fetch(input, spots, sizes) * (weights[0][i] * weights[1][j]).unsqueeze(1)
            total = value if total is None else total + value
    return total
