"""``backward`` and ``autograd.grad``: where users enter the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..backend import kernels_of
from .graph import NO_EDGE, AccumulateGrad, Edge, edge_of, run_backward
from .variable import Variable, needs_grad, wrap


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _roots(outputs: Sequence[Any], gradients: Any, create_graph: bool, batched: bool = False) -> list[tuple[Edge, Any]]:
    """Pair every output with the gradient to start from; torch's errors where that makes no sense."""
    given = [None] * len(outputs) if gradients is None else _sequence(gradients)
    if len(given) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(given)} gradients")
    roots = []
    for t, g in zip(outputs, given):
        if not isinstance(t, Variable):
            raise TypeError(f"expected a Tensor to differentiate, got {type(t).__name__}")
        if g is None:
            if needs_grad(t) and t._data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            if needs_grad(t) and t._data.dtype.kind == "c":
                raise RuntimeError(
                    f"grad can be implicitly created only for real scalar outputs but got {t.dtype}"  # type: ignore[attr-defined]
                )
            g = wrap(kernels_of(t._data).xp.ones_like(t._data))
        elif not isinstance(g, Variable):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__}")
        elif g._data.shape != t._data.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{len(roots)}] has a shape of {g.shape} and output[{len(roots)}] has a shape of "  # type: ignore[attr-defined]
                f"{t.shape}."  # type: ignore[attr-defined]
            )
        elif g._data.dtype != t._data.dtype and (g._data.dtype.kind == "c") != (t._data.dtype.kind == "c"):
            raise RuntimeError(
                "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
                f"grad_output[{len(roots)}] has a dtype of {g.dtype} and output[{len(roots)}] has a dtype of {t.dtype}."  # type: ignore[attr-defined]
            )
        edge = edge_of(t) if needs_grad(t) else NO_EDGE
        if edge[0] is None:
            raise RuntimeError(f"element {len(roots)} of tensors does not require grad and does not have a grad_fn")
        if g._data.dtype != t._data.dtype:
            g = g.to(t.dtype)  # type: ignore[attr-defined]
        roots.append((edge, g if create_graph else g._data))
    return roots


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add d(sum of tensors)/d(leaf) to the ``.grad`` of every leaf (or only of ``inputs``)."""
    outputs = _sequence(tensors)
    keep = create_graph if retain_graph is None else retain_graph
    roots = _roots(outputs, grad_tensors, create_graph)
    if inputs is None:
        run_backward(roots, create_graph, keep)
        return
    wanted = _sequence(inputs)
    if not wanted:
        raise RuntimeError("'inputs' argument to backward() cannot be empty.")
    for t in wanted:
        if not needs_grad(t):
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    edges = {edge_of(t): t for t in wanted}
    found = run_backward(roots, create_graph, keep, edges)
    for edge, g in found.items():
        if isinstance(edge[0], AccumulateGrad):
            edge[0].apply(g, create_graph, None)
        else:
            t = edges[edge]
            g = g if create_graph else wrap(g)
            t._grad = g if t._grad is None else t._grad + g


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of (the sum of) ``outputs`` with respect to each of ``inputs``; no ``.grad`` is touched.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor(3., requires_grad=True)
    >>> (dy,) = tg.autograd.grad(x ** 3, x, create_graph=True); dy
    tensor(27., grad_fn=<MulBackward0>)
    >>> tg.autograd.grad(dy, x)
    (tensor(18.),)
    """
    if materialize_grads:
        if allow_unused is False:
            raise ValueError(
                "Expected allow_unused to be True or not passed when materialize_grads=True, but got: False."
            )
        allow_unused = True
    wanted = _sequence(inputs)
    keep = create_graph if retain_graph is None else retain_graph
    roots = _roots(_sequence(outputs), grad_outputs, create_graph)
    for t in wanted:
        if not needs_grad(t):
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    edges = [edge_of(t) for t in wanted]
    found = run_backward(roots, create_graph, keep, dict(zip(edges, wanted)))
    results: list[Any] = []
    for t, edge in zip(wanted, edges):
        g = found.get(edge)
        if g is None:
            if not allow_unused:
                raise RuntimeError(
                    f"The differentiated Tensor at index {len(results)} appears to not have been used in the graph. Set "
                    "allow_unused=True if this is the desired behavior."
                )
            results.append(wrap(kernels_of(t._data).xp.zeros_like(t._data)) if materialize_grads else None)
        else:
            results.append(g if create_graph else wrap(_as_array(g)))
    return tuple(results)


def _as_array(g: Any) -> Any:
    k = kernels_of(g)
    g = g if type(g) is k.array_type else k.xp.asarray(g)
    return g if g.flags.writeable else g.copy()
