"""`gradcheck`: compare a derivative with what small steps measure."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from ..backend import kernels_of
from .backward import grad
from .forward_ad import dual_level, make_dual, unpack_dual
from .graph import Node, edge_of
from .variable import Variable, alias, needs_grad, wrap


class GradcheckError(RuntimeError):
    """A derivative does not agree with the measured slope."""


_AGAIN = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, "
    "although analytical gradient matches numerical gradient.The tolerance for nondeterminism was {tolerance}.\n"
    "NOTE: If your op relies on non-deterministic operations i.e., it is listed here:\n"
    "https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\n"
    "this failure might be expected.\n"
)
_UNDEFINED = "{what} Please look at 'Notes about undefined output gradients' in 'tools/autograd/derivatives.yaml'"


def _as_tuple(result: Any) -> tuple[Any, ...]:
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def _differentiable(result: Any) -> tuple[Any, ...]:
    return tuple(t for t in _as_tuple(result) if t.requires_grad)


def _sources(inputs: tuple[Any, ...]) -> list[Any]:
    return [x for x in inputs if isinstance(x, Variable) and needs_grad(x)]


def _steps(x: Any) -> Iterator[tuple[Any, Any]]:
    """Each element of ``x`` in turn: where it stands, and its value."""
    data = x._data
    for i in range(data.size):
        where = tuple(int(n) for n in kernels_of(data).xp.unravel_index(i, data.shape))
        yield where, data[where].item()


def numerical_jacobian(function: Callable[..., Any], inputs: tuple[Any, ...], x: Any, eps: float) -> list[Any]:
    """d(output)/d(x) by central differences: one (numel(x), numel(output)) matrix for each output."""
    xp = kernels_of(x._data).xp
    rows: list[list[Any]] = []
    for where, old in _steps(x):
        row = None
        directions = (1, 1j) if x._data.dtype.kind == "c" else (1,)
        for direction in directions:
            x._data[where] = old - eps * direction
            low = [t._data.copy() for t in _as_tuple(function(*inputs)) if t._data.dtype.kind in "fc"]
            x._data[where] = old + eps * direction
            high = [t._data.copy() for t in _as_tuple(function(*inputs)) if t._data.dtype.kind in "fc"]
            x._data[where] = old
            slope = [((b - a) / (2 * eps)).ravel() for a, b in zip(low, high)]
            row = slope if row is None else [a + 1j * b for a, b in zip(row, slope)]
        rows.append(row or [])
    count = len(rows[0]) if rows else 0
    return [xp.stack([row[j] for row in rows]) for j in range(count)]


def analytical_jacobians(output: Any, sources: list[Any]) -> list[Any]:
    """The same matrices from backward, one row of the output at a time: one for each of ``sources``."""
    xp = kernels_of(output._data).xp
    columns: list[list[Any]] = [[] for _ in sources]
    for i in range(output._data.size):
        seed = xp.zeros(output._data.shape, output._data.dtype)
        seed.reshape(-1)[i] = 1
        found = grad(output, sources, wrap(seed), retain_graph=True, allow_unused=True)
        for x, g, column in zip(sources, found, columns):
            column.append(xp.zeros(x._data.size, x._data.dtype) if g is None else g._data.ravel())
    return [
        xp.stack(column, axis=1) if column else xp.zeros((x._data.size, 0), x._data.dtype)
        for x, column in zip(sources, columns)
    ]


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
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether backward of ``func`` agrees with central differences at ``inputs`` (use float64).

    Raises `GradcheckError` with both Jacobians, unless ``raise_exception=False``. Every element is measured, with
    ``fast_mode`` too.

    >>> import tinygrad_edu as tg
    >>> tg.autograd.gradcheck(lambda x: (x * x).sum(), (tg.tensor([1., 2.], dtype=tg.float64, requires_grad=True),))
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    inputs = _as_tuple(inputs)
    try:
        _check_inputs(inputs)
        if check_forward_ad:
            _check_forward(func, inputs, eps, rtol, atol)
        if not check_backward_ad:
            return True
        outputs = _differentiable(func(*inputs))
        if not outputs:
            _check_constant(func, inputs, eps)
            return True
        if any(o._data.dtype.kind == "c" for o in outputs):
            for part in ("imag", "real"):
                _check_part(_part_of(func, part), inputs, outputs, part, eps, rtol, atol, nondet_tol)
        else:
            _check_part(func, inputs, outputs, None, eps, rtol, atol, nondet_tol)
        if check_undefined_grad:
            _check_undefined(func, inputs)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check_inputs(inputs: tuple[Any, ...]) -> None:
    checked = [(i, x) for i, x in enumerate(inputs) if isinstance(x, Variable) and needs_grad(x)]
    for i, x in checked:
        if x._data.dtype.itemsize < (16 if x._data.dtype.kind == "c" else 8):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This check will "
                "likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=3,
            )
        if any(stride == 0 and n > 1 for stride, n in zip(x._data.strides, x._data.shape)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be "
                "able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it "
                "to gradcheck."
            )
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


def _check_constant(func: Callable[..., Any], inputs: tuple[Any, ...], eps: float) -> None:
    for x in _sources(inputs):
        for matrix in numerical_jacobian(func, inputs, x, eps):
            if bool((matrix != 0).any()):
                raise GradcheckError("Numerical gradient for function expected to be zero")


def _part_of(func: Callable[..., Any], part: str) -> Callable[..., Any]:
    """``func`` with the real, or imaginary, part of its complex outputs."""

    def wrapped(*inputs: Any) -> tuple[Any, ...]:
        return tuple(getattr(o, part) if o.is_complex() else o for o in _as_tuple(func(*inputs)))

    return wrapped


def _check_part(
    func: Callable[..., Any], inputs: tuple[Any, ...], complete: tuple[Any, ...], part: str | None, eps: float, rtol: float,
    atol: float, nondet_tol: float,
) -> None:  # fmt: skip
    """Compare the matrices of one function with real outputs (``part`` of the outputs ``complete``)."""
    results = tuple(t for t in _as_tuple(func(*inputs)) if t._data.dtype.kind in "fc")
    sources = _sources(inputs)
    measured = [numerical_jacobian(func, inputs, x, eps) for x in sources]
    places = [i for i, o in enumerate(results) if o.requires_grad]
    for i, place in enumerate(places):
        first = analytical_jacobians(results[place], sources)
        for a, b in zip(first, analytical_jacobians(results[place], sources)):
            if a.size and float(abs(a - b).max()) > nondet_tol:
                raise GradcheckError(_AGAIN.format(tolerance=nondet_tol))
        for j, a in enumerate(first):
            prefix = ""
            if part is not None and complete[i].is_complex():
                word = {"imag": "imaginary", "real": "real"}[part]
                prefix = f"While considering the {word} part of complex outputs only, "
            _compare(
                a,
                measured[j][place],
                f"{prefix}Jacobian mismatch for output {i} with respect to input {j},",
                rtol,
                atol,
            )


def _check_forward(func: Callable[..., Any], inputs: tuple[Any, ...], eps: float, rtol: float, atol: float) -> None:
    """Compare tangents, one element of a (real) input at a time, with what small steps measure."""
    sources = [(j, x) for j, x in enumerate(_sources(inputs)) if x._data.dtype.kind == "f"]
    measured = [numerical_jacobian(func, inputs, x, eps) for _, x in sources]
    tangents = [_forward_jacobian(func, inputs, x) for _, x in sources]
    for i in range(len(tangents[0]) if tangents else 0):
        for (j, _), a, n in zip(sources, tangents, measured):
            text = f"Jacobian computed with forward mode mismatch for output {i} with respect to input {j},"
            _compare(a[i], n[i], text, rtol, atol)


def _forward_jacobian(function: Callable[..., Any], inputs: tuple[Any, ...], x: Any) -> list[Any]:
    """The matrices of `numerical_jacobian` from forward mode."""
    xp = kernels_of(x._data).xp
    rows: list[list[Any]] = []
    for where, _ in _steps(x):
        tangent = xp.zeros_like(x._data)
        tangent[where] = 1
        with dual_level():
            dual = [
                make_dual(t, wrap(tangent) if t is x else wrap(xp.zeros_like(t._data)))
                if isinstance(t, Variable) and needs_grad(t)
                else t
                for t in inputs
            ]
            parts = [unpack_dual(t) for t in _as_tuple(function(*dual)) if t._data.dtype.kind in "fc"]
        rows.append([(xp.zeros_like(p._data) if t is None else t._data).ravel() for p, t in parts])
    return [xp.stack(column) for column in zip(*rows)]


def _compare(a: Any, n: Any, text: str, rtol: float, atol: float) -> None:
    xp = kernels_of(a).xp
    n = n.astype(xp.result_type(a, n), copy=False)
    if not bool(xp.allclose(a, n, rtol=rtol, atol=atol)):
        raise GradcheckError(f"{text}\nnumerical:{wrap(n)}\nanalytical:{wrap(a)}\n")


class UndefinedGrad(Node):
    """Hands on no gradient at all, whatever comes in."""

    takes_none = True

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Any:
        return (None,)


def _without_gradient(t: Any) -> Any:
    """The same tensor; its backward stops here."""
    out = alias(t)
    out._requires_grad, out._edge = True, (UndefinedGrad((edge_of(t),), ((t._data.shape, t._data.dtype),)), 0)
    return out


def _check_undefined(func: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    """Backward must take it that no gradient comes to some, or all, of the outputs."""
    sources = _sources(inputs)
    count = len(_differentiable(func(*inputs)))
    for cut in [set(range(count)), *({i} for i in range(count) if count > 1)]:
        outputs = [_without_gradient(o) if i in cut else o for i, o in enumerate(_differentiable(func(*inputs)))]
        seeds = [wrap(kernels_of(o._data).xp.zeros_like(o._data)) for o in outputs]
        try:
            found = grad(outputs, sources, seeds, allow_unused=True)
        except RuntimeError as error:
            raise GradcheckError(
                _UNDEFINED.format(what="Expected backward function to handle undefined output grads.")
            ) from error
        if any(g is not None and bool((g._data != 0).any()) for g in found):
            what = "Expected all input grads to be undefined or zero when all output grads are undefined or zero."
            raise GradcheckError(_UNDEFINED.format(what=what))


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
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """`gradcheck` of the gradient: whether second derivatives agree with central differences of the first.

    Without ``grad_outputs`` the outputs' gradients are random numbers between -1 and 1.
    """
    inputs = _as_tuple(inputs)
    if grad_outputs is None:
        made = [kernels_of(o._data).xp.empty_like(o._data) for o in _differentiable(func(*inputs))]
        seeds = tuple(_random(wrap(array)).requires_grad_() for array in made)
    else:
        seeds = _as_tuple(grad_outputs)
    split = len(inputs)

    def first_derivative(*args: Any) -> tuple[Any, ...]:
        outputs = _differentiable(func(*args[:split]))
        found = grad(outputs, _sources(args[:split]), args[split:], create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        first_derivative, inputs + seeds, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad,
    )  # fmt: skip


def _random(t: Any) -> Any:
    if t._data.dtype.kind == "c":
        for part in (t.real, t.imag):
            part.uniform_(-1, 1)
        return t
    return t.uniform_(-1, 1)
