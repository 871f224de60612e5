"""Second derivatives of operations whose first derivative is an operation of its own in torch: ``tanh_backward`` and its kin.

Under ``create_graph=True`` the first derivative runs as one kernel and hangs on one node, `SecondNode`, which leads to the gradient
that came in and to the saved tensors. Differentiating it runs the formula again, on tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from ..backend import kernels_of
from .backward import grad
from .graph import FREED, NO_EDGE, Edge, Node, edge_of
from .hooks import check_version
from .modes import enable_grad, no_grad, state
from .table import TENSOR_OPS
from .variable import Variable, needs_grad, wrap

_NAMED = {
    "relu": "ThresholdBackwardBackward0", "celu": "EluBackwardBackward0", "softmax": "SoftmaxBackwardDataBackward0",
    "log_softmax": "LogSoftmaxBackwardDataBackward0", "embedding": "EmbeddingDenseBackwardBackward0",
    "conv_transpose": "ConvolutionBackwardBackward0",
}  # fmt: skip
# their nodes are named after the first derivative's: TanhBackward0, TanhBackwardBackward0
_REGULAR = {
    "threshold", "leaky_relu", "elu", "gelu", "gelu_tanh", "hardtanh", "hardswish", "softplus", "softshrink",
    "hardshrink", "log_sigmoid", "sigmoid", "tanh", "glu", "mse_loss", "smooth_l1_loss", "huber_loss",
    "soft_margin_loss", "nll_loss", "nll_loss2d", "binary_cross_entropy", "prelu_kernel", "rrelu_with_noise",
    "native_batch_norm", "native_layer_norm", "convolution", "max_pool2d", "max_pool3d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool2d", "adaptive_max_pool3d",
    "fractional_max_pool2d", "fractional_max_pool3d", "reflect_pad1d", "reflect_pad2d", "reflect_pad3d",
    "replicate_pad1d", "replicate_pad2d", "replicate_pad3d", "upsample_nearest1d", "upsample_nearest2d",
    "upsample_nearest3d", "upsample_nearest_exact1d", "upsample_nearest_exact2d", "upsample_nearest_exact3d",
    "upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d",
    "upsample_bilinear2d_aa", "upsample_bicubic2d_aa",
}  # fmt: skip
# linear in the gradient: torch's node leads to the input all the same, and gives it zeros
_LINEAR = {
    name
    for name in _REGULAR
    if name.startswith(
        ("nll_loss", "rrelu", "avg_pool", "max_pool", "adaptive_", "fractional_", "reflect_", "replicate_")
    )
}
# torch has no second derivative of these
_MISSING = {
    "hardsigmoid": "hardsigmoid_backward", "multi_margin_loss": "multi_margin_loss_backward", "cdist": "_cdist_backward",
    "multilabel_margin_loss": "multilabel_margin_loss_backward", "pdist": "_pdist_backward",
}  # fmt: skip


@cache
def second_name(op: Any) -> str | None:
    """The name of the node that the first derivative hangs on; None where that is made of ordinary operations."""
    if op.name in _MISSING:
        return "NotImplemented"
    return _NAMED.get(op.name) or (f"{op.Node.__name__[:-1]}Backward0" if op.name in _REGULAR else None)


@cache
def _node_class(name: str) -> Any:
    return type(name, (SecondNode,), {"__slots__": ()})


def first_derivative(
    node: Any, formula: Callable[..., Any], at: int, g: Any, raw: Sequence[Any], tensors: Sequence[Any], missing: bool
) -> Any:
    """The gradient for edge ``at`` of ``node`` as a tensor with a graph: ``formula`` of ``g`` and what the node saved."""
    out = wrap(kernels_of(g._data).xp.asarray(formula(node.k, g._data, *raw)))
    if node.op.name in _LINEAR:
        tensors = [t.detach() if isinstance(t, Variable) else t for t in tensors]
        edges: list[Edge] = [edge_of(g) if needs_grad(g) else NO_EDGE, node.edges[at]]
    else:
        used = [t for t in tensors if isinstance(t, Variable)]
        edges = [edge_of(t) if needs_grad(t) else NO_EDGE for t in (g, *used)]
    if all(n is None for n, _ in edges):
        return out
    second = _node_class(second_name(node.op) or "")(tuple(edges), ((out._data.shape, out._data.dtype),))
    second.formula, second.given = formula, (g, *tensors)
    if missing:
        second.missing = _MISSING[node.op.name]
    out._requires_grad, out._edge = True, (second, 0)
    return out


def as_one(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """``function(*args)`` on one node called ``name``, as torch has one where we have several steps.

    The tensors among ``args`` are kept; backward runs the function again, recording, and goes back through that.
    """
    used = [a for a in args if isinstance(a, Variable)]
    if not state.enabled or not any(needs_grad(t) for t in used):
        return function(*args)
    edges = tuple(edge_of(t) if needs_grad(t) else NO_EDGE for t in used)
    with no_grad():
        made = function(*args)
    out = wrap(made._data)
    node = _node_class(name)(edges, ((out._data.shape, out._data.dtype),))
    node.formula, node.given = lambda k, *inputs: function(*inputs), args
    node.versions = [(t, t._counter[0]) for t in used]
    out._requires_grad, out._edge = True, (node, 0)
    return out


class SecondNode(Node):
    """The graph node of a first derivative, or of several steps as one: its derivatives by running the formula again."""

    __slots__ = ("formula", "given")
    missing: str | None = None  # torch's name of the first derivative, where it cannot be differentiated
    versions: Sequence[tuple[Any, int]] = ()
    given: Any
    formula: Callable[..., Any]

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        if self.missing is not None:
            raise RuntimeError(f"derivative for aten::{self.missing} is not implemented")
        if self.given is None:
            raise RuntimeError(FREED)
        for t, version in self.versions:
            check_version(t, version)
        with enable_grad():
            sources = [
                (a.view_as(a) if create_graph else a.detach().requires_grad_())  # type: ignore[attr-defined]
                if isinstance(a, Variable) and needs_grad(a)
                else a
                for a in self.given
            ]
            out = self.formula(TENSOR_OPS, *sources)
            if out._data.shape != self.shape:
                out = out.sum_to_size(self.shape)
            leaves = [a for a in sources if isinstance(a, Variable) and needs_grad(a)]
            seed = g if create_graph else wrap(g)
            depends = needs_grad(out) and leaves
            found = iter(grad(out, leaves, seed, create_graph=create_graph, allow_unused=True) if depends else ())
        results: list[Any] = []
        tensors = [a for a in sources if isinstance(a, Variable)]
        for i, (target, nr) in enumerate(self.edges):
            gx = next(found, None) if i < len(tensors) and needs_grad(tensors[i]) else None
            if gx is None and target is not None:
                gx = wrap(kernels_of(out._data).xp.zeros(*target.meta(nr)))
            results.append(gx if create_graph or gx is None else gx._data)
        return results

    def release(self) -> None:
        self.given = None
