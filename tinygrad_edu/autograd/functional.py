"""Whole derivatives of functions: Jacobians, Hessians and their products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..backend import kernels_of
from .backward import grad
from .modes import enable_grad
from .variable import Variable, needs_grad, wrap


def _tuple(value: Any, what: str, function: str) -> tuple[bool, tuple[Any, ...]]:
    many = isinstance(value, tuple)
    values = value if many else (value,)
    for i, t in enumerate(values):
        if not isinstance(t, Variable):
            place = f" {i}" if many else ""
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the"
                f"{' value at index' + place if many else ' given ' + what} has type {type(t)}."
            )
    return many, tuple(values)


def _fresh(inputs: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
    """The inputs as tensors to differentiate by: views of the caller's when the result is to be differentiable itself."""
    if create_graph:
        return tuple(x.view(x.shape) if needs_grad(x) else x.detach().requires_grad_() for x in inputs)
    return tuple(x.detach().requires_grad_() for x in inputs)


def _zeros(t: Any) -> Any:
    return wrap(kernels_of(t._data).xp.zeros_like(t._data))


def _grads(outputs: Any, inputs: tuple[Any, ...], seeds: Any, create_graph: bool, retain: bool = False) -> list[Any]:
    kept = [(o, s) for o, s in zip(outputs, seeds) if needs_grad(o)]
    if not kept:
        return [_zeros(x) for x in inputs]
    found = grad([o for o, _ in kept], inputs, [s for _, s in kept], allow_unused=True, create_graph=create_graph,
                 retain_graph=True if retain else None)  # fmt: skip
    return [_zeros(x) if g is None else g for g, x in zip(found, inputs)]


def _pack(many: bool, values: Any) -> Any:
    values = tuple(values)
    return values if many else values[0]


def _finish(create_graph: bool, values: Any) -> Any:
    return values if create_graph else tuple(v.detach() for v in values)


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """d(output)/d(input), of shape output.shape + input.shape (nested tuples for several outputs and inputs).

    >>> import tinygrad_edu as tg
    >>> tg.autograd.functional.jacobian(lambda x: x ** 2, tg.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    many_in, given = _tuple(inputs, "inputs", "jacobian")
    with enable_grad():
        xs = _fresh(given, create_graph)
        many_out, outputs = _tuple(func(*xs), "outputs of the user-provided function", "jacobian")
        rows = []
        for out in outputs:
            k = kernels_of(out._data)
            columns: list[list[Any]] = [[] for _ in xs]
            for i in range(out._data.size):
                seed = k.xp.zeros(out._data.shape, out._data.dtype)
                seed.reshape(-1)[i] = 1
                for column, g in zip(columns, _grads([out], xs, [wrap(seed)], create_graph, retain=True)):
                    column.append(g)
            rows.append(tuple(_stack(c, out, x, create_graph) for c, x in zip(columns, xs)))
    if many_out:
        return tuple(_pack(many_in, row) for row in rows)
    return _pack(many_in, rows[0])


def _stack(parts: list[Any], out: Any, x: Any, create_graph: bool) -> Any:
    shape = tuple(out._data.shape) + tuple(x._data.shape)
    if not parts:
        return wrap(kernels_of(x._data).xp.zeros(shape, x._data.dtype))
    from .op import Op

    stacked = Op.table["stack"](parts, 0).view(shape)
    return stacked if create_graph else stacked.detach()


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The matrix of second derivatives of a function with one number as its result."""
    many, _ = _tuple(inputs, "inputs", "hessian")

    def scalar(*xs: Any) -> Any:
        out = func(*xs)
        if not isinstance(out, Variable):
            raise TypeError("The function given to hessian must return a single Tensor")
        if out._data.size != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        return out.reshape(()) if out._data.ndim else out  # type: ignore[attr-defined]

    def first(*xs: Any) -> Any:
        found = jacobian(scalar, xs if many else xs[0], create_graph=True)
        return found

    return jacobian(first, inputs, create_graph=create_graph)


def _check_v(v: Any, like: tuple[Any, ...], what: str) -> None:
    if len(v) != len(like):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}.")
    for i, (a, b) in enumerate(zip(v, like)):
        if a._data.shape != b._data.shape:
            place = f"Entry {i} in " if len(like) > 1 else ""
            raise RuntimeError(f"{place}v has invalid size: should be {b.shape} but got {a.shape}.")


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs and ``v · jacobian``: what backward computes."""
    many_in, given = _tuple(inputs, "inputs", "vjp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        many_out, outputs = _tuple(func(*xs), "outputs of the user-provided function", "vjp")
        if v is None:
            if len(outputs) != 1 or outputs[0]._data.size != 1:
                raise RuntimeError(
                    "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
                )
            seeds: tuple[Any, ...] = (wrap(kernels_of(outputs[0]._data).xp.ones_like(outputs[0]._data)),)
        else:
            seeds = _tuple(v, "v", "vjp")[1]
            _check_v(seeds, outputs, "v")
        found = _grads(outputs, xs, seeds, create_graph)
    return _pack(many_out, _finish(create_graph, outputs)), _pack(many_in, _finish(create_graph, found))


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs and ``jacobian · v``, by differentiating backward once more (the double-backward trick)."""
    _, given = _tuple(inputs, "inputs", "jvp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        many_out, outputs = _tuple(func(*xs), "outputs of the user-provided function", "jvp")
        if v is None:
            if len(xs) != 1 or xs[0]._data.size != 1:
                raise RuntimeError(
                    "The vector v can only be None if the input to the user-provided function is a single Tensor with a single "
                    "element."
                )
            tangents: tuple[Any, ...] = (wrap(kernels_of(xs[0]._data).xp.ones_like(xs[0]._data)),)
        else:
            tangents = _tuple(v, "v", "jvp")[1]
            _check_v(tangents, xs, "v")
        dummies = [_zeros(o).requires_grad_() for o in outputs]
        first = _grads(outputs, xs, dummies, True)
        found = _grads(first, tuple(dummies), tangents, create_graph)
    return _pack(many_out, _finish(create_graph, outputs)), _pack(many_out, _finish(create_graph, found))


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The output and ``v · hessian``."""
    many, given = _tuple(inputs, "inputs", "vhp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        out = func(*xs)
        if out._data.size != 1:
            raise RuntimeError("The Tensor returned by the function given to vhp should contain a single element")
        seeds = (
            _tuple(v, "v", "vhp")[1] if v is not None else (wrap(kernels_of(xs[0]._data).xp.ones_like(xs[0]._data)),)
        )
        _check_v(seeds, xs, "v")
        first = _grads([out], xs, [wrap(kernels_of(out._data).xp.ones_like(out._data))], True)
        found = _grads(first, xs, seeds, create_graph)
    return (out if create_graph else out.detach()), _pack(many, _finish(create_graph, found))


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The output and ``hessian · v`` (a Hessian is symmetric, so this is `vhp`)."""
    return vhp(func, inputs, v, create_graph, strict)
