"""Whole derivatives of functions: Jacobians, Hessians and their products with vectors.

With ``strict=True`` a result that does not depend on an input is an error; without, its derivative is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..backend import kernels_of
from .backward import grad
from .modes import enable_grad
from .table import TENSOR_OPS
from .variable import Variable, needs_grad, wrap

_RESULTS = "outputs of the user-provided function"


def _tuple(value: Any, what: str, function: str) -> tuple[bool, tuple[Any, ...]]:
    many = isinstance(value, tuple)
    values = value if many else (value,)
    for i, t in enumerate(values):
        if not isinstance(t, Variable):
            said = f"value at index {i}" if many else f"given {what}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the {said} has type {type(t)}."
            )
    return many, tuple(values)


def _fresh(inputs: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
    """The inputs as tensors to differentiate by: views of the caller's when the result is to be differentiable itself."""
    return tuple(x.view_as(x) if create_graph and needs_grad(x) else x.detach().requires_grad_() for x in inputs)


def _zeros(t: Any) -> Any:
    return wrap(kernels_of(t._data).xp.zeros_like(t._data))


def _grads(
    outputs: Sequence[Any], inputs: tuple[Any, ...], seeds: Sequence[Any] | None, create_graph: bool, retain: bool = False
) -> tuple[Any, ...]:  # fmt: skip
    """The gradients of those outputs that have any; None for inputs they do not depend on."""
    kept = [(o, s) for o, s in zip(outputs, seeds or [None] * len(outputs)) if o is not None and needs_grad(o)]
    if not kept:
        return (None,) * len(inputs)
    return grad([o for o, _ in kept], inputs, [s for _, s in kept], allow_unused=True, create_graph=create_graph,
                retain_graph=True if retain else None)  # fmt: skip


_NO = "This is not allowed in strict mode."
_INDEPENDENT = {
    "outputs": "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {i} is independent of the inputs of the user-provided function. "
    + _NO,
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is "
    f"independent of the input. {_NO} You should ensure that your function is twice differentiable and that the jacobian depends on "
    "the inputs (this would be violated by a linear function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {i} is independent of the input. "
    f"{_NO} You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.",
}
_MISSING = {
    "back": "The output of the user-provided function is independent of input {i}. " + _NO,
    "back_trick": "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double "
    "backward trick to compute forward mode gradients. " + _NO,
    "double_back": "The jacobian of the user-provided function is independent of input {i}. " + _NO,
    "double_back_trick": "The hessian of the user-provided function is independent of entry {i} in the grad_jacobian. This is not "
    "allowed in strict mode as it prevents from using the double backward trick to replace forward mode AD.",
}


def _check_dependent(found: Sequence[Any], kind: str, strict: bool) -> None:
    for i, t in enumerate(found if strict else ()):
        if t is None:
            raise RuntimeError(_MISSING["back"].format(i=i))
        if not needs_grad(t):
            raise RuntimeError(_INDEPENDENT[kind].format(i=i))


def _filled(found: Sequence[Any], like: Sequence[Any], strict: bool, create_graph: bool, stage: str) -> tuple[Any, ...]:
    """Zeros in place of gradients that are not there."""
    results = []
    for i, (g, x) in enumerate(zip(found, like)):
        if g is None and strict:
            raise RuntimeError(_MISSING[stage].format(i=i))
        if g is not None and strict and create_graph and not needs_grad(g):
            raise RuntimeError(_constant("hessian" if "double" in stage else "jacobian", i))
        results.append(_zeros(x) if g is None else g)
    return tuple(results)


def _constant(what: str, i: int) -> str:
    return (
        f"The {what} of the user-provided function is independent of input {i}. This is not allowed in strict mode when "
        "create_graph=True."
    )


def _pack(many: bool, values: Any) -> Any:
    values = tuple(values)
    return values if many else values[0]


def _finish(create_graph: bool, values: Any) -> Any:
    return values if create_graph else tuple(v.detach() for v in values)


def _check_v(v: Any, like: tuple[Any, ...], many: bool) -> None:
    if len(v) != len(like):
        if many:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (a, b) in enumerate(zip(v, like)):
        if a._data.shape != b._data.shape:
            place = f"Entry {i} in " if many else ""
            raise RuntimeError(f"{place}v has invalid size: should be {b.shape} but got {a.shape}.")


def _vector(v: Any, like: tuple[Any, ...], many: bool, function: str, source: str) -> tuple[Any, ...] | None:
    """The vector that a user gave, checked; None stands for 1 where there is a single number."""
    if v is None:
        if len(like) != 1 or like[0]._data.size != 1:
            raise RuntimeError(f"The vector v can only be None if the {source} a single Tensor with a single element.")
        return None
    found = _tuple(v, "v", function)[1]
    _check_v(found, like, many)
    return found


_OF_INPUT, _OF_OUTPUT = "input to the user-provided function is", "user-provided function returns"


def _single(out: Any, function: str, strict: bool) -> Any:
    """The one number that a function must return of which second derivatives are asked for."""
    many, outputs = _tuple(out, _RESULTS, function)
    _check_dependent(outputs, "outputs", strict)
    if many:
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if out._data.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {function} should contain a single element")
    return out


