"""Your own differentiable operations: subclass `Function`, write ``forward`` and ``backward``, call ``apply``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from ..backend import kernels_of
from .graph import FREED, Node, edge_of
from .modes import no_grad, state
from .node import origin_name
from .variable import Variable, needs_grad, wrap


class FunctionCtx(Node):
    """The ``ctx`` of a `Function`: what forward leaves for backward. It is also the function's node in the graph."""

    function: type[Function]

    def __init__(self) -> None:
        super().__init__((), ())
        self.needs_input_grad: tuple[bool, ...] = ()
        self._to_save: tuple[Any, ...] = ()
        self._saved: list[Any] | None = []
        self._non_differentiable: set[int] = set()
        self._dirty: set[int] = set()
        self._materialize = True

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for backward; they are released afterwards, and changes in place are noticed."""
        for t in tensors:
            if t is not None and not isinstance(t, Variable):
                raise TypeError(
                    "save_for_backward can only save variables, but argument "
                    f"{tensors.index(t)} is of type {type(t).__name__}"
                )
        self._to_save = tensors

    save_for_forward = save_for_backward

    def mark_dirty(self, *tensors: Any) -> None:
        """Say that forward changed these inputs in place."""
        self._dirty = {id(t) for t in tensors}

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say that these outputs carry no gradient."""
        self._non_differentiable = {id(t) for t in tensors}

    def set_materialize_grads(self, value: bool) -> None:
        """False: gradients of unused outputs reach backward as None, not as zeros."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        if self._saved is None:
            raise RuntimeError(FREED)
        tensors = []
        for t, version in self._saved:
            if isinstance(t, int):  # the output of that number
                t, made = wrap(version[0]), t
                t._counter = version[1]
                t._requires_grad, t._edge = True, (self, made)
                version = version[2]
            if t is not None and t._counter[0] != version:
                origin = "" if t._edge is None else f", which is output {t._nr} of {origin_name(t._edge[0])},"
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"[{t.type()} {list(t._data.shape)}]{origin} is at version {t._counter[0]}; expected version {version} "
                    "instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
                    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
                )
            tensors.append(t)
        return tuple(tensors)

    saved_variables = saved_tensors

    def _keep(self, outputs: list[Any]) -> None:
        """Hold what was saved; an output only by its array, for the output holds this node already."""
        self._saved = []
        numbers = {id(t): nr for nr, t in enumerate(outputs)}
        for t in self._to_save:
            if t is not None and id(t) in numbers and t._node is self:
                self._saved.append((numbers[id(t)], (t._data, t._counter, t._counter[0])))
            else:
                self._saved.append((t, None if t is None else t._counter[0]))
        self._to_save = ()

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        given = []
        grads = [g] if self.more is None else g
        for nr, g in enumerate(grads):
            shape, dtype = self.meta(nr)
            if g is None and self._materialize:
                g = wrap(self._xp.zeros(shape, dtype))
            elif g is not None and not create_graph:
                g = wrap(self._xp.asarray(g))
            given.append(g)
        results = self.function.backward(self, *given)
        if not isinstance(results, (tuple, list)):
            results = (results,)
        expected = len(self.needs_input_grad)
        results = list(results)
        while len(results) > expected and results[-1] is None:
            results.pop()
        if len(results) != expected:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {expected}, got {len(results)})"
            )
        kept = []
        for i, (g, is_tensor) in enumerate(zip(results, self._is_tensor)):
            if not is_tensor:
                if g is not None:
                    raise RuntimeError(
                        f"function {self.name()} returned a gradient different from None at position {i + 1}, but the "
                        "corresponding forward input was not a Variable"
                    )
                continue
            if g is not None and not isinstance(g, Variable):
                raise RuntimeError(
                    f"expected Variable or None (got {'tuple' if isinstance(g, tuple) else type(g).__name__})"
                )
            kept.append(g if create_graph or g is None else g._data)
        return kept

    def release(self) -> None:
        if self._saved:
            self._saved = None


class Function:
    """Base class of hand-written operations.

    ``forward(ctx, …)`` computes on tensors without recording; ``backward(ctx, *grad_outputs)`` returns one gradient (or None)
    for each argument of forward. Alternatively ``forward(…)`` without ctx and ``setup_context(ctx, inputs, output)``.

    >>> import tinygrad_edu as tg
    >>> class Square(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * g
    >>> x = tg.tensor(3., requires_grad=True)
    >>> y = Square.apply(x); y.backward(); y, x.grad
    (tensor(9., grad_fn=<SquareBackward>), tensor(6.))
    """

    _ctx_type: type[FunctionCtx]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ctx_type = type(f"{cls.__name__}Backward", (FunctionCtx,), {"function": cls})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function "
            "with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward "
            "mode AD."
        )

    vjp = backward

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run forward and, where a gradient may be asked for, put this function into the graph."""
        tensors = [a for a in args if isinstance(a, Variable)]
        ctx = cls._ctx_type()
        ctx._is_tensor = [isinstance(a, Variable) for a in args]
        ctx.needs_input_grad = tuple(isinstance(a, Variable) and needs_grad(a) for a in args)
        recording = state.enabled and any(ctx.needs_input_grad)
        edges = tuple(edge_of(t) for t in tensors) if recording else ()
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
            else:
                result = cls.forward(ctx, *args)
        outputs = list(result) if isinstance(result, tuple) else [result]
        inputs = {id(t) for t in tensors}
        renamed: dict[int, Any] = {}
        for i, out in enumerate(outputs):
            if not isinstance(out, Variable):
                continue
            if id(out) in inputs and id(out) not in ctx._dirty:  # an input handed back: a tensor of its own
                outputs[i] = renamed[id(out)] = out.detach()  # type: ignore[attr-defined]
            elif out._base is not None and id(out) not in ctx._dirty:
                out._base = None  # made without recording: to the graph it is this function's output, no view
        ctx._to_save = tuple(renamed.get(id(t), t) if id(t) not in inputs else t for t in ctx._to_save)
        if recording:
            ctx.edges = edges
            ctx.set_outputs(
                [(o._data.shape, o._data.dtype) if isinstance(o, Variable) else ((), None) for o in outputs]
            )
            ctx._xp = kernels_of(tensors[0]._data).xp
            for nr, out in enumerate(outputs):
                if (
                    not isinstance(out, Variable)
                    or id(out) in ctx._non_differentiable
                    or out._data.dtype.kind not in "fcV"
                ):
                    continue
                if id(out) in ctx._dirty and out._requires_grad and out._node is None:
                    raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
                out._requires_grad, out._edge = True, (ctx, nr)
            ctx._keep(outputs)
        return tuple(outputs) if isinstance(result, tuple) else outputs[0]


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that a `Function`'s backward must not be differentiated in its turn."""

    @wraps(backward)
    def wrapper(ctx: Any, *grads: Any) -> Any:
        recording = state.enabled and any(isinstance(g, Variable) and needs_grad(g) for g in grads)
        with no_grad():
            results = backward(ctx, *grads)
        if not recording:
            return results
        many = results if isinstance(results, tuple) else (results,)
        marked = tuple(None if g is None else _Refuse.apply(g, *[t for t in grads if t is not None]) for g in many)
        return marked if isinstance(results, tuple) else marked[0]

    return wrapper


class _Refuse(Function):
    @staticmethod
    def forward(ctx: Any, value: Any, *sources: Any) -> Any:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
