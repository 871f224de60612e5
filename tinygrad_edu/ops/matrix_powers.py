"""Powers, exponentials and chains of matrices; Vandermonde matrices; inverses of tensors."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..autograd.op import Op
from ..backend import matrices
from ._check import c_name
from ._define import cast
from ._matrix import check_square, mH
from .registry import public
from .solving import inv, solve


# ------------------------------------------------------------------------------------ powers
@public("linalg", out=True)
def matrix_power(A: Any, n: int) -> Any:
    """``A`` multiplied by itself n times (negative: its inverse).

    >>> import tinygrad_edu as tg
    >>> tg.linalg.matrix_power(tg.tensor([[1., 1.], [0., 1.]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    if not isinstance(n, int):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    check_square("linalg.matrix_power", A, floating=False)
    if n == 0:
        from .ranges import eye

        return A.clone().copy_(eye(A._data.shape[-1], dtype=A.dtype, device=A.device))
    if n == -1:
        return inv(A)
    if n < 0:
        return matrix_power(inv(A), -n)
    if n == 3:  # as torch puts the brackets
        return (A @ A) @ A
    power, result = A, None
    while n:
        if n & 1:
            result = power if result is None else result @ power
        n >>= 1
        if n:
            power = power @ power
    return result.clone() if result is A else result


public("function method", name="matrix_power", out=True)(lambda input, n: matrix_power(input, n))


# ------------------------------------------------------------------------------------ exponential
def _exp_slope(k: Any, g: Any, x: Any) -> Any:
    """exp([[Aᴴ, g], [0, Aᴴ]]) holds the gradient in its corner (Mathias, 1996)."""
    n = x.shape[-1]
    return k.upper_right(k.matrix_exp(k.block_triangle(mH(k, x), g)), n)


Op("matrix_exp", lambda k, x: matrices.exponential(k.xp, x), node="LinalgMatrixExpBackward0", x=_exp_slope)


def _block_triangle(k: Any, x: Any, g: Any) -> Any:
    top = k.xp.concatenate([x, g], axis=-1)
    return k.xp.concatenate([top, k.xp.concatenate([k.xp.zeros_like(x), x], axis=-1)], axis=-2)


Op("block_triangle", _block_triangle, node="CatBackward0",
   x=lambda k, gg, x_shape: k.corner(gg, *x_shape[-2:]) + k.lower_right(gg, x_shape[-1]),
   g=lambda k, gg, x_shape: k.upper_right(gg, x_shape[-1]))  # fmt: skip


def _at(rows: bool) -> Any:
    def place(k: Any, g: Any, x_shape: Any, n: int) -> Any:
        out = k.xp.zeros(x_shape, g.dtype)
        out[..., n if rows else 0 : None if rows else n, n:] = g
        return out

    return place


for _name, _rows in (("upper_right", False), ("lower_right", True)):
    Op(f"{_name}_backward", _at(_rows),
       g=lambda k, gg, n, name=_name: getattr(k, name)(gg, n))  # fmt: skip
Op("upper_right", lambda k, x, n: x[..., :n, n:].copy(), node="SliceBackward0",
   x=lambda k, g, x_shape, n: k.upper_right_backward(g, x_shape, n))  # fmt: skip
Op("lower_right", lambda k, x, n: x[..., n:, n:].copy(), node="SliceBackward0",
   x=lambda k, g, x_shape, n: k.lower_right_backward(g, x_shape, n))  # fmt: skip


@public("linalg", name="matrix_exp")
def linalg_matrix_exp(A: Any) -> Any:
    """``Σ Aⁿ / n!``, the exponential of a square matrix.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.matrix_exp(tg.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_square("linalg.matrix_exp", A, floating=False)
    if A._data.dtype.kind in "iub":
        raise RuntimeError(
            f"linalg.matrix_exp: Expected a floating point or complex tensor as input. Got {A.dtype.short}"
        )
    return Op.table["matrix_exp"](A)


@public("function method")
def matrix_exp(input: Any) -> Any:
    """`linalg.matrix_exp`."""
    return linalg_matrix_exp(input)


# ------------------------------------------------------------------------------------ products of several matrices
@public("linalg", out=True)
def multi_dot(tensors: Any) -> Any:
    """The product of two or more matrices, multiplied in the order that costs least (the ends may be vectors)."""
    if len(tensors) < 2:
        raise RuntimeError("multi_dot(): expected at least 2 tensors but got " + str(len(tensors)))
    for which, t in (("first", tensors[0]), ("last", tensors[-1])):
        if t._data.ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): the {which} tensor must be 1D or 2D but got {t._data.ndim}D")
    first_is_vector, last_is_vector = tensors[0]._data.ndim == 1, tensors[-1]._data.ndim == 1
    chain = list(tensors)
    if first_is_vector:
        chain[0] = chain[0].unsqueeze(0)
    if last_is_vector:
        chain[-1] = chain[-1].unsqueeze(-1)
    for i, t in enumerate(chain):
        if t._data.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {t._data.ndim}D")
        if t._data.dtype != chain[0]._data.dtype:
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {c_name(chain[0].dtype)} and tensor "
                f"{i} {c_name(t.dtype)}"
            )
        if i and chain[i - 1]._data.shape[1] != t._data.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i - 1} and {i} with shapes {list(chain[i - 1]._data.shape)} and "
                f"{list(t._data.shape)} cannot be multiplied"
            )
    result = _multiply(chain, _best_splits([t._data.shape for t in chain]), 0, len(chain) - 1)
    shape = list(result._data.shape)
    if first_is_vector:
        shape.pop(0)
    if last_is_vector:
        shape.pop()
    return result.view(shape)


def _best_splits(shapes: list[tuple[int, ...]]) -> dict[tuple[int, int], int]:
    """Where to cut each stretch of the chain (dynamic programming over all ways to put brackets)."""
    n = len(shapes)
    sizes = [shapes[0][0]] + [s[1] for s in shapes]
    cost = {(i, i): 0 for i in range(n)}
    cut: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], cut[i, j] = min(
                (cost[i, c] + cost[c + 1, j] + sizes[i] * sizes[c + 1] * sizes[j + 1], c) for c in range(i, j)
            )
    return cut


def _multiply(chain: list[Any], cut: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return chain[i]
    c = cut[i, j]
    return _multiply(chain, cut, i, c) @ _multiply(chain, cut, c + 1, j)


# ------------------------------------------------------------------------------------ Vandermonde, tensors as matrices
@public("linalg")
def vander(x: Any, N: int | None = None) -> Any:
    """The powers 0, 1, … N - 1 of each number: shape (…, n) becomes (…, n, N), N = n unless given.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.vander(tg.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [1, 2, 4],
            [1, 3, 9]])
    """
    if x._data.dtype.kind == "b":
        raise RuntimeError("linalg.vander supports floating point, complex, and integer tensors, but got Bool")
    x = x.reshape(1) if x._data.ndim == 0 else x
    shape = x._data.shape
    if N is None:
        N = shape[-1]
    if N <= 1:
        raise RuntimeError("N must be greater than 1.")
    kind = x.dtype if x._data.dtype.kind not in "iu" else dtypes.int64
    powers = x.unsqueeze(-1).expand(*shape, N - 1).cumprod(-1)
    return Op.table["cat"]([cast(powers.new_ones((*shape, 1)), kind), powers], len(shape))


@public("linalg", out=True)
def tensorinv(A: Any, ind: int = 2) -> Any:
    """The tensor whose `tensordot` with A over A's first ``ind`` dimensions is the identity."""
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    shape = A._data.shape
    first, last = math.prod(shape[:ind]), math.prod(shape[ind:])
    if ind > len(shape):
        raise RuntimeError(f"ArrayRef: invalid slice, N = {ind}; size = {len(shape)}")
    if first != last:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{last} != {first}"
        )
    return inv(A.reshape(last, first)).reshape(*shape[ind:], *shape[:ind])


@public("linalg", out=True)
def tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:
    """The X with ``tensordot(A, X, X.ndim) == B``; ``dims`` of A are moved to its end first."""
    if dims is not None:
        n = A._data.ndim
        A = A.movedim(tuple(dims), tuple(range(n - len(dims), n)))
    shape, m = A._data.shape, B._data.ndim
    last, first = math.prod(shape[m:]), math.prod(shape[:m])
    if last != first:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got "
            f"{last} != {first}"
        )
    return solve(A.reshape(last, last), B.reshape(-1)).reshape(shape[m:])
