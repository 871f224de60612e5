"""Functions of functions: ``grad(f)`` is the gradient of f, a function again; ``vmap(f)`` is f over a batch.

They nest: ``grad(grad(f))`` is the second derivative, ``vmap(grad(f), (None, 0))`` a gradient for each sample. Arguments may be
tensors or tuples, lists and dictionaries of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .autograd.backward import grad as gradients
from .autograd.graph import AccumulateGrad
from .autograd.modes import enable_grad
from .autograd.variable import Variable, needs_grad
from .ops.registry import functions

F = Callable[..., Any]


# ------------------------------------------------------------------------------------------ structures of tensors
def _leaves(tree: Any) -> Iterator[Any]:
    """The tensors of a structure, in order."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _leaves(value)
    elif isinstance(tree, (tuple, list)):
        for value in tree:
            yield from _leaves(value)
    elif isinstance(tree, Variable):
        yield tree


def _map(f: F, tree: Any) -> Any:
    """The structure with ``f`` of each tensor in its place."""
    if isinstance(tree, dict):
        return type(tree)((key, _map(f, value)) for key, value in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(_map(f, value) for value in tree))
    if isinstance(tree, (tuple, list)):
        return type(tree)(_map(f, value) for value in tree)
    return f(tree) if isinstance(tree, Variable) else tree


def _rebuilt(tree: Any, values: Iterator[Any]) -> Any:
    return _map(lambda _: next(values), tree)


# ------------------------------------------------------------------------------------------ derivatives
def _local(x: Any) -> Any:
    """A tensor to differentiate by that is nobody else's: part of the caller's graph where there is one."""
    return x.view(x.shape) if needs_grad(x) else x.detach().requires_grad_()


def _settled(result: Any, inputs: list[Any]) -> Any:
    """The tensor without its graph, unless that leads to more than ``inputs``: somebody else's derivative needs it then."""
    mine = {id(x) for x in inputs}
    todo = [] if result.grad_fn is None else [result.grad_fn]
    seen = set(todo)
    while todo:
        node = todo.pop()
        if isinstance(node, AccumulateGrad) and id(node.variable) not in mine:
            return result
        for next_node, _ in node.next_functions:
            if next_node is not None and next_node not in seen:
                seen.add(next_node)
                todo.append(next_node)
    return result.detach()


def _positions(argnums: int | tuple[int, ...], n: int) -> tuple[int, ...]:
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for i in numbers:
        if not -n <= i < n:
            raise RuntimeError(f"Got argnum={i}, but only {n} positional inputs")
    return tuple(i % n for i in numbers)


def _call(
    func: F, argnums: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, tuple[Any, ...], list[Any]]:
    """(result, the chosen arguments made differentiable, their tensors)."""
    places = _positions(argnums, len(args))
    chosen = tuple(_map(_local, args[i]) for i in places)
    full = list(args)
    for i, value in zip(places, chosen):
        full[i] = value
    with enable_grad():
        return func(*full, **kwargs), chosen, list(_leaves(chosen))


def _pulled(outputs: list[Any], seeds: list[Any] | None, inputs: list[Any]) -> list[Any]:
    """The gradients of outputs by inputs (zeros where there is no way), ready to be differentiated again."""
    if not any(needs_grad(o) for o in outputs):
        return [functions["zeros_like"](x) for x in inputs]
    pairs = [(o, s) for o, s in zip(outputs, seeds or [None] * len(outputs)) if needs_grad(o)]
    found = gradients(
        [o for o, _ in pairs], inputs, [s for _, s in pairs] if seeds else None, create_graph=True, allow_unused=True
    )
    return [functions["zeros_like"](x) if g is None else g for g, x in zip(found, inputs)]


