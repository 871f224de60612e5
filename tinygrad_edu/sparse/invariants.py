"""Whether a sparse tensor's indices lie where they must."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..backend.compressed import Compressed
from ..backend.coo import Coo


class check_sparse_tensor_invariants:
    """Whether indices are looked through when a sparse tensor is made: a switch, a ``with`` block, a decorator.

    >>> import tinygrad_edu as tg
    >>> with tg.sparse.check_sparse_tensor_invariants():
    ...     tg.sparse_coo_tensor([[5]], [1.], (3,))
    Traceback (most recent call last):
    RuntimeError: size is inconsistent with indices: for dim 0, size is 3 but found index 5
    """

    on = False

    def __init__(self, enable: bool = True) -> None:
        self.wanted = enable
        self.before: bool | None = None

    @staticmethod
    def is_enabled() -> bool:
        return check_sparse_tensor_invariants.on

    @staticmethod
    def enable() -> None:
        check_sparse_tensor_invariants.on = True

    @staticmethod
    def disable() -> None:
        check_sparse_tensor_invariants.on = False

    def __enter__(self) -> None:
        if self.before is not None:
            raise RuntimeError(
                "This context manager instance is already activated. Use a different context manager instance."
            )
        self.before = self.is_enabled()
        check_sparse_tensor_invariants.on = self.wanted

    def __exit__(self, *exception: Any) -> None:
        check_sparse_tensor_invariants.on = bool(self.before)
        self.before = None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def form(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.wanted):
                return function(*args, **kwargs)

        return form


def check(t: Any) -> None:
    """`check_indices` or `check_compressed` of a tensor."""
    (check_indices if isinstance(t._raw, Coo) else check_compressed)(t._raw)


def check_indices(raw: Coo) -> None:
    """RuntimeError, in torch's words, where an index lies outside."""
    for d, (row, n) in enumerate(zip(raw.indices, raw.shape)):
        if len(row) and int(row.min()) < 0:
            raise RuntimeError(f"found negative index {int(row.min())} for dim {d}")
        if len(row) and int(row.max()) >= n:
            raise RuntimeError(
                f"size is inconsistent with indices: for dim {d}, size is {n} but found index {int(row.max())}"
            )


def check_compressed(c: Compressed) -> None:
    """The same for a compressed matrix."""
    outer, inner = ("crow", "col") if c.by_rows else ("ccol", "row")
    names = ("nrows", "ncols") if c.by_rows else ("ncols", "nrows")
    n, m = (c.shape[-2], c.shape[-1]) if c.by_rows else (c.shape[-1], c.shape[-2])
    if c.outer.shape[-1] != n + 1:
        raise RuntimeError(
            f"{outer}_indices.shape[-1] must be equal to the number of {names[0][1:]} + 1 = {n + 1}, but got {c.outer.shape[-1]}"
        )
    if c.inner.shape[-1] != c.values.shape[c.batches]:
        raise RuntimeError(
            f"number of elements in {inner}_indices and values must match but got {c.inner.shape[-1]} and {c.nnz}"
        )
    if (c.outer[..., 0] != 0).any():
        raise RuntimeError(f"`{outer}_indices[..., 0] == 0` is not satisfied.")
    if (c.outer[..., -1] != c.inner.shape[-1]).any():
        raise RuntimeError(f"`{outer}_indices[..., -1] == nnz` is not satisfied.")
    steps = c.outer[..., 1:] - c.outer[..., :-1]
    if ((steps < 0) | (steps > m)).any():
        raise RuntimeError(
            f"`0 <= {outer}_indices[..., 1:] - {outer}_indices[..., :-1] <= {names[1]}` is not satisfied."
        )
    if ((c.inner < 0) | (c.inner >= m)).any():
        raise RuntimeError(f"`0 <= {inner}_indices < {names[1]}` is not satisfied.")
