"""Under which names an operation appears: ``tinygrad_edu.exp``, ``Tensor.exp``, ``Tensor.exp_``, ``nn.functional.exp``.

@public("function method", inplace=True, out=True)
def exp(input): …
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import wraps
from inspect import unwrap
from typing import Any, TypeVar

from .. import dtypes
from ..autograd.graph import INFERENCE_WRITE
from ..autograd.inplace import inplace as make_inplace
from ..autograd.modes import state
from ..autograd.variable import Variable, needs_grad
from ..backend.outside import warn
from ..overrides import overridable
from ._autocast import castable
from ._out import DECIDED_BY_OUT, NOT_DIFFERENTIABLE, WHO_WRITES, check_apart, refused, with_dtype_of
from ._results import Named, named
from ._signature import checked, type_name
from .signatures import OPTIONS, TABLE

functions: dict[str, Callable[..., Any]] = {}
methods: dict[str, Callable[..., Any]] = {}
functional: dict[str, Callable[..., Any]] = {}
linalg: dict[str, Callable[..., Any]] = {}
fft: dict[str, Callable[..., Any]] = {}
special: dict[str, Callable[..., Any]] = {}

_places = {
    "function": functions, "method": methods, "functional": functional, "linalg": linalg, "fft": fft, "special": special,
}  # fmt: skip

_PACKAGE = __name__.partition(".")[0]
_HOMES = {"function": _PACKAGE, "functional": f"{_PACKAGE}.nn.functional"} | {
    word: f"{_PACKAGE}.{word}" for word in ("linalg", "fft", "special")
}  # the modules where users find what stands in these tables

F = TypeVar("F", bound=Callable[..., Any])


def public(
    where: str,
    *,
    name: str | None = None,
    alias: tuple[str, ...] = (),
    inplace: bool = False,
    out: bool = False,
    exact_out: bool | str = False,
    signature: str | tuple[str, ...] | None = None,
) -> Callable[[F], F]:
    """Publish a function in the places named in ``where`` (function, method, functional, linalg, fft, special).

    ``exact_out``: ``out=`` must have the result's dtype (a text: the error where it has not).
    ``signature`` (see `_signature`) gives it torch's errors for wrong arguments and NumPy's names for right ones.
    """

    def publish(function: F) -> F:
        main = name or function.__name__
        if name is not None and function.__name__.startswith((f"{name}_", f"_{name}")):
            function.__name__ = function.__qualname__ = name  # what a printed table of activations shows
        function = castable(function, main)  # type: ignore[assignment]
        function.exact_out = exact_out  # type: ignore[attr-defined]
        shown: Any = with_out(function) if out else function
        method: Any = function
        if signature is not None:
            texts = signature if isinstance(signature, tuple) else (signature,)
            without_out = tuple(_without_out(t) for t in texts)
            plain = shown
            shown, method = checked(shown, main, texts), checked(function, main, without_out, method=True)
        for word in where.split():
            for each in (main, *alias):
                _places[word][each] = shown if word != "method" else method
                if signature is not None and word in ("special", "linalg", "fft"):  # torch prints these names in front
                    _places[word][each] = checked(plain, f"{word}_{each}", texts)
        if inplace:
            form = make_inplace(function, main)
            if signature is not None:
                form = checked(form, f"{main}_", without_out, method=True)
            for each in (main, *alias):
                methods[f"{each}_"] = form
                if "function" in where.split() and each in _function_inplace:
                    functions[f"{each}_"] = form
        return shown  # type: ignore[no-any-return]

    return publish


_SHOWN = {"logsigmoid": "log_sigmoid"}  # where torch's messages have another name


def _without_out(signature: str) -> str:
    """The signature of the method: methods take no ``out=``."""
    text = signature.removesuffix(", Tensor out = None").removesuffix(", tuple of Tensors out = None")
    return text.removesuffix(", *")


# the in-place forms that torch also has as functions
_NAMES = (
    "abs acos acosh alpha_dropout arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh ceil celu clamp clamp_max "
    "clamp_min clip conj_physical cos cosh deg2rad detach dropout erf erfc exp exp2 expm1 fill fix floor frac i0 logit log log10 "
    "log1p log2 nan_to_num neg negative rad2deg reciprocal relu round rrelu rsqrt selu sigmoid sin sinc sinh sqrt square tan "
    "tanh threshold trunc xlogy zero feature_dropout feature_alpha_dropout index_put ldexp gcd lcm resize_as addmv "
    "embedding_renorm"
)
_function_inplace = set(_NAMES.split())


def out_error(make: Callable[[dtypes.dtype, dtypes.dtype], Exception | None]) -> Callable[[F], F]:
    """For functions whose ``out=`` raises an error of its own: ``make(have, want)`` returns it, or None where out is fine."""

    def mark(function: F) -> F:
        function.out_error = make  # type: ignore[attr-defined]
        return function

    return mark


def with_out(function: F) -> F:
    """Add torch's ``out=``: the result is stored in the tensor given."""

    @wraps(function)
    def form(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        if kwargs and "out" in kwargs:
            out = kwargs.pop("out")
            if out is not None:
                return store(function, out, args, kwargs)
        return function(*args, **kwargs)

    return form  # type: ignore[return-value]


def store(function: Callable[..., Any], out: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run ``function`` without a graph and put its result (or results) into ``out``."""
    given = [t for a in (*args, *kwargs.values()) for t in (a if isinstance(a, (tuple, list)) else (a,))]
    targets = out if isinstance(out, (tuple, list)) else (out,)
    tensors = [t for t in (*given, *targets) if isinstance(t, Variable)]
    if state.enabled and function.__name__ not in NOT_DIFFERENTIABLE and any(map(needs_grad, tensors)):
        name = WHO_WRITES.get(function.__name__, function.__name__)
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad."
        )
    if function.__name__ in DECIDED_BY_OUT:
        kwargs = with_dtype_of(targets[0], kwargs)
    for t in targets:
        if t._inference and not state.inference:
            raise RuntimeError(INFERENCE_WRITE)
    check_apart(function.__name__, targets, (*args, *kwargs.values()))
    result = function(*args, **kwargs)
    if isinstance(result, tuple) != isinstance(out, (tuple, list)):
        kind = "Tensor" if isinstance(out, (tuple, list)) else "tuple of Tensors"
        raise TypeError(f"{function.__name__}(): argument 'out' must be {kind}, not {type(out).__name__}")
    results = result if isinstance(result, tuple) else (result,)
    exact = getattr(function, "exact_out", False)
    for target, value in zip(targets, results):
        have, want = dtypes.of(value._data), dtypes.of(target._data)
        if exact and have is not want:
            text = exact if isinstance(exact, str) else "Found dtype {want} but expected {have}"
            raise RuntimeError(text.format(name=function.__name__, have=have.short, want=want.short))
        if (problem := refused(function.__name__, have, want, args, result)) is not None:
            raise problem
        refuse = getattr(function, "out_error", None)
        if refuse is not None and (error := refuse(have, want)) is not None:
            raise error
        store_into(target, value)
    if isinstance(result, Named):
        if len(targets) != len(result):
            raise TypeError(f"expected tuple of {len(result)} elements but got {len(targets)}")
        return named(f"{type(result).__name__}_out", *result.__match_args__)(targets)
    return out


def store_into(target: Any, value: Any) -> None:
    have, want = dtypes.of(value._data), dtypes.of(target._data)
    if not dtypes.can_cast(have, want):
        raise RuntimeError(f"result type {have.short} can't be cast to the desired output type {want.short}")
    if target._data.shape != value._data.shape:
        if target._data.size != 0:
            warn(
                f"An output with one or more elements was resized since it had shape {list(target._data.shape)}, which does "
                f"not match the required output shape {list(value._data.shape)}. This behavior is deprecated, and in a "
                "future PyTorch release outputs will not be resized unless they have zero elements. You can explicitly "
                "reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0)."
            )
        target._data = value._data.astype(target._data.dtype)
    else:
        target._data[...] = value._data
    target._counter[0] += 1


def check_arguments() -> None:
    """Give every published function and method the errors of torch's argument parser where torch has them; all may be overridden."""
    texts: dict[str, list[str]] = {}
    for line in TABLE.strip().splitlines():
        name, _, text = line.partition(": ")
        texts.setdefault(name, []).append(text.replace("$options", OPTIONS))
    for name, function in functions.items():
        if name in texts:
            functions[name] = checked(_unchecked(function), name, tuple(texts[name]))
    for name, method in methods.items():
        if f".{name}" in texts:
            own = tuple(
                ("! " if t.startswith("! ") else "") + f"Tensor input, {t.removeprefix('! ')}".rstrip(", ")
                for t in texts[f".{name}"]
            )
        elif name in texts or name.removesuffix("_") in texts:
            known = texts.get(name) or texts[name.removesuffix("_")]
            own = tuple(
                t.replace(", Tensor out = None", "").replace(", *, tuple of Tensors out = None", "") for t in known
            )
        else:
            continue
        methods[name] = checked(_unchecked(method), name, own, method=True)
    for word in ("linalg", "fft", "special", "functional"):
        for name, function in _places[word].items():
            if f"{word}.{name}" in texts:  # torch's own messages have "linalg_det", but "linear"
                shown = _SHOWN.get(name, name) if word == "functional" else f"{word}_{name}"
                _places[word][name] = checked(_unchecked(function), shown, tuple(texts[f"{word}.{name}"]))
    elsewhere = {id(unwrap(f)) for table in (functions, functional) for f in table.values()}
    for word in ("linalg", "fft", "special"):
        for name, function in _places[word].items():
            inner = unwrap(function)
            if not isinstance(inner, type) and id(inner) not in elsewhere:
                inner.__qualname__ = f"{word}_{name}"  # as Python's own messages name it
    for name, function in functional.items():
        if name == "threshold" or re.fullmatch(r"((adaptive|fractional)_)?max_pool\dd", name):
            unwrap(
                function
            ).__qualname__ = f"_{name}"  # torch has a function below for each of the two ways of calling it
    for place, table in _places.items():
        for name, function in table.items():
            if not hasattr(function, "torch_errors") and not isinstance(function, type):
                table[name] = overridable(of_tensors(function))
        if place != "method":
            _give_home(table, _HOMES[place])


def of_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """``f(*tensors)``, with torch's error where one of them is none; other functions as they are."""
    code = getattr(
        unwrap(function), "__code__", None
    )  # not `inspect.signature`: this runs for every function at import
    if code is None or not code.co_flags & inspect.CO_VARARGS:
        return function
    if code.co_varnames[code.co_argcount + code.co_kwonlyargcount] != "tensors":
        return function

    @wraps(function)
    def form(*tensors: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        try:
            return function(*tensors, **kwargs)
        except AttributeError:
            given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
            for i, each in (*enumerate(given), *enumerate(tensors)):
                if not isinstance(each, Variable):
                    raise TypeError(
                        f"expected Tensor as element {i} in argument 0, but got {type_name(each)}"
                    ) from None
            raise

    return form


def _give_home(table: dict[str, Callable[..., Any]], home: str) -> None:
    """Let functions say where users find them: pickle looks there (a layer may keep ``F.relu`` as its activation)."""
    for name, function in table.items():
        if not isinstance(function, type) and hasattr(function, "__wrapped__"):
            function.__module__, function.__qualname__ = home, name


def _unchecked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function below a check by hand, which the table replaces: it knows every name."""
    return function.__wrapped__ if hasattr(function, "torch_errors") else function  # type: ignore[attr-defined,no-any-return]
