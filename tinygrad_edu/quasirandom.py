"""``torch.quasirandom``: Sobol points, which fill a cube more evenly than random ones.

Point number i of a coordinate is the exclusive or of *direction numbers* v_j, one for each bit j that is set in the Gray code of i.
Each coordinate has its own primitive polynomial over {0, 1}, from which its direction numbers follow but for the first few; those were
chosen by S. Joe and F. Y. Kuo ("Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30, 2008).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from typing import Any

from . import dtypes
from .ops.creation import tensor
from .ops.random_ops import randint
from .ops.ranges import arange
from .random import Generator

_BITS = 30
_DEGREES = range(1, 11)  # of the polynomials that there are numbers for: 161 coordinates
# Joe and Kuo's first numbers: of those of a polynomial of degree s, (m - 1) / 2 for m_2 … m_s, in 1 … s - 1 bits
_FIRST = base64.b64decode(
    b"wE7JQkTsoACuX2HgelTbgcxTsxKfe2fP5jxHHF/QGNTJHWLfHqzR7ETRPAkDpkumY5TawN8t0iEtRJXAZsPeuN5iodoT+Zj1v/X2Eqlm+S7WMI/R"
    b"aC3OPgTwSUHMpKjp3oQsuUuSdH68+xpCvw4A3Vyx3CEkcW/91FLVqFlyF63faINghEFEywVXFhz2fyKqH2i2qjsOdqvNlAd/36aYjcDZ995St52x"
    b"igdl01cALWvvkk6o3E9ClBqAKC9Y4PvbglQZQKd5hv/nQX7Fp+SCfX7snb0vMgrGurfqEBhtFYeHOQYhKdaM6vA7X/4xjvtKswiAXPiUUXBwyeKZ"
    b"dIzhVvfGUPouGTpyxdvkeiVYtGxK+ZYXnFyhjxvBPM01gOAEJJF7O9Tg3izLaoOvSUS8NdWjUzsoYqBvCd/nELzUwm5FLZdLS3D5jdQf3ekolnTZ"
    b"X0kHqTOQkuLe5Wim//Q3nGg6/jZKzkuHwtT39JhEIJcMp6GUn6kj/xyrPinGmCX+CpHSMBOfxOBfG3Uh+qHqXbLp7k8SwFwi27n1+g6pMJGcamBt"
    b"98jgmqif59Wtonw3IZ3DYQ6Nos1vEpGVnacRu2taEQLlxfIYyXHTYvc1uydUqlTKpyUX3kh45xoCzi9ZKeywdNoZNWVPz0FZu4X0hQPwcsys56mD"
    b"ODeXcxJIDuhW4gZqn9p27SzH+Vgxgvlhk1HxIk3H4e0WC9/cX0HiRbgL4wCz82IybZfGaWfuImac2QlqACNiIC3ezm9xjQarXhYlSj7rK18mrv9C"
    b"ewzgf5zeCevO3n0WFRJJzLriB3p4/oUyQfJLpewTb8spMIDNsUWzZ747DXxKvyk/1+rqps9LY/VsntYyMAJdZU0mvTbI+d9cFXKn6Kiee89F/Mu2"
    b"gzCOxzLO"
)


def _power_of_x(exponent: int, polynomial: int, degree: int) -> int:
    """The remainder of x^exponent, as bits."""

    def product(a: int, b: int) -> int:
        total = 0
        while b:
            total ^= a if b & 1 else 0
            a, b = a << 1, b >> 1
            a ^= polynomial if a >> degree else 0
        return total

    result, square = 1, 2 if degree > 1 else 2 ^ polynomial
    while exponent:
        result = product(result, square) if exponent & 1 else result
        square, exponent = product(square, square), exponent >> 1
    return result


def _primes_of(n: int) -> set[int]:
    found, p = set(), 2
    while p * p <= n:
        if n % p == 0:
            found.add(p)
            n //= p
        else:
            p += 1
    return {*found, n} - {1}


def _primitive_polynomials() -> Iterator[tuple[int, int]]:
    """(degree, bits) of the primitive polynomials over {0, 1}, in order: x generates all remainders but 0."""
    for degree in _DEGREES:
        order = (1 << degree) - 1
        primes = _primes_of(order)
        for bits in range((1 << degree) + 1, 1 << (degree + 1), 2):
            if _power_of_x(order, bits, degree) == 1 and all(
                _power_of_x(order // p, bits, degree) != 1 for p in primes
            ):
                yield degree, bits


@cache
def _directions() -> list[list[int]]:
    """The direction numbers of every coordinate, as integers below 2^30."""
    bits = "".join(f"{byte:08b}" for byte in _FIRST)
    columns, at = [[1] * _BITS], 0
    for degree, polynomial in _primitive_polynomials():
        numbers = [1]
        for width in range(1, degree):
            numbers.append(2 * int(bits[at : at + width], 2) + 1)
            at += width
        for _ in range(degree, _BITS):
            new = numbers[-degree] ^ (numbers[-degree] << degree)
            for i in range(1, degree):
                if polynomial >> (degree - i) & 1:
                    new ^= numbers[-i] << i
            numbers.append(new)
        columns.append(numbers)
    return [[m << (_BITS - 1 - j) for j, m in enumerate(numbers)] for numbers in columns]


class SobolEngine:
    """Draws Sobol points in ``dimension`` coordinates (161 at most), scrambled at random if wished.

    >>> SobolEngine(2).draw(3)
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500]])
    """

    MAXBIT = _BITS
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if dimension > self.MAXDIM or dimension < 1:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}]")
        if dimension > len(_directions()):
            raise NotImplementedError(f"SobolEngine has {len(_directions())} coordinates here, not {dimension}")
        self.seed, self.scramble, self.dimension = seed, scramble, dimension
        self.sobolstate = tensor(_directions()[:dimension])
        self.shift = tensor([0] * dimension)
        if scramble:
            self._scramble()
        self.quasi = self.shift.clone()
        self.num_generated = 0

    def _scramble(self) -> None:
        """Move all points by a random shift, after a random triangular matrix has been applied to their bits."""
        generator = None if self.seed is None else Generator().manual_seed(self.seed)
        size = (self.dimension, _BITS)
        bits = randint(2, size, generator=generator)
        self.shift = (bits * 2 ** arange(_BITS)).sum(1)
        triangles = randint(2, (*size, _BITS), generator=generator).tril()
        triangles.diagonal(0, 1, 2).fill_(1)
        rows = (triangles * 2 ** arange(_BITS - 1, -1, -1)).sum(2).tolist()
        self.sobolstate = tensor(
            [[_applied(matrix, v) for v in numbers] for matrix, numbers in zip(rows, self.sobolstate.tolist())]
        )

    def _point(self, number: Any) -> Any:
        """The points of these numbers, as integers: (n,) → (n, dimension)."""
        gray, total = (number ^ (number >> 1)).unsqueeze(1), self.shift
        for j in range(_BITS):
            total = total ^ ((gray >> j & 1) * self.sobolstate[:, j])
        return total

    def draw(self, n: int = 1, out: Any = None, dtype: dtypes.dtype | None = None) -> Any:
        """The next ``n`` points, (n, dimension), in [0, 1)."""
        dtype = dtype or dtypes.get_default_dtype()
        after_first = n - (self.num_generated == 0)
        if after_first < 0:
            size = f"[{after_first}, {self.dimension}]"
            raise RuntimeError(f"Trying to create tensor with negative dimension {after_first}: {size}")
        numbers = self._point(arange(self.num_generated, self.num_generated + n))
        self.quasi = numbers[-1].clone() if n else self.quasi
        self.num_generated += n
        result = numbers.to(dtype) * 2.0**-_BITS
        return result if out is None else out.resize_as_(result).copy_(result)

    def draw_base2(self, m: int, out: Any = None, dtype: dtypes.dtype | None = None) -> Any:
        """The next 2^m points; ValueError unless there will have been a power of two of them, as evenness asks for."""
        n = 2**m
        total = self.num_generated + n
        if total & (total - 1):
            raise ValueError(
                f"The balance properties of Sobol' points require n to be a power of 2. {self.num_generated} points have been previously "
                f"generated, then: n={self.num_generated}+2**{m}={total}. If you still want to do this, please use "
                "'SobolEngine.draw()' instead."
            )
        return self.draw(n=n, out=out, dtype=dtype)

    def reset(self) -> SobolEngine:
        """Begin again with the first point."""
        self.quasi = self.shift.clone()
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Leave out the next ``n`` points."""
        self.num_generated += n
        if self.num_generated:
            self.quasi = self._point(arange(self.num_generated - 1, self.num_generated))[0]
        return self

    def __repr__(self) -> str:
        parts = [f"dimension={self.dimension}"]
        parts += ["scramble=True"] if self.scramble else []
        parts += [f"seed={self.seed}"] if self.seed is not None else []
        return f"{type(self).__name__}({', '.join(parts)})"


def _applied(matrix: list[int], v: int) -> int:
    """A matrix over {0, 1}, its rows as integers, times the bits of v, the highest first."""
    total = 0
    for row in matrix:
        total = 2 * total + (row & v).bit_count() % 2
    return total


__all__ = ["SobolEngine"]