def _check_strategy(strategy: str, strict: bool, create_graph: bool, vectorize: bool) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, '
            '"forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        said = "torch.autograd.functional.jacobian: `{0}=True` and `strategy=\"forward-mode\"` are not supported together (yet). " \
               "Please either set `{0}=False` or `strategy=\"reverse-mode\"`."  # fmt: skip
        if create_graph:
            raise NotImplementedError(said.format("create_graph"))
        if strict:
            raise RuntimeError(said.format("strict"))
        if not vectorize:
            raise NotImplementedError(
                "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`."
            )
    elif vectorize and strict:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set "
            "`strict=False` or `vectorize=False`."
        )


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """d(output)/d(input), of shape output.shape + input.shape (nested tuples for several outputs and inputs).

    ``vectorize`` and ``strategy`` are taken and checked; the matrix is computed row by row all the same.

    >>> import tinygrad_edu as tg
    >>> tg.autograd.functional.jacobian(lambda x: x ** 2, tg.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    _check_strategy(strategy, strict, create_graph, vectorize)
    many_in, given = _tuple(inputs, "inputs", "jacobian")
    with enable_grad():
        xs = _fresh(given, create_graph)
        many_out, outputs = _tuple(func(*xs), _RESULTS, "jacobian")
        _check_dependent(outputs, "outputs", strict)
        rows = []
        for nr, out in enumerate(outputs):
            columns: list[list[Any]] = [[] for _ in xs]
            for j in range(out._data.size):
                found = _grads([out.reshape(-1)[j]], xs, None, create_graph, retain=True)
                for i, (column, g, x) in enumerate(zip(columns, found, xs)):
                    if g is None and strict:
                        raise RuntimeError(
                            f"Output {nr} of the user-provided function is independent of input {i}. {_NO}"
                        )
                    if g is not None and strict and create_graph and not needs_grad(g):
                        raise RuntimeError(_constant("jacobian", i))
                    column.append(_zeros(x) if g is None else g)
            rows.append(tuple(_stack(c, out, x, create_graph) for c, x in zip(columns, xs)))
    if many_out:
        return tuple(_pack(many_in, row) for row in rows)
    return _pack(many_in, rows[0])


def _stack(parts: list[Any], out: Any, x: Any, create_graph: bool) -> Any:
    shape = tuple(out._data.shape) + tuple(x._data.shape)
    if not parts:
        return wrap(kernels_of(x._data).xp.zeros(shape, x._data.dtype))
    stacked = TENSOR_OPS.stack(parts, 0).view(shape)
    return stacked if create_graph else stacked.detach()


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The matrix of second derivatives of a function with one number as its result."""
    many, given = _tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def scalar(*xs: Any) -> Any:
        return _single(func(*xs), "hessian", strict).squeeze()

    def first(*xs: Any) -> Any:
        found = jacobian(scalar, xs if many else xs[0], create_graph=True)
        _check_dependent(found if many else (found,), "jacobian", strict)
        return found

    return jacobian(first, given if many else given[0], create_graph, strict, vectorize, outer_jacobian_strategy)


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs and ``v · jacobian``: what backward computes."""
    many_in, given = _tuple(inputs, "inputs", "vjp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        many_out, outputs = _tuple(func(*xs), _RESULTS, "vjp")
        _check_dependent(outputs, "outputs", strict)
        seeds = _vector(v, outputs, many_out, "vjp", _OF_OUTPUT)
        found = _filled(_grads(outputs, xs, seeds, create_graph), xs, strict, create_graph, "back")
    return _pack(many_out, _finish(create_graph, outputs)), _pack(many_in, _finish(create_graph, found))


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs and ``jacobian · v``, by differentiating backward once more (the double-backward trick)."""
    many_in, given = _tuple(inputs, "inputs", "jvp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        tangents = _vector(v, xs, many_in, "jvp", _OF_INPUT)
        if tangents is None:
            tangents = tuple(wrap(kernels_of(x._data).xp.ones_like(x._data)) for x in xs)
        many_out, outputs = _tuple(func(*xs), _RESULTS, "jvp")
        _check_dependent(outputs, "outputs", strict)
        dummies = tuple(_zeros(o).requires_grad_() for o in outputs)
        first = _grads(outputs, xs, dummies, True)
        _check_dependent(first, "grad_inputs", strict)
        found = _filled(_grads(first, dummies, tangents, create_graph), outputs, strict, create_graph, "back_trick")
    return _pack(many_out, _finish(create_graph, outputs)), _pack(many_out, _finish(create_graph, found))


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The output and ``v · hessian``."""
    many, given = _tuple(inputs, "inputs", "vhp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        seeds = _vector(v, xs, many, "vhp", _OF_INPUT)
        out = _single(func(*xs), "vhp", strict)
        first = _grads([out], xs, None, True)
        _check_dependent(first, "jacobian", strict)
        found = _filled(_grads(first, xs, seeds, create_graph), xs, strict, create_graph, "double_back")
    return (out if create_graph else out.detach()), _pack(many, _finish(create_graph, found))


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The output and ``hessian · v``, by the double-backward trick."""
    many, given = _tuple(inputs, "inputs", "hvp")
    with enable_grad():
        xs = _fresh(given, create_graph)
        seeds = _vector(v, xs, many, "hvp", _OF_INPUT)
        out = _single(func(*xs), "hvp", strict)
        first = _grads([out], xs, None, True)
        _check_dependent(first, "jacobian", strict)
        dummies = tuple(_zeros(x).requires_grad_() for x in xs)
        second = _grads(first, xs, dummies, True)
        _check_dependent(first, "hessian", strict)
        found = _filled(_grads(second, dummies, seeds, create_graph), xs, strict, create_graph, "double_back_trick")
    return (out if create_graph else out.detach()), _pack(many, _finish(create_graph, found))
