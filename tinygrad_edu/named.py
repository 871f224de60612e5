"""Named tensors: dimensions that go by a name instead of a number.

    >>> import tinygrad_edu as tg
    >>> x = tg.ones(2, 3, names=("N", "C"))
    >>> x.sum("C")
    tensor([3., 3.], names=('N',))

torch had them as an experiment and dropped them in 2.13; what is here follows its last documentation. Nothing of it costs
anything until the first named tensor is made: only then the operations that understand names are put around the plain ones.
Operations that do not understand names say so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from .autograd.variable import Variable

Names = tuple[str | None, ...]


# ------------------------------------------------------------------------------------ names
def checked_names(names: Any, ndim: int) -> Names:
    """``names`` as a tuple of one name (or None) for each dimension; torch's errors where they cannot be."""
    given = tuple(names)
    if len(given) != ndim:
        raise RuntimeError(
            f"Number of names ({len(given)}) and number of dimensions in tensor ({ndim}) do not match. Attempted to create a "
            f"tensor with names {shown(given)}"
        )
    for name in given:
        if name is not None and not (isinstance(name, str) and name.isidentifier()):
            raise RuntimeError(
                "Invalid name: a valid identifier contains only digits, alphabetical characters, and/or underscore and starts "
                f"with a non-digit. got: '{name}'."
            )
    known = [name for name in given if name is not None]
    if len(set(known)) != len(known):
        raise RuntimeError(f"Cannot construct a tensor with duplicate names. Got names: {shown(given)}.")
    return given


def shown(names: Sequence[str | None]) -> str:
    return f"[{', '.join('None' if name is None else repr(name) for name in names)}]"


def names_of(t: Any) -> Names:
    return t._names or (None,) * int(t._data.ndim)


def is_named(value: Any) -> bool:
    return isinstance(value, Variable) and value._names is not None


def attach(t: Any, names: Any) -> Any:
    """Give ``t`` names (None: take them away); returns it."""
    if names is None:
        t._names = None
        return t
    found = checked_names(names, t._data.ndim)
    t._names = found if any(name is not None for name in found) else None
    if t._names is not None:
        enable()
    return t


def position(t: Any, dim: Any) -> Any:
    """A dimension's number, for a name (or a tuple of names); numbers stay as they are."""
    if isinstance(dim, (tuple, list)):
        return tuple(position(t, d) for d in dim)
    if not isinstance(dim, str):
        return dim
    if dim not in names_of(t):
        raise RuntimeError(f"Name '{dim}' not found in Tensor{shown(names_of(t))}.")
    return names_of(t).index(dim)


def unified(a: Names, b: Names) -> Names:
    """The names of a result of broadcasting: matched from the right; None fits anything."""
    result: list[str | None] = []
    for i in range(1, max(len(a), len(b)) + 1):
        x, y = (a[-i] if i <= len(a) else None), (b[-i] if i <= len(b) else None)
        if x is not None and y is not None and x != y:
            raise RuntimeError(
                f"Error when attempting to broadcast dims {shown(a)} and dims {shown(b)}: dim {x!r} and dim {y!r} are at the "
                "same position from the right but do not match."
            )
        for name, others in ((x, b), (y, a)):
            if name in others and name is not None and len(others) - others.index(name) != i:
                raise RuntimeError(
                    f"Misaligned dims when attempting to broadcast dims {shown(a)} and dims {shown(b)}: dim {name!r} appears "
                    "in a different position from the right across both lists."
                )
        result.append(x if x is not None else y)
    return tuple(reversed(result))


# ------------------------------------------------------------------------------------ methods of their own
def rename(self: Any, *names: Any, **rename_map: str) -> Any:
    """A view with other names: all of them (``rename("N", "C")``), some (``rename(N="B")``), or none (``rename(None)``)."""
    return attach(_view(self), _new_names(self, names, rename_map))


def _view(self: Any) -> Any:
    """A nameless view."""
    names, self._names = self._names, None
    try:
        return self.view_as(self)
    finally:
        self._names = names


def rename_(self: Any, *names: Any, **rename_map: str) -> Any:
    """Change the names of the tensor itself."""
    return attach(self, _new_names(self, names, rename_map))


def _new_names(self: Any, names: tuple[Any, ...], rename_map: dict[str, str]) -> Any:
    if names and rename_map:
        raise RuntimeError("rename: Expected to either have positional args or keyword args, but not both.")
    if rename_map:
        for old in rename_map:
            if old not in names_of(self):
                raise RuntimeError(
                    f"rename: Tried to rename dim '{old}' to dim '{rename_map[old]}' in Tensor{shown(names_of(self))} but dim "
                    f"'{old}' does not exist"
                )
        return [rename_map.get(name, name) if name is not None else None for name in names_of(self)]
    if len(names) == 1 and (names[0] is None or isinstance(names[0], (tuple, list))):
        return names[0]
    return _expanded(self, names)


def _expanded(self: Any, names: tuple[Any, ...]) -> tuple[Any, ...]:
    """``...`` stands for the names that are not mentioned."""
    if "..." in names or Ellipsis in names:
        at = next(i for i, name in enumerate(names) if name in ("...", Ellipsis))
        after = len(names) - at - 1
        own = names_of(self)
        return (*names[:at], *own[at : len(own) - after], *names[at + 1 :])
    return names


def refine_names(self: Any, *names: Any) -> Any:
    """A view with names for the dimensions that have none; RuntimeError where a given name contradicts one that is there."""
    wanted, own = _expanded(self, names), names_of(self)
    for i, (old, new) in enumerate(zip(own, wanted)):
        if old is not None and old != new:
            raise RuntimeError(
                f"refine_names: cannot coerce Tensor{shown(own)} to Tensor{shown(wanted)} because {old!r} is different from "
                f"{new!r} at index {i}"
            )
    return attach(_view(self), wanted)


def align_to(self: Any, *names: Any) -> Any:
    """A view with its dimensions in the order ``names``; names that are not there become dimensions of size 1."""
    own = names_of(self)
    if "..." in names or Ellipsis in names:
        at = next(i for i, name in enumerate(names) if name in ("...", Ellipsis))
        names = (*names[:at], *(name for name in own if name not in names), *names[at + 1 :])
    if None in own:
        raise RuntimeError(
            f"align_to: All input dims must be named. Found unnamed dim at index {own.index(None)} of Tensor{shown(own)}"
        )
    for name in own:
        if name not in names:
            raise RuntimeError(
                f"align_to: Cannot find dim {name!r} from Tensor{shown(own)} in desired alignment {shown(names)}."
            )
    plain = _view(self).permute([own.index(name) for name in names if name in own])
    for i, name in enumerate(names):
        if name not in own:
            plain = plain.unsqueeze(i)
    return attach(plain, names)


def align_as(self: Any, other: Any) -> Any:
    """`align_to` the names of another tensor."""
    return align_to(self, *names_of(other))


def has_names(self: Any) -> bool:
    """Whether any dimension has a name."""
    return self._names is not None


# ------------------------------------------------------------------------------------ operations that understand names
Rule = Callable[..., Any]


def _keep(run: Rule, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Same dimensions out as in; a ``dim`` may be a name."""
    if "dim" in kwargs:
        kwargs["dim"] = position(x, kwargs["dim"])
    args = tuple(position(x, a) if isinstance(a, str) else a for a in args)
    return attach(run(x, *args, **kwargs), names_of(x))


def _in_place(run: Rule, x: Any, *args: Any, **kwargs: Any) -> Any:
    names = names_of(x)
    for other in args:
        if isinstance(other, Variable):
            names = unified(names, names_of(other))
    run(x, *args, **kwargs)
    return attach(x, names)


def _unify(run: Rule, x: Any, *args: Any, **kwargs: Any) -> Any:
    names: Names = ()
    for t in (x, *args):
        if isinstance(t, Variable):
            names = unified(names, names_of(t))
    result = run(x, *args, **kwargs)
    return attach(result, names) if isinstance(result, Variable) else result


def _reduce(run: Rule, x: Any, *args: Any, **kwargs: Any) -> Any:
    """``dim`` goes; a named tuple of results gets the names in each field."""
    arguments = list(args)
    if arguments and not isinstance(arguments[0], (Variable, bool)):
        kwargs["dim"] = arguments.pop(0)
    dim = kwargs.get("dim")
    if dim is not None:
        kwargs["dim"] = dim = position(x, dim)
    keep = kwargs.get("keepdim", arguments[0] if arguments and isinstance(arguments[0], bool) else False)
    n = x._data.ndim
    gone = set(range(n)) if dim is None else {d % n for d in (dim if isinstance(dim, tuple) else (dim,))}
    names = names_of(x) if keep else tuple(name for i, name in enumerate(names_of(x)) if i not in gone)
    result = run(x, *arguments, **kwargs)
    if isinstance(result, tuple):
        return type(result)([attach(r, names) for r in result])
    return attach(result, names)


def _transpose(run: Rule, x: Any, dim0: Any, dim1: Any) -> Any:
    a, b = position(x, dim0), position(x, dim1)
    names = list(names_of(x))
    names[a], names[b] = names[b], names[a]
    return attach(run(x, a, b), names)


def _t(run: Rule, x: Any) -> Any:
    return attach(run(x), names_of(x)[::-1])


def _permute(run: Rule, x: Any, *dims: Any) -> Any:
    order = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    order = [position(x, d) for d in order]
    return attach(
        run(x, *([order] if dims and isinstance(dims[0], (tuple, list)) else order)), [names_of(x)[d] for d in order]
    )


def _matmul(run: Rule, x: Any, y: Any, **kwargs: Any) -> Any:
    a, b = names_of(x), names_of(y)
    if len(a) > 2 and len(b) > 2:
        names: Names = (*unified(a[:-2], b[:-2]), a[-2], b[-1])
    else:
        names = (*a[:-1], *b[:-2], *b[-1:]) if len(b) > 1 else a[:-1]
    return attach(run(x, y, **kwargs), names)


def _select(run: Rule, x: Any, dim: Any, index: Any) -> Any:
    d = position(x, dim)
    return attach(run(x, d, index), [name for i, name in enumerate(names_of(x)) if i != d % x._data.ndim])


def _getitem(run: Rule, x: Any, index: Any) -> Any:
    items, names, own = (index if isinstance(index, tuple) else (index,)), [], list(names_of(x))
    if any(isinstance(item, (Variable, list)) for item in items):
        raise _unsupported("index")
    used = sum(item is not None and item is not Ellipsis for item in items)
    for item in items:
        if item is None:
            names.append(None)
        elif item is Ellipsis:
            for _ in range(x._data.ndim - used):
                names.append(own.pop(0))
        else:
            name = own.pop(0)
            names += [name] if isinstance(item, slice) else []
    return attach(run(x, index), [*names, *own])


def _squeeze(run: Rule, x: Any, dim: Any = None) -> Any:
    at = None if dim is None else position(x, dim) % x._data.ndim
    names = [
        name for i, (name, n) in enumerate(zip(names_of(x), x._data.shape)) if n != 1 or (at is not None and i != at)
    ]
    return attach(run(x, *(() if dim is None else (at,))), names)


def _several(run: Rule, x: Any, *args: Any, **kwargs: Any) -> Any:
    if "dim" in kwargs:
        kwargs["dim"] = position(x, kwargs["dim"])
    args = tuple(position(x, a) for a in args)
    drop = run.__name__ == "unbind"
    dim = kwargs.get("dim", args[-1] if args and (drop or len(args) > 1) else 0)
    names = tuple(name for i, name in enumerate(names_of(x)) if not (drop and i == dim % x._data.ndim))
    return tuple(attach(part, names) for part in run(x, *args, **kwargs))


def _cat(run: Rule, tensors: Any, dim: Any = 0) -> Any:
    names = names_of(tensors[0])
    for t in tensors[1:]:
        names = unified(names, names_of(t))
    return attach(run(tensors, position(tensors[0], dim)), names)


def _flatten(run: Rule, x: Any, dims: Any, out_dim: Any = None, *rest: Any) -> Any:
    if isinstance(dims, (tuple, list)):  # flatten(("C", "H"), "features")
        first, last = position(x, dims[0]), position(x, dims[-1])
        name: Any = out_dim
    else:  # flatten("C", "W", "features") or numbers
        first, last = position(x, dims), position(x, out_dim)
        name = rest[0] if rest else None
        if name is None:
            raise _unsupported("flatten")
    own = names_of(x)
    return attach(run(x, first, last), (*own[:first], name, *own[last + 1 :]))


def _unflatten(run: Rule, x: Any, dim: Any, sizes: Any) -> Any:
    at = position(x, dim)
    own = names_of(x)
    named = [(s if isinstance(s, (tuple, list)) else (None, s)) for s in sizes]
    return attach(run(x, at, [n for _, n in named]), (*own[:at], *(name for name, _ in named), *own[at + 1 :]))


def _expand(run: Rule, x: Any, *sizes: Any) -> Any:
    result = run(x, *sizes)
    own = names_of(x)
    return attach(result, (None,) * (result._data.ndim - len(own)) + tuple(own))


def _one_number(run: Rule, x: Any, *args: Any, **kwargs: Any) -> Any:
    return run(x, *args, **kwargs)


def _unsupported(name: str) -> RuntimeError:
    return RuntimeError(
        f"{name} is not yet supported with named tensors. Please drop names via `tensor = tensor.rename(None)`, call the op "
        "with an unnamed tensor, and set names on the result of the operation."
    )


RULES: dict[Rule, str] = {
    _keep: (
        "abs acos asin atan ceil clone contiguous cos cosh cummax cummin cumprod cumsum deg2rad detach digamma "
        "dropout erf erfc exp exp2 expm1 floor frac lgamma log log10 log1p log2 log_softmax logit neg nan_to_num "
        "rad2deg reciprocal relu round rsqrt sigmoid sign sin sinh softmax sqrt square tan tanh trunc float double "
        "half bfloat16 int long short bool to type clamp isnan isinf isfinite logical_not bitwise_not cpu cuda "
        "requires_grad_ zeros_like ones_like empty_like rand_like randn_like full_like "
    ),
    _unify: (
        "add sub mul div true_divide floor_divide remainder fmod pow atan2 maximum minimum eq ne lt le gt ge "
        "logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor where masked_fill addcmul addcdiv lerp "
        "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __pow__ __rpow__ __mod__ "
        "__floordiv__ __lt__ __le__ __gt__ __ge__ __eq__ __ne__ __and__ __or__ "
    ),
    _reduce: (
        "sum mean prod std var amax amin max min argmax argmin all any logsumexp norm median nansum nanmean mode "
        "kthvalue "
    ),
    _in_place: (
        "add_ sub_ mul_ div_ pow_ exp_ log_ sqrt_ neg_ abs_ clamp_ relu_ sigmoid_ tanh_ fill_ zero_ copy_ normal_ "
        "uniform_ random_ bernoulli_ __iadd__ __isub__ __imul__ __itruediv__ __setitem__ "
    ),
    _matmul: ("matmul mm bmm mv dot __matmul__ "),
    _transpose: ("transpose swapaxes "),
    _t: ("t "),
    _permute: ("permute "),
    _select: ("select "),
    _getitem: ("__getitem__ "),
    _squeeze: ("squeeze "),
    _several: ("split chunk unbind "),
    _cat: ("cat "),
    _flatten: ("flatten "),
    _unflatten: ("unflatten "),
    _expand: ("expand expand_as "),
    _one_number: ("item tolist numpy backward __bool__ __float__ __int__ allclose equal "),
}
_UNSUPPORTED = [
    "view", "reshape", "unsqueeze", "stack", "gather", "scatter", "index_select", "repeat", "roll", "flip",
    "diagonal", "tril", "triu", "topk", "sort", "masked_select", "einsum",
]  # fmt: skip
_enabled = False


def enable() -> None:
    """Put the rules around the operations (once, when the first named tensor is made)."""
    global _enabled
    if _enabled:
        return
    _enabled = True
    package, tensor_class = sys.modules[__name__.rpartition(".")[0]], type(Variable.new())
    table = {name: rule for rule, names in RULES.items() for name in names.split()}
    for name in (*table, *_UNSUPPORTED):
        for place in (tensor_class, package):
            plain = getattr(place, name, None)
            if plain is not None and callable(plain) and not isinstance(plain, type):
                setattr(place, name, _with_rule(plain, name, table.get(name)))


def _with_rule(plain: Rule, name: str, rule: Rule | None) -> Rule:
    @wraps(plain)
    def bare(*args: Any, **kwargs: Any) -> Any:
        """The plain operation: it sees no names."""
        named = [t for t in _tensors(args) if is_named(t)]
        saved = [t._names for t in named]
        for t in named:
            t._names = None
        try:
            return plain(*args, **kwargs)
        finally:
            for t, names in zip(named, saved):
                t._names = names

    @wraps(plain)
    def form(*args: Any, **kwargs: Any) -> Any:
        if not any(map(is_named, _tensors(args))):
            return plain(*args, **kwargs)
        if rule is None:
            raise _unsupported(name)
        return rule(bare, *args, **kwargs)

    return form


def _tensors(args: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for a in args:
        found.extend(a if isinstance(a, (list, tuple)) else (a,))
    return found


METHODS: dict[str, Any] = {
    "rename": rename, "rename_": rename_, "refine_names": refine_names, "align_to": align_to, "align_as": align_as,
    "has_names": has_names,
}  # fmt: skip
