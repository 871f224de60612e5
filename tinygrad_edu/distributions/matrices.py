"""Covariances of low rank, and distributions over matrices: LowRankMultivariateNormal, Wishart, LKJCholesky."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

from .. import linalg
from ..ops.registry import functions
from ..ops.shape import broadcast_shapes
from ..size import Size
from ..typeinfo import finfo
from . import constraints
from .continuous import _standard_normal
from .distribution import Distribution, broadcast_all
from .family import ExponentialFamily
from .gammas import Beta, Chi2


class LowRankMultivariateNormal(Distribution):
    """`MultivariateNormal` with covariance ``W Wᵀ + diag(d)``: ``cov_factor`` W (…, n, rank), ``cov_diag`` d (…, n)."""

    arg_constraints = {
        "loc": constraints.real_vector, "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }  # fmt: skip
    support = constraints.real_vector
    has_rsample = True
    _event_dims: ClassVar = {"loc": 1, "cov_factor": 2, "cov_diag": 1, "_capacitance_tril": 2}

    def __init__(self, loc: Any, cov_factor: Any, cov_diag: Any, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event_shape = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event_shape:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
        if cov_diag.shape[-1:] != event_shape:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")
        batch = broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        self.loc, self.cov_diag = loc.expand((*batch, -1)), cov_diag.expand((*batch, -1))
        self.cov_factor = cov_factor.expand((*batch, *cov_factor.shape[-2:]))
        super().__init__(batch, event_shape, validate_args)
        self._capacitance_tril = self._capacitance()

    def _capacitance(self) -> Any:
        """The Cholesky factor of ``1 + Wᵀ d⁻¹ W``, a matrix as small as the rank."""
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        small = scaled @ self.cov_factor
        return linalg.cholesky(small + functions["eye"](small.shape[-1], dtype=small.dtype, device=small.device))  # type: ignore[attr-defined]

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        return (self.cov_factor.pow(2).sum(-1) + self.cov_diag).expand(self._batch_shape + self._event_shape)

    @property
    def covariance_matrix(self) -> Any:
        """``W Wᵀ + diag(d)``."""
        full = self.cov_factor @ self.cov_factor.mT + self.cov_diag.diag_embed()
        return full.expand((*self._batch_shape, *self._event_shape * 2))

    @property
    def scale_tril(self) -> Any:
        """Its Cholesky factor."""
        root = self.cov_diag.sqrt().unsqueeze(-1)
        factor = self.cov_factor / root
        full = factor @ factor.mT
        unit = functions["eye"](full.shape[-1], dtype=full.dtype, device=full.device)
        return root * linalg.cholesky(full + unit)  # type: ignore[attr-defined]

    @property
    def precision_matrix(self) -> Any:
        """Its inverse, by Woodbury's formula."""
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        a = linalg.solve_triangular(self._capacitance_tril, scaled, upper=False)  # type: ignore[attr-defined]
        full = self.cov_diag.reciprocal().diag_embed() - a.mT @ a
        return full.expand((*self._batch_shape, *self._event_shape * 2))

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        low = _standard_normal((*shape[:-1], self.cov_factor.shape[-1]), self.loc)
        each = _standard_normal(shape, self.loc)
        return self.loc + (self.cov_factor @ low.unsqueeze(-1)).squeeze(-1) + self.cov_diag.sqrt() * each

    def _log_det(self) -> Any:
        return 2 * self._capacitance_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1) + self.cov_diag.log().sum(-1)

    def _distance(self, away: Any) -> Any:
        """The squared Mahalanobis distance."""
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        along = scaled @ away.unsqueeze(-1)
        factor = self._capacitance_tril.expand((*along.shape[:-2], *self._capacitance_tril.shape[-2:]))
        inner = linalg.solve_triangular(factor, along, upper=False).squeeze(-1)  # type: ignore[attr-defined]
        return (away.pow(2) / self.cov_diag).sum(-1) - inner.pow(2).sum(-1)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        n = self._event_shape[0]
        return -0.5 * (n * math.log(2 * math.pi) + self._log_det() + self._distance(value - self.loc))

    def entropy(self) -> Any:
        value = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_det())
        return value.expand(self._batch_shape) if self._batch_shape else value


