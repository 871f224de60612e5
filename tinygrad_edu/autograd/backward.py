"""``backward`` and ``autograd.grad``: where users enter the engine."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..backend import kernels_for, kernels_of
from .engine import run_backward
from .graph import NO_EDGE, AccumulateGrad, Edge, GradientEdge, edge_of
from .modes import state
from .table import TENSOR_OPS
from .variable import Variable, needs_grad, wrap, wrap_sparse


def _sequence(value: Any) -> list[Any]:
    return [value] if isinstance(value, (Variable, GradientEdge)) else list(value)


def _place(t: Any) -> Edge:
    """Where a tensor's gradient arrives in the graph."""
    return (t.node, t.output_nr) if isinstance(t, GradientEdge) else edge_of(t)


def _needed(t: Any) -> bool:
    if not isinstance(t, (Variable, GradientEdge)):
        raise TypeError(f"expected a Tensor to differentiate by, got {type(t).__name__}")
    return isinstance(t, GradientEdge) or needs_grad(t)


def _roots(outputs: Sequence[Any], given: Sequence[Any], create_graph: bool) -> list[tuple[Edge, Any]]:
    """Pair every output with the gradient to start from; torch's errors where that makes no sense."""
    roots: list[tuple[Edge, Any]] = []
    for t, g in zip(outputs, given):
        if isinstance(t, GradientEdge):
            roots.append(_edge_root(t, g, create_graph))
            continue
        if not isinstance(t, Variable):
            raise TypeError(f"expected a Tensor to differentiate, got {type(t).__name__}")
        if g is None:
            if needs_grad(t) and t._data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            if needs_grad(t) and t._data.dtype.kind not in "fV":
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
    if len(given) < len(outputs):  # (more are left alone)
        raise RuntimeError(f"got {len(outputs)} tensors and {len(given)} gradients")
    return roots


def _edge_root(place: GradientEdge, g: Any, create_graph: bool) -> tuple[Edge, Any]:
    shape, dtype = place.node.meta(place.output_nr)
    if g is None:
        if math.prod(shape) != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        g = wrap(kernels_for("cpu").xp.ones(shape, dtype))
    return (place.node, place.output_nr), g if create_graph else g._data


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add d(sum of tensors)/d(leaf) to the ``.grad`` of every leaf (or only of ``inputs``)."""
    if state.transforms:
        raise RuntimeError(
            "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead "
            "or call backward() outside of functorch transforms."
        )
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use "
                "`grad_tensors`."
            )
        grad_tensors = grad_variables
    if inputs is not None and not isinstance(inputs, (Variable, GradientEdge)) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    outputs = _sequence(tensors)
    keep = create_graph if retain_graph is None else retain_graph
    roots = _roots(outputs, [None] * len(outputs) if grad_tensors is None else _sequence(grad_tensors), create_graph)
    if create_graph:
        warnings.warn(
            "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which "
            "can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to "
            "use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and "
            "avoid the leak.",
            UserWarning,
            stacklevel=3,
        )
    if inputs is None:
        run_backward(roots, create_graph, keep)
        return
    wanted = _sequence(inputs)
    for t in wanted:
        if not _needed(t):
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if isinstance(t, Variable):
            t.retain_grad()  # type: ignore[attr-defined]  # (nothing for a leaf)
    found = run_backward(roots, create_graph, keep, {_place(t): t for t in wanted})
    for edge, g in found.items():
        if isinstance(edge[0], AccumulateGrad):
            edge[0].apply(g, create_graph, None)


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

    ``is_grads_batched``: each of ``grad_outputs`` has one dimension more in front, and so have the results.

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
                "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
            )
        allow_unused = True
    sources, wanted = _sequence(outputs), _sequence(inputs)
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts "
            "of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    keep = create_graph if retain_graph is None else retain_graph
    given = [None] * len(sources) if grad_outputs is None else _sequence(grad_outputs)
    options = (create_graph, allow_unused, materialize_grads)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    if not is_grads_batched:
        return _gradients(_roots(sources, given, create_graph), wanted, keep, *options)
    _check_batches(sources, given)
    if any(t._data.ndim == 0 for t, g in zip(sources, given) if g is None) or any(
        g is not None and g._data.ndim == 0 for g in given
    ):
        raise ValueError(
            "vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 so expected "
            "in_dim to satisfy 0 <= in_dim < 0."
        )
    rows = []
    n = next(g.shape[0] for g in given if g is not None)
    for i in range(n):
        roots = _roots(sources, [None if g is None else g[i] for g in given], create_graph)
        rows.append(_gradients(roots, wanted, keep or i + 1 < n, *options))
    return tuple(None if column[0] is None else TENSOR_OPS.stack(list(column), 0) for column in zip(*rows))


def _check_batches(outputs: Sequence[Any], gradients: Sequence[Any]) -> None:
    for i, (t, g) in enumerate(zip(outputs, gradients)):
        if g is not None and g.shape[1:] != t.shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes "
                "of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{i}] has a shape of {g.shape[2:]} and output[{i}] has a shape of {t.shape}. If you only want some tensors "
                "in `grad_output` to be considered batched, consider using vmap."
            )


def _gradients(
    roots: list[tuple[Edge, Any]], wanted: Sequence[Any], keep: bool, create_graph: bool, allow_unused: Any, zeros: bool
) -> tuple[Any, ...]:
    for t in wanted:
        if not _needed(t):
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    edges = [_place(t) for t in wanted]
    found = run_backward(roots, create_graph, keep, dict(zip(edges, wanted)))
    results: list[Any] = []
    for t, edge in zip(wanted, edges):
        g = found.get(edge)
        if g is not None:
            results.append(g if create_graph else wrap_sparse(g) if hasattr(g, "layout") else wrap(_as_array(g)))
        elif not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {len(results)} appears to not have been used in the graph. Set "
                "allow_unused=True if this is the desired behavior."
            )
        else:
            results.append(wrap(kernels_of(t._data).xp.zeros_like(t._data)) if zeros else None)
    return tuple(results)


def _as_array(g: Any) -> Any:
    k = kernels_of(g)
    g = g if type(g) is k.array_type else k.xp.asarray(g)
    return g if g.flags.writeable else g.copy()
