"""`gradcheck`: compare a derivative with what small steps measure."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from ..backend import kernels_of
from .backward import grad
from .variable import Variable, needs_grad, wrap


class GradcheckError(RuntimeError):
    """A derivative does not agree with the measured slope."""


def _tensors(result: Any) -> tuple[Any, ...]:
    found = result if isinstance(result, (tuple, list)) else (result,)
    return tuple(t for t in found if isinstance(t, Variable) and t._data.dtype.kind in "fc")


def _steps(x: Any, eps: float) -> Iterator[tuple[int, Any, Any]]:
    """Each element of ``x`` in turn, moved up and down (yields its number and a way to set it)."""
    data = x._data
    for i in range(data.size):
        where = tuple(int(n) for n in kernels_of(data).xp.unravel_index(i, data.shape))
        old = data[where].item()
        yield i, where, old


def numerical_jacobian(function: Callable[..., Any], inputs: tuple[Any, ...], x: Any, eps: float) -> list[Any]:
    """d(output)/d(x) by central differences: one (numel(x), numel(output)) matrix for each output."""
    xp = kernels_of(x._data).xp
    rows: list[list[Any]] = []
    for _, where, old in _steps(x, eps):
        row = None
        directions = (1, 1j) if x._data.dtype.kind == "c" else (1,)
        for direction in directions:
            x._data[where] = old + eps * direction
            high = [t._data.copy() for t in _tensors(function(*inputs))]
            x._data[where] = old - eps * direction
            low = [t._data.copy() for t in _tensors(function(*inputs))]
            x._data[where] = old
            slope = [((a - b) / (2 * eps)).ravel() for a, b in zip(high, low)]
            row = slope if row is None else [a + 1j * b for a, b in zip(row, slope)]
        rows.append(row or [])
    count = len(rows[0]) if rows else 0
    return [xp.stack([row[j] for row in rows]) for j in range(count)]


def analytical_jacobian(outputs: tuple[Any, ...], x: Any) -> list[Any]:
    """The same matrices from backward, one row of each output at a time."""
    xp = kernels_of(x._data).xp
    found = []
    for out in outputs:
        columns = []
        for i in range(out._data.size):
            seed = xp.zeros(out._data.shape, out._data.dtype)
            seed.reshape(-1)[i] = 1
            (g,) = grad(out, x, wrap(seed), retain_graph=True, allow_unused=True)
            columns.append(xp.zeros(x._data.size, x._data.dtype) if g is None else g._data.ravel())
        found.append(xp.stack(columns, axis=1) if columns else xp.zeros((x._data.size, 0)))
    return found


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Whether backward of ``func`` agrees with central differences at ``inputs`` (use float64).

    Raises `GradcheckError`, naming output, input and the worst element, unless ``raise_exception=False``.

    >>> import tinygrad_edu as tg
    >>> tg.autograd.gradcheck(lambda x: (x * x).sum(), (tg.tensor([1., 2.], dtype=tg.float64, requires_grad=True),))
    True
    """
    inputs = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    try:
        checked = [(i, x) for i, x in enumerate(inputs) if isinstance(x, Variable) and needs_grad(x)]
        if not checked:
            raise ValueError(
                "gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True."
            )
        for i, x in checked:
            if x._data.dtype.itemsize < (16 if x._data.dtype.kind == "c" else 8):
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point or complex. This check will "
                    "likely fail if all the inputs are not of double precision floating point or complex. ",
                    stacklevel=2,
                )
        outputs = _tensors(func(*inputs))
        for i, x in checked:
            numeric = numerical_jacobian(func, inputs, x, eps)
            analytic = analytical_jacobian(outputs, x)
            for j, (a, n) in enumerate(zip(analytic, numeric)):
                _compare(a, n, i, j, x, rtol, atol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _compare(a: Any, n: Any, i: int, j: int, x: Any, rtol: float, atol: float) -> None:
    xp = kernels_of(a).xp
    wrong = ~(xp.abs(a - n) <= atol + rtol * xp.abs(n))
    if not bool(wrong.any()):
        return
    miss = xp.where(wrong, xp.nan_to_num(xp.abs(a - n), nan=xp.inf), 0)
    row, column = (int(v) for v in xp.unravel_index(int(miss.argmax()), miss.shape))
    where = tuple(int(v) for v in xp.unravel_index(row, x._data.shape))
    raise GradcheckError(
        f"Jacobian mismatch for output {j} with respect to input {i},\nnumerical:{wrap(n)}\nanalytical:{wrap(a)}\n"
        f"worst at element {where} of input {i}, element {column} of output {j}: "
        f"measured {n[row, column].item():.6g}, backward gave {a[row, column].item():.6g}"
    )


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    fast_mode: bool = False,
) -> bool:
    """`gradcheck` of the gradient: whether second derivatives agree with central differences of the first."""
    inputs = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    outputs = _tensors(func(*inputs))
    if grad_outputs is None:
        grad_outputs = []
        for n, out in enumerate(outputs):
            xp = kernels_of(out._data).xp
            ramp = xp.cos(xp.arange(out._data.size, dtype="float64") + n).reshape(
                out._data.shape
            )  # any fixed direction
            seed = wrap(ramp.astype(out._data.dtype))
            grad_outputs.append(seed.requires_grad_())
    grad_outputs = tuple(grad_outputs) if isinstance(grad_outputs, (tuple, list)) else (grad_outputs,)
    split = len(inputs)

    def first_derivative(*args: Any) -> Any:
        results = _tensors(func(*args[:split]))
        sources = [x for x in args[:split] if isinstance(x, Variable) and needs_grad(x)]
        kept = [(r, g) for r, g in zip(results, args[split:]) if needs_grad(r)]
        found = grad([r for r, _ in kept], sources, [g for _, g in kept], create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None and needs_grad(g))

    return gradcheck(
        first_derivative, inputs + grad_outputs, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception
    )