def grad_and_value(func: F, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> F:
    """A function that returns (gradient, value) of ``func``, whose value is one number."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result, chosen, inputs = _call(func, argnums, args, kwargs)
        aux = None
        if has_aux:
            if not (isinstance(result, tuple) and len(result) == 2):
                raise RuntimeError(
                    "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True"
                )
            result, aux = result
        if not isinstance(result, Variable):
            raise RuntimeError(f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(result)}")
        if result._data.ndim != 0:
            raise RuntimeError(
                "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                f"{result._data.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
            )
        found = iter([_settled(g, inputs) for g in _pulled([result], None, inputs)])
        grads = tuple(_rebuilt(c, found) for c in chosen)
        grads = grads[0] if isinstance(argnums, int) else grads  # type: ignore[assignment]
        value = _settled(result, inputs)
        return (grads, (value, _map(lambda t: _settled(t, inputs), aux))) if has_aux else (grads, value)

    return wrapper


def grad(func: F, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> F:
    """The gradient of ``func`` (whose value is one number) by the arguments ``argnums``, as a function.

    >>> import tinygrad_edu as tg
    >>> grad(tg.sin)(tg.tensor(0.0)), grad(grad(tg.sin))(tg.tensor(1.0))
    (tensor(1.), tensor(-0.8415))
    """

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        grads, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return wrapper


def vjp(func: F, *primals: Any, has_aux: bool = False) -> Any:
    """(value, function from a vector v to v · Jacobian), and with ``has_aux`` what else ``func`` returned."""
    result, chosen, inputs = _call(func, tuple(range(len(primals))), primals, {})
    aux: Any = None
    if has_aux:
        result, aux = result
    outputs = list(_leaves(result))

    def pull(*cotangents: Any) -> Any:
        seeds = list(_leaves(cotangents if len(cotangents) > 1 else cotangents[0]))
        if len(seeds) != len(outputs):
            raise RuntimeError(
                f"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function: "
                f"{len(outputs)} tensors, got {len(seeds)}"
            )
        found = iter([_settled(g, inputs) for g in _pulled(outputs, seeds, inputs)])
        return tuple(_rebuilt(c, found) for c in chosen)

    value = _map(lambda t: _settled(t, inputs), result)
    return (value, pull, _map(lambda t: _settled(t, inputs), aux)) if has_aux else (value, pull)


def jvp(func: F, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    """(value, Jacobian · tangents): the change of the value when the arguments change by the tangents.

    Computed by two reverse passes: the product v · J is linear in v, and its derivative by v is J.
    """
    result, _, inputs = _call(func, tuple(range(len(primals))), primals, {})
    aux: Any = None
    if has_aux:
        result, aux = result
    outputs = list(_leaves(result))
    seeds = [functions["zeros_like"](o).requires_grad_() for o in outputs]
    with enable_grad():
        pulled = _pulled(outputs, seeds, inputs)
        found = iter([_settled(g, [*inputs, *seeds]) for g in _pulled(pulled, list(_leaves(tangents)), seeds)])
    change = _rebuilt(result, found)
    value = _map(lambda t: _settled(t, inputs), result)
    return (value, change, _map(lambda t: _settled(t, inputs), aux)) if has_aux else (value, change)


def linearize(func: F, *primals: Any) -> tuple[Any, F]:
    """(value, function from tangents to Jacobian · tangents) at ``primals``.

    >>> import tinygrad_edu as tg
    >>> value, change = linearize(tg.sin, tg.tensor(0.)); value, change(tg.tensor(2.))
    (tensor(0.), tensor(2.))
    """
    value = vjp(func, *primals)[0]

    def change(*tangents: Any) -> Any:
        return jvp(func, primals, tangents)[1]

    return value, change


def jacrev(func: F, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False, chunk_size: int | None = None) -> F:
    """The Jacobian of ``func`` as a function: for each argument a tensor of shape output.shape + argument.shape.

    >>> import tinygrad_edu as tg
    >>> jacrev(tg.sin)(tg.tensor([0.0, 1.0]))
    tensor([[1.0000, 0.0000],
            [0.0000, 0.5403]])
    """

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result, chosen, inputs = _call(func, argnums, args, kwargs)
        aux: Any = None
        if has_aux:
            result, aux = result

        def rows(output: Any) -> Any:
            columns: list[list[Any]] = []
            for i in range(output.numel()):
                seed = functions["zeros_like"](output).detach().reshape(-1)
                seed[i] = 1
                columns.append(_pulled([output], [seed.reshape(output.shape)], inputs))
            shape = tuple(output.shape)
            stacked = [functions["stack"](list(c)).reshape((*shape, *x.shape)) for c, x in zip(zip(*columns), inputs)]
            found = iter([_settled(t, inputs) for t in stacked])
            blocks = tuple(_rebuilt(c, found) for c in chosen)
            return blocks[0] if isinstance(argnums, int) else blocks

        jacobian = _map(rows, result)
        return (jacobian, _map(lambda t: _settled(t, inputs), aux)) if has_aux else jacobian

    return wrapper


def jacfwd(func: F, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *, randomness: str = "error") -> F:
    """The Jacobian, as `jacrev` gives it. (torch computes it column by column; the numbers are the same.)"""
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: F, argnums: int | tuple[int, ...] = 0) -> F:
    """The second derivatives of ``func``: the Jacobian of its Jacobian."""
    return jacrev(jacrev(func, argnums), argnums)


# ------------------------------------------------------------------------------------------ batches
def vmap(
    func: F, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> F:
    """``func`` for every element of a batch: along ``in_dims`` of the arguments (None: the whole argument each time).

    It is called once for each element and the results are stacked: the meaning of torch's ``vmap``, not its speed.

    >>> import tinygrad_edu as tg
    >>> vmap(tg.dot)(tg.ones(3, 2), tg.arange(6.).reshape(3, 2))
    tensor([1., 5., 9.])
    """

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        dims = _spread(in_dims, args)
        flat, places = list(_leaves(args)), list(_leaves_of(dims))
        sizes = {t.shape[d] for t, d in zip(flat, places) if d is not None}
        if not sizes:
            raise ValueError(
                f"vmap({getattr(func, '__name__', func)}, in_dims={in_dims}, ...)(<inputs>): at least one input must be mapped "
                "over: got no Tensor or in_dims of None only"
            )
        if len(sizes) > 1:
            raise ValueError(
                "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
                f"{[t.shape[d] for t, d in zip(flat, places) if d is not None]} for the mapped dimension"
            )
        results = []
        for i in range(sizes.pop()):
            values = iter([t if d is None else t.select(d, i) for t, d in zip(flat, places)])
            results.append(func(*_rebuilt(args, values), **kwargs))
        return _stacked(results, out_dims)

    return wrapper


class _Dim:
    """A place for a dimension number in a structure (so that None can be told from no tensor)."""

    def __init__(self, value: int | None) -> None:
        self.value = value


def _spread(dims: Any, tree: Any) -> Any:
    """``in_dims`` for every tensor: a number stands for all that is below it."""
    if isinstance(tree, Variable):
        return _Dim(dims)
    if isinstance(tree, dict):
        return {k: _spread(dims[k] if isinstance(dims, dict) else dims, v) for k, v in tree.items()}
    if isinstance(tree, (tuple, list)):
        each = dims if isinstance(dims, (tuple, list)) else [dims] * len(tree)
        if len(each) != len(tree):
            raise ValueError(
                f"vmap: in_dims={dims} is not compatible with the structure of inputs: {len(tree)} expected"
            )
        return [_spread(d, v) for d, v in zip(each, tree)]
    return None


def _leaves_of(dims: Any) -> Iterator[int | None]:
    if isinstance(dims, _Dim):
        yield dims.value
    elif isinstance(dims, dict):
        for value in dims.values():
            yield from _leaves_of(value)
    elif isinstance(dims, list):
        for value in dims:
            yield from _leaves_of(value)


def _stacked(results: list[Any], out_dims: Any) -> Any:
    first = results[0]
    if isinstance(first, Variable):
        return functions["stack"](results, out_dims)
    if isinstance(first, dict):
        return {
            k: _stacked([r[k] for r in results], out_dims[k] if isinstance(out_dims, dict) else out_dims) for k in first
        }
    if isinstance(first, (tuple, list)):
        each = out_dims if isinstance(out_dims, (tuple, list)) else [out_dims] * len(first)
        return type(first)(_stacked(list(column), d) for column, d in zip(zip(*results), each))
    raise ValueError(f"vmap: the function must return tensors (or tuples, lists, dicts of them), got {type(first)}")


# ------------------------------------------------------------------------------------------ modules as functions
def functional_call(module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None) -> Any:
    """Call a module with other tensors in place of its parameters and buffers; afterwards it is as it was.

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Linear(1, 1)
    >>> functional_call(layer, {"weight": tg.tensor([[3.]]), "bias": tg.tensor([1.])}, tg.tensor([[2.]]))
    tensor([[7.]])
    """
    tensors: dict[str, Any] = {}
    given = parameter_and_buffer_dicts
    for each in given if isinstance(given, (tuple, list)) else [given]:
        tensors.update(each)
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    replaced = []
    try:
        for name, value in tensors.items():
            path, _, last = name.rpartition(".")
            owner = module.get_submodule(path)
            place = owner._parameters if last in owner._parameters else owner._buffers
            if last not in place:
                raise AttributeError(f"{type(owner).__name__} has no attribute `{last}`")
            replaced.append((place, last, place[last]))
            place[last] = value
        return module(*args, **(kwargs or {}))
    finally:
        for place, last, old in reversed(replaced):
            place[last] = old


def stack_module_state(models: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, and the buffers, of several models of one architecture, each name's tensors stacked."""
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    stack = functions["stack"]

    def stacked(kind: str) -> dict[str, Any]:
        all_of = [dict(getattr(m, f"named_{kind}")()) for m in models]
        return {name: stack([each[name] for each in all_of]).detach() for name in all_of[0]}

    parameters = {name: t.requires_grad_() for name, t in stacked("parameters").items()}
    return parameters, stacked("buffers")