class LKJCholesky(Distribution):
    """Cholesky factors of random correlation matrices; ``concentration`` 1: all matrices alike, above: nearer to the identity."""

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        start = self.concentration + 0.5 * (dim - 2)
        offset = functions["arange"](dim - 1, dtype=start.dtype, device=start.device)
        offset = functions["cat"]([offset.new_zeros((1,)), offset])
        self._beta = Beta(offset + 0.5, start.unsqueeze(-1) - 0.5 * offset)
        super().__init__(self.concentration.size(), Size((dim, dim)), validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with another batch shape."""
        new = super().expand(batch_shape, _instance)
        new._beta = self._beta.expand((*batch_shape, self.dim))
        return new

    def sample(self, sample_shape: Any = ()) -> Any:
        """By the onion method: row after row, its length from a beta variable, its direction uniform."""
        y = self._beta.sample(sample_shape).unsqueeze(-1)
        u = _standard_normal(self._extended_shape(sample_shape), self.concentration).tril(-1)
        sphere = u / u.norm(dim=-1, keepdim=True)
        sphere[..., 0, :].fill_(0.0)
        w = y.sqrt() * sphere
        tiny = finfo(w.dtype).tiny
        return w + (1 - (w**2).sum(dim=-1)).clamp(min=tiny).sqrt().diag_embed()

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = functions["arange"](2, self.dim + 1, device=self.concentration.device)
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - order
        plain = (order * diagonal.log()).sum(-1)
        less = self.dim - 1
        alpha = self.concentration + 0.5 * less
        top = (alpha - 0.5).mvlgamma(less)
        return plain - (0.5 * less * math.log(math.pi) + top - alpha.lgamma() * less)


class Wishart(ExponentialFamily):
    """Random positive definite matrices: the scatter of ``df`` vectors drawn from a normal with the given covariance."""

    support = constraints.positive_definite
    has_rsample = True
    _event_dims: ClassVar = {"all": 2, "df": 0}

    @property
    def arg_constraints(self) -> Any:  # type: ignore[override]
        """What the parameters must be; ``df`` must exceed the number of dimensions less one."""
        return {
            "covariance_matrix": constraints.positive_definite, "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky, "df": constraints.greater_than(self._event_shape[-1] - 1),
        }  # fmt: skip

    def __init__(
        self, df: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        given = [m for m in (covariance_matrix, precision_matrix, scale_tril) if m is not None]
        if len(given) != 1:
            raise AssertionError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        matrix = given[0]
        if matrix.dim() < 2:
            raise ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions")
        n = matrix.shape[-1]
        df = functions["as_tensor"](df, dtype=matrix.dtype, device=matrix.device)
        batch = broadcast_shapes(matrix.shape[:-2], df.shape)
        if bool(df.le(n - 1).any()):
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {n - 1}.")
        self.df = df.expand(batch)
        if scale_tril is not None:
            self.scale_tril, factor = matrix.expand((*batch, -1, -1)), matrix
        elif covariance_matrix is not None:
            self.covariance_matrix, factor = matrix.expand((*batch, -1, -1)), linalg.cholesky(matrix)  # type: ignore[attr-defined]
        else:
            self.precision_matrix = matrix.expand((*batch, -1, -1))
            factor = linalg.cholesky(linalg.inv(matrix))  # type: ignore[attr-defined]
        self._unbroadcasted_scale_tril = factor
        if bool((self.df < n).any()):
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        super().__init__(batch, matrix.shape[-2:], validate_args)
        steps = functions["arange"](n, dtype=matrix.dtype, device=matrix.device).expand((*batch, -1))
        self._chi2 = Chi2(df=self.df.unsqueeze(-1) - steps)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with another batch shape."""
        new = super().expand(batch_shape, _instance)
        new._chi2 = self._chi2.expand((*batch_shape, self._event_shape[-1]))
        return new

    def __getattr__(self, name: str) -> Any:  # reached only for the matrices that were not given
        if (
            name not in ("scale_tril", "covariance_matrix", "precision_matrix")
            or "_unbroadcasted_scale_tril" not in self.__dict__
        ):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = self._unbroadcasted_scale_tril
        if name == "covariance_matrix":
            value = value @ value.mT
        elif name == "precision_matrix":
            value = linalg.inv(value @ value.mT)  # type: ignore[attr-defined]
        return value.expand(self._batch_shape + self._event_shape)

    @property
    def mean(self) -> Any:
        return self.df.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def mode(self) -> Any:
        factor = self.df - self.covariance_matrix.shape[-1] - 1
        factor = factor.masked_fill(factor <= 0, math.nan)
        return factor.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def variance(self) -> Any:
        v = self.covariance_matrix
        d = v.diagonal(dim1=-2, dim2=-1)
        return self.df.view((*self._batch_shape, 1, 1)) * (v.pow(2) + d.unsqueeze(-1) * d.unsqueeze(-2))

    def _bartlett(self, sample_shape: Any) -> Any:
        """A lower triangular matrix with chi variables on its diagonal, normal ones below, times its transpose."""
        n = self._event_shape[-1]
        noise = (
            self._chi2.rsample(sample_shape)
            .clamp(min=finfo(self._unbroadcasted_scale_tril.dtype).tiny)
            .sqrt()
            .diag_embed()
        )
        rows, columns = functions["tril_indices"](n, n, offset=-1)
        shape = (*sample_shape, *self._batch_shape, n * (n - 1) // 2)
        noise[..., rows, columns] = functions["randn"](shape, dtype=noise.dtype, device=noise.device)
        chol = self._unbroadcasted_scale_tril @ noise
        return chol @ chol.mT

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Bartlett's decomposition. PyTorch draws samples that pass its check a second time, with a warning; so does this."""
        sample = self._bartlett(sample_shape)
        again = self._valid(sample)
        if bool(again.any()):
            warnings.warn("Singular sample detected.", stacklevel=2)
            for _ in range(10):
                drawn = self._bartlett(again[again].shape)
                sample[again] = drawn
                again[again.clone()] = self._valid(drawn).logical_not()
                if not bool(again.any()):
                    break
        return sample

    def _valid(self, sample: Any) -> Any:
        found = self.support.check(sample)
        dims = [-1 - i for i in range(len(self._batch_shape))]
        return found.amax(dims) if dims else found

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        nu, p = self.df, self._event_shape[-1]
        half = self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        trace = (
            functions["cholesky_solve"](value, self._unbroadcasted_scale_tril).diagonal(dim1=-2, dim2=-1).sum(dim=-1)
        )
        return (
            -nu * (p * math.log(2) / 2 + half)
            - (nu / 2).mvlgamma(p)
            + (nu - p - 1) / 2 * linalg.slogdet(value).logabsdet  # type: ignore[attr-defined]
            - trace / 2
        )

    def entropy(self) -> Any:
        nu, p = self.df, self._event_shape[-1]
        half = self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        steps = functions["arange"](p, dtype=nu.dtype, device=nu.device)
        psi = ((nu.unsqueeze(-1) - steps) / 2).digamma().sum(-1)
        return (p + 1) * (p * math.log(2) / 2 + half) + (nu / 2).mvlgamma(p) - (nu - p - 1) / 2 * psi + nu * p / 2
