"""Transforms that mix pixels: `AugMix`, `ElasticTransform`, `LinearTransformation`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...autograd.variable import Variable
from ...dtypes import int64
from ...ops.data import tensor as new_tensor
from ...ops.gamma_samples import _sample_dirichlet
from ...ops.joining import cat
from ...ops.random_ops import rand, randint
from . import functional as F
from .auto import Range, _Policy, space
from .functional import Img, InterpolationMode


def mixed_operations(usual: dict[str, Range], all_ops: bool) -> dict[str, Range]:
    """The operations that `AugMix` chooses from, in its order."""
    bits, signed = usual["Posterize"]
    usual["Posterize"] = ([n - 4 for n in bits or ()], signed)  # down to no bits at all
    colours = ["Brightness", "Color", "Contrast", "Sharpness"]
    order = [name for name in usual if name not in colours] + (colours if all_ops else [])
    return {name: usual[name] for name in order}


def mixed(image: Any, ndim: int, alpha: float, width: int, chain: Callable[[Any], Any]) -> Any:
    """An image and ``width`` chains of operations on it, added up with random weights; ``ndim`` dimensions for the chains."""
    batch = image.reshape((*(1,) * max(ndim - image.ndim, 0), *image.shape))
    n, ones = batch.size(0), [1] * (batch.ndim - 1)
    share = _sample_dirichlet(new_tensor([alpha, alpha]).expand(n, -1))  # of the image, of the chains
    weights = _sample_dirichlet(new_tensor([alpha] * width).expand(n, -1)) * share[:, 1].reshape(n, -1)
    mix = share[:, 0].reshape([n, *ones]) * batch
    for i in range(width):
        mix.add_(weights[:, i].reshape([n, *ones]) * chain(batch))
    return mix.reshape(image.shape).to(dtype=image.dtype)


class AugMix(_Policy):
    """Several chains of random operations, mixed with each other and with the image (Hendrycks and others, 2020)."""

    def __init__(
        self, severity: int = 3, mixture_width: int = 3, chain_depth: int = -1, alpha: float = 1.0, all_ops: bool = True,
        interpolation: InterpolationMode = InterpolationMode.BILINEAR, fill: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(interpolation, fill)
        if not 1 <= severity <= 10:
            raise ValueError(f"The severity must be between [1, 10]. Got {severity} instead.")
        self.severity, self.mixture_width, self.chain_depth = severity, mixture_width, chain_depth
        self.alpha, self.all_ops = alpha, all_ops

    def _chain(self, image: Any, choices: dict[str, Any]) -> Any:
        for _ in range(self.chain_depth if self.chain_depth > 0 else int(randint(1, 4, (1,)))):
            name = list(choices)[int(randint(len(choices), (1,)))]
            strengths, signed = choices[name]
            magnitude = strengths[int(randint(self.severity, (1,), dtype=int64))] if strengths else 0.0
            if signed and randint(2, (1,)):
                magnitude = -magnitude
            image = self._apply(image, name, magnitude)
        return image

    def forward(self, orig_img: Img) -> Img:
        _, height, width = F.get_dimensions(orig_img)
        image: Any = orig_img if isinstance(orig_img, Variable) else F.pil_to_tensor(orig_img)
        choices = mixed_operations(space(10, 0.3, (width / 3.0, height / 3.0), 30.0, 0.9, 4), self.all_ops)
        mix = mixed(image, 4, self.alpha, self.mixture_width, lambda batch: self._chain(batch, choices))
        return mix if isinstance(orig_img, Variable) else F.to_pil_image(mix)

    def __repr__(self) -> str:
        names = ("severity", "mixture_width", "chain_depth", "alpha", "all_ops", "interpolation", "fill")
        return self._printed(**{name: getattr(self, name) for name in names})


def _floats(value: Any, name: str) -> Any:
    if not isinstance(value, (float, Sequence)):
        raise TypeError(f"{name} should be float or a sequence of floats. Got {type(value)}")
    if isinstance(value, float):
        return [value, value]
    if len(value) != 2:
        raise ValueError(f"If {name} is a sequence its length should be 2. Got {len(value)}")
    for element in value:
        if not isinstance(element, float):
            raise TypeError(f"{name} should be a sequence of floats. Got {type(element)}")
    return value


class ElasticTransform(nn.Module):
    """The image as on water: every pixel moved by up to ``alpha`` pixels or so, smoothly over ``sigma`` pixels."""

    def __init__(
        self, alpha: Any = 50.0, sigma: Any = 5.0, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = 0
    ) -> None:
        super().__init__()
        self.alpha, self.sigma = _floats(alpha, "alpha"), _floats(sigma, "sigma")
        self.interpolation = F.interpolation_mode(interpolation) if isinstance(interpolation, int) else interpolation
        if not isinstance(fill, (int, float, list, tuple)):
            raise TypeError(f"fill should be int or float or a list or tuple of them. Got {type(fill)}")
        self.fill = [float(v) for v in (fill if isinstance(fill, (list, tuple)) else [fill])]

    @staticmethod
    def get_params(alpha: Sequence[float], sigma: Sequence[float], size: list[int]) -> Any:
        """By how much each pixel of an image of ``size`` (h, w) is moved: (1, h, w, 2), in units of half a side."""
        moves = []
        for a, s, side in zip(alpha, sigma, reversed(size), strict=True):
            move: Any = rand([1, 1, *size]) * 2 - 1
            if s > 0.0:
                kernel = int(8 * s + 1) | 1
                move = F.gaussian_blur(move, [kernel, kernel], list(sigma))
            moves.append(move * a / side)
        return cat(moves, 1).permute([0, 2, 3, 1])

    def forward(self, tensor: Img) -> Img:
        _, height, width = F.get_dimensions(tensor)
        moved = self.get_params(self.alpha, self.sigma, [height, width])
        return F.elastic_transform(tensor, moved, self.interpolation, self.fill)

    def __repr__(self) -> str:
        names = ("alpha", "sigma", "interpolation", "fill")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)}' for name in names)})"


def check_whitening(matrix: Any, mean: Any) -> None:
    """Whether a matrix and a mean can be those of a `LinearTransformation`; ValueError says why not."""
    if matrix.size(0) != matrix.size(1):
        raise ValueError(f"transformation_matrix should be square. Got {tuple(matrix.size())} rectangular matrix.")
    if mean.size(0) != matrix.size(0):
        raise ValueError(
            f"mean_vector should have the same length {mean.size(0)} as any one of the dimensions of the transformation_matrix "
            f"[{tuple(matrix.size())}]"
        )
    if matrix.device != mean.device:
        raise ValueError(f"Input tensors should be on the same device. Got {matrix.device} and {mean.device}")
    if matrix.dtype != mean.dtype:
        raise ValueError(f"Input tensors should have the same dtype. Got {matrix.dtype} and {mean.dtype}")


class LinearTransformation(nn.Module):
    """The image as one long vector, less ``mean_vector``, times a square matrix: whitening."""

    def __init__(self, transformation_matrix: Any, mean_vector: Any) -> None:
        super().__init__()
        check_whitening(transformation_matrix, mean_vector)
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def forward(self, tensor: Any) -> Any:
        shape, matrix = tensor.shape, self.transformation_matrix
        n = shape[-3] * shape[-2] * shape[-1]
        if n != matrix.shape[0]:
            raise ValueError(
                f"Input tensor and transformation matrix have incompatible shape.[{shape[-3]} x {shape[-2]} x {shape[-1]}] != "
                f"{matrix.shape[0]}"
            )
        return ((tensor.view(-1, n) - self.mean_vector) @ matrix).view(shape)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(transformation_matrix={self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )
