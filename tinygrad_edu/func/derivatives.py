"""Derivatives of functions: `grad`, `vjp`, `jvp`, `jacrev`, `hessian`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..autograd.backward import grad as gradients
from ..autograd.graph import AccumulateGrad
from ..autograd.modes import enable_grad, transforming
from ..autograd.variable import Variable, needs_grad
from ..ops.registry import functions
from .trees import check_randomness, described, flat, leaves, map_tree, rebuilt

F = Callable[..., Any]


def _local(x: Any) -> Any:
    """A tensor to differentiate by that is nobody else's: part of the caller's graph where there is one."""
    return x.view(x.shape) if needs_grad(x) else _leaf(x.detach())


def _leaf(x: Any) -> Any:
    with transforming(False):
        return x.requires_grad_()


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
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if not numbers:
        raise RuntimeError("argnums must be non-empty")
    if len(set(numbers)) < len(numbers):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    for i in numbers:
        if not isinstance(i, int):
            raise RuntimeError(f"argnum must be int, got: {type(i)}")
        if not -n <= i < n:
            raise RuntimeError(f"Got argnum={i}, but only {n} positional inputs")
    return tuple(i % n for i in numbers)


def _call(
    func: F, argnums: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, tuple[Any, ...], list[Any]]:
    """(result, the chosen arguments made differentiable, their tensors)."""
    places = _positions(argnums, len(args))
    for i in places:
        for leaf in flat(args[i]):
            if not isinstance(leaf, Variable):
                raise ValueError(f"Thing passed to transform API must be Tensor, got {type(leaf)}")
    chosen = tuple(map_tree(_local, args[i]) for i in places)
    full = list(args)
    for i, value in zip(places, chosen):
        full[i] = value
    with enable_grad(), transforming():
        return func(*full, **kwargs), chosen, list(leaves(chosen))


_VJP, _JVP = "vjp(f, *primals)", "jvp(f, primals, tangents)"


def _parts(result: Any, has_aux: bool, api: str) -> tuple[Any, Any]:
    """(what is differentiated, what else ``func`` returned)."""
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{api}: output of function f should be a tuple: (output, aux) if has_aux is True")
    for leaf in flat(result[1]):
        if not isinstance(leaf, Variable):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(leaf)}")
    return result


def _only_tensors(result: Any, api: str) -> list[Any]:
    found = flat(result)
    if not found or (len(found) == 1 and found[0] is None):
        raise RuntimeError(f"{api}: Expected f to be a function that has non-empty output (got output = {found})")
    for leaf in found:
        if not isinstance(leaf, Variable):
            raise RuntimeError(f"{api}: expected f(*primals) to return only tensors, got unsupported type {type(leaf)}")
    return found


def _only_real(tensors: list[Any], api: str, what: str) -> None:
    for i, t in enumerate(tensors):
        if t.is_complex():
            raise RuntimeError(
                f"{api}: Expected all {what} to be real but received complex tensor at flattened input idx: {i}"
            )


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

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        whole, chosen, inputs = _call(func, argnums, args, kwargs)
        result, aux = _parts(whole, has_aux, "grad_and_value(f)(*args)")
        if not isinstance(result, Variable):
            raise RuntimeError(f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(result)}")
        if result._data.ndim != 0:
            raise RuntimeError(
                "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                f"{result._data.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
            )
        found = iter([_settled(g, inputs) for g in _pulled([result], None, inputs)])
        grads = tuple(rebuilt(c, found) for c in chosen)
        grads = grads[0] if isinstance(argnums, int) else grads  # type: ignore[assignment]
        value = _settled(result, inputs)
        return (grads, (value, map_tree(lambda t: _settled(t, inputs), aux))) if has_aux else (grads, value)

    return wrapper


def grad(func: F, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> F:
    """The gradient of ``func`` (whose value is one number) by the arguments ``argnums``, as a function.

    >>> import tinygrad_edu as tg
    >>> grad(tg.sin)(tg.tensor(0.0)), grad(grad(tg.sin))(tg.tensor(1.0))
    (tensor(1.), tensor(-0.8415))
    """

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        grads, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return wrapper


def vjp(func: F, *primals: Any, has_aux: bool = False) -> Any:
    """(value, function from a vector v to v · Jacobian), and with ``has_aux`` what else ``func`` returned."""
    whole, chosen, inputs = _call(func, tuple(range(len(primals))), primals, {}) if primals else (func(), (), [])
    result, aux = _parts(whole, has_aux, _VJP)
    outputs = _only_tensors(result, _VJP)

    def pull(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        if described(cotangents) != described(result):
            raise RuntimeError(
                f"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: "
                f"{described(cotangents, short=True)}, primal output: {described(result, short=True)}"
            )
        seeds = list(leaves(cotangents))
        found = iter([_settled(g, inputs) for g in _pulled(outputs, seeds, inputs)])
        return tuple(rebuilt(c, found) for c in chosen)

    value = map_tree(lambda t: _settled(t, inputs), result)
    return (value, pull, map_tree(lambda t: _settled(t, inputs), aux)) if has_aux else (value, pull)


def jvp(
    func: F, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, strict: bool = False, has_aux: bool = False
) -> Any:
    """(value, Jacobian · tangents): the change of the value when the arguments change by the tangents.

    ``strict``: RuntimeError for an output that does not depend on the arguments.

    Computed by two reverse passes: the product v · J is linear in v, and its derivative by v is J.
    """
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple):
            raise RuntimeError(
                f"jvp(f, primals, tangents): Expected {name} to be a tuple. E.g. it should be valid to call f(*primals)."
            )
    if described(primals) != described(tangents):
        raise RuntimeError(
            "jvp(f, primals, tangents): Expected primals and tangents to have the same python structure. For example, if primals is a "
            "tuple of 3 tensors, tangents also must be. Got primals with structure "
            f"{described(primals)} and tangents with structure {described(tangents)}"
        )
    for p, t in _primals_and_tangents(primals, tangents):
        if p.shape != t.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
                f"Tensor is of size {list(p.shape)} while the given forward gradient is of size {list(t.shape)}."
            )
    whole, _, inputs = _call(func, tuple(range(len(primals))), primals, {})
    result, aux = _parts(whole, has_aux, _JVP)
    outputs = _only_tensors(result, _JVP)
    if strict and not all(needs_grad(o) for o in outputs):
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True."
        )
    seeds = [_leaf(functions["ones_like"](o)) for o in outputs]  # any will do, but of 0 there is no logarithm
    with enable_grad():
        pulled = _pulled(outputs, seeds, inputs)
        found = iter([_settled(g, [*inputs, *seeds]) for g in _pulled(pulled, list(leaves(tangents)), seeds)])
    change = rebuilt(result, found)
    value = map_tree(lambda t: _settled(t, inputs), result)
    return (value, change, map_tree(lambda t: _settled(t, inputs), aux)) if has_aux else (value, change)


def _primals_and_tangents(primals: Any, tangents: Any) -> list[tuple[Any, Any]]:
    """The tensors of both, side by side, where they are such as can be differentiated by."""
    pairs = list(zip(flat(primals), flat(tangents)))
    if not pairs:
        raise RuntimeError(f"{_JVP}: Expected primals to contain at least one Tensor.")
    for p, t in pairs:
        for name, value in (("primals", p), ("tangents", t)):
            if not isinstance(value, Variable):
                raise RuntimeError(f"{_JVP}: Expected {name} to only contain Tensors, got {type(value)}")
        if not (p.is_floating_point() or p.is_complex()):
            raise ValueError(f"Expected primal to be floating point or complex, but got: {p.dtype}")
    return pairs


def linearize(func: F, *primals: Any) -> tuple[Any, F]:
    """(value, function from tangents to Jacobian · tangents) at ``primals``.

    >>> import tinygrad_edu as tg
    >>> value, change = linearize(tg.sin, tg.tensor(0.)); value, change(tg.tensor(2.))
    (tensor(0.), tensor(2.))
    """
    value = vjp(func, *primals)[0]

    def jvp_fn(*tangents: Any) -> Any:
        if described(tangents) != described(primals):
            raise RuntimeError(
                f"Expected the tangents {described(tangents)} to have the same argspec as the primals {described(primals)}"
            )
        for i, (p, t) in enumerate(zip(flat(primals), flat(tangents))):
            for what in ("shape", "device", "dtype"):
                mine, other = getattr(t, what), getattr(p, what)
                if mine != other:
                    raise RuntimeError(
                        f"tangent:{i} with {what} {mine} in flattened pytree doesn't match the {what} {other} of the "
                        "corresponding primal."
                    )
        return jvp(func, primals, tangents)[1]

    return value, jvp_fn


def jacrev(func: F, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False, chunk_size: int | None = None) -> F:
    """The Jacobian of ``func`` as a function: for each argument a tensor of shape output.shape + argument.shape.

    >>> import tinygrad_edu as tg
    >>> jacrev(tg.sin)(tg.tensor([0.0, 1.0]))
    tensor([[1.0000, 0.0000],
            [0.0000, 0.5403]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        whole, chosen, inputs = _call(func, argnums, args, kwargs)
        result, aux = _parts(whole, has_aux, _VJP)
        _only_real(_only_tensors(result, _VJP), "jacrev", "outputs")
        _only_real(inputs, "jacrev", "inputs")

        def rows(output: Any) -> Any:
            columns: list[list[Any]] = []
            for i in range(output.numel()):
                seed = functions["zeros_like"](output).detach().reshape(-1)
                seed[i] = 1
                columns.append(_pulled([output], [seed.reshape(output.shape)], inputs))
            shape = tuple(output.shape)
            stacked = [functions["stack"](list(c)).reshape((*shape, *x.shape)) for c, x in zip(zip(*columns), inputs)]
            found = iter([_settled(t, inputs) for t in stacked])
            blocks = tuple(rebuilt(c, found) for c in chosen)
            return blocks[0] if isinstance(argnums, int) else blocks

        jacobian = map_tree(rows, result)
        return (jacobian, map_tree(lambda t: _settled(t, inputs), aux)) if has_aux else jacobian

    return wrapper


def jacfwd(func: F, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *, randomness: str = "error") -> F:
    """The Jacobian, as `jacrev` gives it, computed column by column: one `jvp` for each number among the arguments.

    >>> import tinygrad_edu as tg
    >>> jacfwd(lambda x: x.sum() * tg.ones(2))(tg.tensor([1., 2., 3.]))
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        check_randomness(randomness)
        places = _positions(argnums, len(args))
        chosen = tuple(args[i] for i in places)
        inputs = list(leaves(chosen))
        kept: dict[str, Any] = {}

        def of_chosen(*values: Any) -> Any:
            full = list(args)
            for i, value in zip(places, values):
                full[i] = value
            result, kept["aux"] = _parts(func(*full, **kwargs), has_aux, _JVP)
            _only_real(_only_tensors(result, _JVP), "jacfwd", "outputs")
            kept["result"] = result
            return result

        def columns(at: int) -> list[Any]:
            """For each output, its derivatives by the numbers of one input."""
            x, found = inputs[at], []
            for i in range(x.numel()):
                tangents = [functions["zeros_like"](t).detach() for t in inputs]
                tangents[at].view(-1)[i] = 1
                found.append(list(leaves(jvp(of_chosen, chosen, rebuilt(chosen, iter(tangents)))[1])))
            n = x.dim()
            stacked = [functions["stack"](list(column)) for column in zip(*found)]
            shaped = [t.reshape((*x.shape, *t.shape[1:])) for t in stacked]
            return [t.movedim(tuple(range(n)), tuple(range(t.dim() - n, t.dim()))) for t in shaped]

        by_input = [columns(at) for at in range(len(inputs))]
        blocks = [rebuilt(chosen, iter([by_input[i][o] for i in range(len(inputs))])) for o in range(len(by_input[0]))]
        # one block, or a tuple of them for several arguments, in place of each output
        found = iter([block[0] if isinstance(argnums, int) else block for block in blocks])
        jacobian = map_tree(lambda _: next(found), kept["result"])
        return (jacobian, map_tree(lambda t: t.detach(), kept["aux"])) if has_aux else jacobian

    return wrapper


def hessian(func: F, argnums: int | tuple[int, ...] = 0) -> F:
    """The second derivatives of ``func``: the Jacobian of its Jacobian."""
    return jacfwd(jacrev(func, argnums), argnums)
