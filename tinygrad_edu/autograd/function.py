"""Your own differentiable operations: subclass `Function`, write ``forward`` and ``backward``, call ``apply``."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from .. import dtypes, overrides
from ..backend import kernels_of
from .graph import FREED, Node, edge_of
from .hooks import check_version
from .inplace import rebase
from .modes import no_grad, state
from .saving import Packed
from .variable import Variable, alias, needs_grad, wrap, wrap_view


class FunctionCtx(Node):
    """The ``ctx`` of a `Function`: what forward leaves for backward. It is also the function's node in the graph."""

    function: type[Function]
    takes_none = True

    def __init__(self) -> None:
        super().__init__((), ())
        self.needs_input_grad: tuple[bool, ...] = ()
        self._to_save: tuple[Any, ...] = ()
        self._saved: list[Any] | None = []
        self._non_differentiable: set[int] = set()
        self._dirty: tuple[Any, ...] = ()
        self._materialize = True

    def __repr__(self) -> str:
        return f"<{dtypes.module_name}.autograd.function.{type(self).__name__} object at {id(self):#x}>"

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for backward; they are released afterwards, and changes in place are noticed."""
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Variable):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(t).__name__}"
                )
        self._to_save = tensors

    save_for_forward = save_for_backward

    def mark_dirty(self, *tensors: Any) -> None:
        """Say that forward changed these inputs in place."""
        self._dirty = tensors

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
            if isinstance(t, Packed):
                tensors.append(t.tensor())
                continue
            if isinstance(t, int):  # the output of that number
                t, made = wrap(version[0]), t
                t._counter = version[1]
                t._requires_grad, t._edge = True, (self, made)
                version = version[2]
            if t is not None:
                check_version(t, version)
            tensors.append(t)
        return tuple(tensors)

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """`saved_tensors` by its old name."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    def _keep(self, outputs: list[Any]) -> None:
        """Hold what was saved; an output only by its array, for the output holds this node already."""
        self._saved = []
        numbers = {id(t): nr for nr, t in enumerate(outputs)}
        for t in self._to_save:
            if t is not None and t._inference:
                bool(t._counter[0])  # refuses
            if t is not None and state.saved_hooks:
                self._saved.append((Packed(t, state.saved_hooks[-1]), None))
            elif t is not None and id(t) in numbers and t._node is self:
                self._saved.append((numbers[id(t)], (t._data, t._counter, t._counter[0])))
            else:
                self._saved.append((t, None if t is None else t._counter[0]))
        self._to_save = ()

    def apply(self, g: Any, create_graph: bool, wanted: Any) -> Iterable[Any]:
        given = []
        grads = [g] if self.more is None else g
        for nr, g in enumerate(grads):
            shape, dtype = self.meta(nr)
            if g is None and self._materialize and dtype is not None:
                g = wrap(self._xp.zeros(shape, dtype))
            elif g is not None and not create_graph:
                g = wrap(self._xp.asarray(g))
            given.append(g)
        own = self.function
        if own.vjp is not Function.vjp and own.backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them."
            )
        results = (own.backward if own.vjp is Function.vjp else own.vjp)(self, *given)
        if not isinstance(results, tuple):
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
                        f"function {self.name()} returned a gradient different than None at position {i + 1}, but the "
                        "corresponding forward input was not a Variable"
                    )
                continue
            if g is not None and not isinstance(g, Variable):
                raise RuntimeError(f"expected Variable or None (got {type(g).__name__})")
            kept.append(g if create_graph or g is None else g._data)
        return kept

    def release(self) -> None:
        if self._saved:
            self._saved = None


class BackwardCFunction(FunctionCtx):
    """What the node of every `Function` is, by torch's name."""


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
    _backward_cls: type[FunctionCtx]  # the same, by torch's name

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ctx_type = cls._backward_cls = type(
            f"{cls.__name__}Backward",
            (BackwardCFunction,),
            {"function": cls, "_forward_cls": cls, "__module__": BackwardCFunction.__module__},
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all static, so you should invoke them "
            "on the class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

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
    generate_vmap_rule = False

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The change of the outputs for changes of the inputs: what forward-mode differentiation asks for."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """torch's rule for a batch; `func.vmap` here calls forward for each element instead."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward and, where a gradient may be asked for, put this function into the graph."""
        if overrides.watching and overrides.state.off == overrides.ENABLED:
            for a in args:
                if hasattr(a, "_applied"):  # one element of a batch, a dual tensor: they have their own way
                    return a._applied(cls, args, kwargs)
        return cls._run(args, kwargs)[1]

    @classmethod
    def _run(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        """(ctx, result) of forward."""
        separate = cls.setup_context is not Function.setup_context
        if kwargs or separate:
            args = _bound(cls.forward, args, kwargs, separate)
        tensors = [a for a in args if isinstance(a, Variable)]
        ctx = cls._ctx_type()
        ctx._is_tensor = [isinstance(a, Variable) for a in args]
        ctx.needs_input_grad = tuple(isinstance(a, Variable) and needs_grad(a) for a in args)
        recording = state.enabled and any(ctx.needs_input_grad)
        edges = tuple(edge_of(t) for t in tensors) if recording else ()
        with no_grad():
            if separate:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
            else:
                result = cls.forward(ctx, *args)
        outputs = list(result) if isinstance(result, tuple) else [result]
        ctx._is_tensor_out = [isinstance(out, Variable) for out in outputs]
        dirty = _check_dirty(ctx, tensors, outputs)
        inputs = {id(t) for t in tensors}
        plain = {
            id(out)
            for out in outputs
            if isinstance(out, Variable) and (id(out) in ctx._non_differentiable or out._data.dtype.kind not in "fcV")
        }
        renamed: dict[int, Any] = {}
        for i, out in enumerate(outputs):
            if (
                isinstance(out, Variable) and id(out) in inputs and id(out) not in dirty
            ):  # handed back: a tensor of its own
                outputs[i] = new = alias(out) if id(out) in plain else _view_of(out)
                renamed.setdefault(id(out), new)
                if id(out) in plain:
                    plain.add(id(new))
        ctx._to_save = tuple(renamed.get(id(t), t) if id(t) not in inputs else t for t in ctx._to_save)
        if recording:
            if separate and any(id(t) in renamed for t in ctx._to_save):
                raise RuntimeError(
                    "An input that has been returned as-is as output is being saved for backward. This is not supported if you "
                    "override setup_context. You should return and save a view of the input instead, e.g. with x.view_as(x) or "
                    "setup ctx inside the forward function itself."
                )
            ctx.edges = edges
            ctx.set_outputs(
                [(o._data.shape, o._data.dtype) if isinstance(o, Variable) else ((), None) for o in outputs]
            )
            ctx._xp = kernels_of(tensors[0]._data).xp
            _hang(ctx, outputs, plain, dirty)
            ctx._keep(outputs)
        return ctx, tuple(outputs) if isinstance(result, tuple) else outputs[0]


def _bound(forward: Any, args: tuple[Any, ...], kwargs: dict[str, Any], separate: bool) -> tuple[Any, ...]:
    """The arguments of `Function.apply` in the order of forward's parameters."""
    signature = inspect.signature(forward)
    try:
        bound = signature.bind(*(args if separate else (None, *args)), **kwargs)
    except TypeError as error:
        raise TypeError(str(error) if separate else f"forward() {error}") from None
    if separate:
        bound.apply_defaults()
        return bound.args
    return bound.args[1:]


def _check_dirty(ctx: Any, tensors: list[Any], outputs: list[Any]) -> set[int]:
    """The inputs that forward wrote in place."""
    given, returned = {id(t) for t in tensors}, {id(o) for o in outputs}
    for t in ctx._dirty:
        if id(t) not in given:
            warnings.warn(
                "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be "
                "passed to ctx.mark_dirty().",
                UserWarning,
                stacklevel=3,
            )
        elif id(t) not in returned:
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output. The inputs that are "
                "modified inplace must all be outputs of the Function."
            )
        t._counter[0] += 1
    return {id(t) for t in ctx._dirty if id(t) in given}


def _view_of(t: Any) -> Any:
    """An input that forward returned as it is: another tensor, so that its history can be this function."""
    with no_grad():
        return wrap_view(t._data, t)


def _hang(ctx: Any, outputs: list[Any], plain: set[int], dirty: set[int]) -> None:
    """Make the outputs of a `Function` those of its node."""
    several = sum(isinstance(o, Variable) and id(o) not in plain for o in outputs) > 1
    for nr, out in enumerate(outputs):
        if not isinstance(out, Variable) or id(out) in plain:
            continue
        if id(out) in dirty:
            if needs_grad(out) and out.grad_fn is None:  # type: ignore[attr-defined]
                raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
            if out._base is not None:
                if several:
                    raise RuntimeError(_ONE_OUTPUT)
                rebase(out, ctx, nr)
                continue
        out._requires_grad, out._edge = True, (ctx, nr)
        if out._base is not None:
            out._seen, out._made = out._counter[0], "several" if several else "function"


_ONE_OUTPUT = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. "
    "This is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for "
    "example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that "
    "returns a single Tensor and a second one that does the other operations). You can ask on the forum "
    "https://discuss.pytorch.org/ if you need help to do this change."
)


class InplaceFunction(Function):
    """torch's name for a `Function` that may write in place."""


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
        marked = _Error.apply(*map(_as_leaf, many))
        return marked if isinstance(results, tuple) else marked[0]

    return wrapper


def _as_leaf(grad: Any) -> Any:
    """A gradient that hangs on nothing and wants one itself: what comes of it complains where that is asked for."""
    return None if grad is None else grad.detach().requires_grad_()


class _Error(Function):
    @staticmethod
    def forward(ctx: Any, *values: Any) -> Any:
        return tuple(None if v is None else alias(v) for v in values)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


_Error._ctx_type = type(
    "Error", (BackwardCFunction,), {"function": _Error, "__repr__": lambda node: f"<Error object at {id(node):#x}>"}
)
