"""torch's words for missing, surplus and wrong arguments, from the signatures in `signatures`.

    gather: Tensor input, int dim, Tensor index, *, bool sparse_grad = False, Tensor out = None

A call runs unchecked; only when it fails with a TypeError or AttributeError is it held against the signatures, and torch's error
is raised where it does not match any. NumPy's names for arguments (``axis``, ``keepdims``, ``x``) are understood here too.
In a type, ``[n]`` (``tuple of ints[2]``) says that one number may stand for the tuple, ``?`` that None is allowed.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from .. import devices, dtypes, layouts
from ..autograd.variable import Variable
from ..backend.outside import warn
from ..determinism import is_warn_always_enabled
from ..overrides import MISSING, answer, watching
from ..size import Size

NUMPY_NAMES = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}


def is_tensor(value: Any) -> bool:
    return isinstance(value, Variable)


def _is_zero_dim(value: Any, kinds: str) -> bool:
    if not is_tensor(value) or hasattr(value, "_raw"):  # a sparse tensor is no number
        return False
    return bool(value._data.ndim == 0 and value._data.dtype.kind in kinds and not value._requires_grad)


def is_int(value: Any) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool)
    if is_tensor(value):
        return _is_zero_dim(value, "iu")
    return hasattr(value, "__index__") and not isinstance(value, type) and not getattr(value, "ndim", 0)


def is_real(value: Any) -> bool:
    return isinstance(value, (int, float)) or _is_zero_dim(value, "iubfV") or (
        not is_tensor(value) and hasattr(value, "dtype") and hasattr(value, "item") and value.dtype.kind in "iubf"
        and getattr(value, "ndim", 1) == 0)  # fmt: skip


def is_number(value: Any) -> bool:
    return is_real(value) or isinstance(value, complex) or _is_zero_dim(value, "c")


def _is_generator(value: Any) -> bool:
    return type(value).__name__ == "Generator" and hasattr(value, "manual_seed")


def _is_device(value: Any) -> bool:
    return isinstance(value, (str, int)) or type(value).__name__ == "device"


_MATCHES: dict[str, Callable[[Any], bool]] = {
    "Tensor": is_tensor,
    "int": is_int,
    "float": is_real,
    "Number": is_number,
    "bool": lambda v: isinstance(v, bool),
    "str": lambda v: isinstance(v, str),
    "torch.dtype": lambda v: isinstance(v, dtypes.dtype) or v in (float, int, bool, complex),
    "torch.device": _is_device,
    "torch.layout": lambda v: type(v).__name__ == "layout",
    "torch.memory_format": lambda v: type(v).__name__ == "memory_format",
    "torch.Generator": _is_generator,
    "tuple of Tensors": lambda v: isinstance(v, (tuple, list)),
    "tuple of Scalars": lambda v: isinstance(v, (tuple, list)),
    "object": lambda v: True,
    "torch.Storage": lambda v: type(v).__name__ in ("UntypedStorage", "TypedStorage"),
}


class Parameter:
    """One argument of a signature: ``int dim = 0``."""

    def __init__(self, text: str, keyword_only: bool) -> None:
        found = re.fullmatch(r"(.+?)(\[\d+\])?(\?)? (\w+)( = .*)?", text)
        assert found is not None, text
        self.type, self.broadcast, none, self.name, default = (
            found[1], found[2] is not None, found[3], found[4], found[5]
        )  # fmt: skip
        self.optional, self.keyword_only = default is not None, keyword_only
        self.allow_none = none is not None or default == " = None"
        self.shown = f"{self.type} {self.name}{default or ''}"

    def accepts(self, value: Any) -> bool:
        if value is None and self.allow_none:
            return True
        if self.name == "out" and isinstance(value, (tuple, list)):
            return True
        if self.type in ("tuple of ints", "tuple of floats"):
            check = is_int if self.type == "tuple of ints" else is_real
            if isinstance(value, (tuple, list)):
                return not value or check(value[0])
            return self.broadcast and check(value)
        return _MATCHES[self.type](value)

    def bad_element(self, value: Any) -> int | None:
        """Where in a list of numbers the first thing that is none stands."""
        if self.type == "tuple of ints" and isinstance(value, (tuple, list)):
            return next((i for i, v in enumerate(value) if not is_int(v)), None)
        return None


# they take a number for the tensor ``other``, which torch's texts do not show
_NUMBERS_TOO = frozenset(["add", "sub", "mul", "div", "divide", "multiply", "subtract", "true_divide", "floor_divide"])


class Signature:
    """One way to call a function."""

    is_method = False

    def __init__(self, name: str, text: str) -> None:
        self.name, self.parameters = name, []
        self.takes_numbers = name.rstrip("_") in _NUMBERS_TOO
        self.only_shown = text.startswith("! ")  # torch keeps older ones beside it that it does not show
        text = text.removeprefix("! ")
        keyword_only = False
        for part in text.removesuffix(", *").split(", ") if text else []:
            if part == "*":
                keyword_only = True
            else:
                self.parameters.append(Parameter(part, keyword_only))
        self.positional = sum(not p.keyword_only for p in self.parameters)
        self.required = sum(not p.optional for p in self.parameters)
        first = self.parameters[0].type if self.parameters else ""
        self.varargs = self.positional == 1 and first == "tuple of ints"

    def __str__(self) -> str:
        shown = [p.shown for p in self.parameters]
        if self.positional < len(shown):
            shown.insert(self.positional, "*")
        return f"({', '.join(shown)})"

    def without_first(self) -> Signature:
        """The signature of the method: the tensor itself is no argument."""
        new = object.__new__(Signature)
        new.name, new.parameters, new.only_shown = self.name, self.parameters[1:], self.only_shown
        new.positional, new.required = self.positional - 1, self.required - 1
        new.takes_numbers = self.takes_numbers
        new.is_method = True
        new.varargs = new.positional == 1 and new.parameters[0].type == "tuple of ints"
        return new

    def problem(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        """Why the call does not match, in torch's words; None where it does."""
        name, left, at, varargs = self.name, dict(kwargs), 0, self.varargs and bool(args) and is_int(args[0])
        if len(args) > self.positional and not varargs:
            return self._too_many(len(args))
        for i, p in enumerate(self.parameters):
            if at < len(args):
                if p.keyword_only:
                    return self._too_many(len(args))
                value, by_name = args[at], False
            else:
                found = next((n for n in (p.name, *NUMPY_NAMES.get(p.name, ())) if n in left), None)
                if found is None:
                    if p.optional:
                        continue
                    return self._missing(i)
                value, by_name = left.pop(found), True
            if p.type == "tuple of Tensors" and isinstance(value, (tuple, list)):
                odd = next((j for j, v in enumerate(value) if not is_tensor(v)), None)
                if odd is not None:
                    return f"expected Tensor as element {odd} in argument {i}, but got {type_name(value[odd])}"
            if p.accepts(value) or (p.name == "other" and self.takes_numbers and is_number(value)):
                bad = p.bad_element(value)
                if bad is not None:
                    return self._unpack(p, bad, value[bad])
            elif varargs and at == 0 and not by_name and is_int(value):
                bad = p.bad_element(args)
                if bad is not None:
                    return self._unpack(p, bad, args[bad])
                at = len(args)
                continue
            else:
                return self._wrong(p, value, None if by_name else at + 1)
            at += not by_name
        for key in kwargs if left else ():
            known = next((i for i, p in enumerate(self.parameters) if p.name == key), None)
            if known is None:
                return f"{name}() got an unexpected keyword argument '{key}'"
            if key in left:
                return f"{name}() got multiple values for argument '{key}'"
        return None

    def _too_many(self, given: int) -> str:
        least = self.required
        if least != self.positional:
            return f"{self.name}() takes from {least} to {self.positional} positional arguments but {given} were given"
        plural = "" if self.positional == 1 else "s"
        return (
            f"{self.name}() takes {self.positional} positional argument{plural} but {given} {'was' if given == 1 else 'were'} "
            "given"
        )

    def _missing(self, start: int) -> str:
        names = [p.name for p in self.parameters[start:] if not p.optional]
        plural = "s" if len(names) == 1 else ""  # as torch has it
        return f"{self.name}() missing {len(names)} required positional argument{plural}: " + ", ".join(
            f'"{n}"' for n in names
        )

    def _unpack(self, p: Parameter, i: int, value: Any) -> str:
        return (
            f"{self.name}(): argument '{p.name}' failed to unpack the object at pos {i + 1} with error \"type must be {p.type},"
            f'but got {type_name(value)}"'
        )

    def _wrong(self, p: Parameter, value: Any, position: int | None) -> str:
        where = f"{self.name}(): argument '{p.name}'" + ("" if position is None else f" (position {position})")
        if p.type == "tuple of ints" and isinstance(value, (tuple, list)):
            return f"{where} must be {p.type}, but found element of type {type_name(value[0])} at pos 0"
        return f"{where} must be {p.type}, not {type_name(value)}"

    @property
    def bare(self) -> bool:
        """Whether it is a method that takes nothing: those do without the parser."""
        return self.is_method and not self.parameters

    # for the message that lists several signatures
    def explain(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Why this one of several does not match: torch says it only where the number of arguments is right."""
        shown = str(self)[1:-1].split(", ")  # of "()" one, for torch
        if len(args) + len(kwargs) != len(shown):  # torch counts the star too
            return ""
        names = {p.name: p for p in self.parameters}
        unknown = [key for key in reversed(kwargs) if key not in names or "*" in shown]
        if unknown:
            return f"      didn't match because some of the keywords were incorrect: {', '.join(unknown)}\n"
        pairs = [(self.parameters[i] if i < len(self.parameters) else None, v, "") for i, v in enumerate(args)]
        pairs += [(names[key], v, f"{key}=") for key, v in kwargs.items()]
        described = ", ".join(
            prefix + (described_type(v) if p is not None and _same_type(p, v) else f"!{described_type(v)}!")
            for p, v, prefix in pairs
        )
        return f"      didn't match because some of the arguments have invalid types: ({described})\n"


def _same_type(p: Parameter, value: Any) -> bool:
    """Whether the type has the very name that the signature shows (which is what torch goes by here)."""
    name = type_name(value)
    return name == p.type or (p.type == "float" and name == "int") or (p.allow_none and value is None)


_COMPILED = (
    dtypes.dtype,
    devices.device,
    layouts.layout,
    layouts.memory_format,
    Size,
)  # torch writes these out in full


def type_name(value: Any) -> str:
    if isinstance(value, Variable):
        return type(value).__name__
    kind = type(value)
    if kind in _COMPILED:
        return f"torch.{kind.__name__}"
    if kind is dtypes.PublicName:
        return "type"
    return f"numpy.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__


def described_type(value: Any) -> str:
    if isinstance(value, tuple) and type(value) is tuple:
        return f"tuple of ({', '.join(map(type_name, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"list of [{', '.join(map(type_name, value))}]"
    return type_name(value)


def shown_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The types in a call, as torch's messages have them."""
    named = [f"{key}={type_name(v)}" for key, v in reversed(kwargs.items())]
    return ", ".join([*map(type_name, args), *named]) + ("" if args or not kwargs else ", ")


def call_error(
    name: str, signatures: list[Signature], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> TypeError | None:
    """torch's TypeError for a call, or None where it matches a signature."""
    problems = [s.problem(args, kwargs) for s in signatures]
    if None in problems:
        return None
    if len(signatures) == 1 and signatures[0].bare:
        if kwargs:
            return TypeError(f"TensorBase.{name}() takes no keyword arguments")
        return TypeError(f"TensorBase.{name}() takes no arguments ({len(args)} given)")
    unpacked = next((p for p in problems if p is not None and "failed to unpack" in p), None)
    if unpacked is not None:  # the list of sizes was recognized by its first one
        return TypeError(unpacked)
    given = len(args) + len(kwargs)
    likely = [i for i, s in enumerate(signatures) if s.required <= given <= len(s.parameters)]
    single = len(signatures) == 1 and not signatures[0].only_shown
    if single or len(likely) == 1:
        return TypeError(problems[0 if single else likely[0]])
    got = shown_call(args, kwargs)
    if len(signatures) == 1:
        unknown = [key for key in kwargs if all(p.name != key for p in signatures[0].parameters)]
        why = f"got unrecognized keyword arguments: {', '.join(unknown)}" if unknown else (
            f"got ({got}), but expected {signatures[0]}")  # fmt: skip
        return TypeError(f"{name}() received an invalid combination of arguments - {why}")
    options = "".join(f" * {s}\n{s.explain(args, kwargs)}" for s in signatures)
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({got}), but expected one of:\n{options}"
    )


def renamed(signatures: list[Signature], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """The keyword arguments with NumPy's names replaced by torch's; None where there are none."""
    names = {p.name for s in signatures for p in s.parameters}
    back = {alias: name for name, others in NUMPY_NAMES.items() if name in names for alias in others}
    if not any(key in back and key not in names for key in kwargs):
        return None
    return {back.get(key, key) if key not in names else key: v for key, v in kwargs.items()}


def positional(
    signatures: list[Signature], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments with those given by name moved to their positions (``x.view(size=(2, 3))``); None where there are none."""
    for s in signatures:
        if s.problem(args, kwargs) is None:
            given, left = list(args), dict(kwargs)
            for p in s.parameters[len(args) : s.positional]:
                if p.name not in left:
                    break
                given.append(left.pop(p.name))
            return (given, left) if len(given) > len(args) else None
    return None


# Before version 1.5 factors stood between the tensors: ``x.add_(2, y)``, ``torch.addmm(beta, x, alpha, a, b)``.
_FACTORS = {"add": ("alpha",), "sub": ("alpha",), "addcmul": ("value",), "addcdiv": ("value",)} | dict.fromkeys(
    ("addbmm", "addmm", "addmv", "addr", "baddbmm"), ("beta", "alpha")
)
_warned: list[str] = []  # torch says it once


def _older_form(
    name: str, signatures: list[Signature], args: tuple[Any, ...], method: bool
) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments of a call in the older form, as tensors and factors; None where it is no such call."""
    words, signature = _FACTORS.get(name.rstrip("_"), ()), signatures[0]
    tensors, numbers = [v for v in args if is_tensor(v)], [v for v in args if not is_tensor(v)]
    if len(words) == 1:  # the factor stands second; the last may be a number too
        tensors, numbers = [*args[:1], *args[2:]], list(args[1:2])
    if not (
        0 < len(numbers) <= len(words)
        and all(map(is_number, numbers))
        and is_tensor(tensors[0])
        and len(tensors) == signature.positional + method
    ):
        return None
    if not _warned or is_warn_always_enabled():
        _warned.append(name)
        names = [p.shown for p in signature.parameters]
        factors = [f"Number {word}" for word in words]
        at = [i for i in range(method, len(args)) if (i == 1 if len(words) == 1 else not is_tensor(args[i]))]
        old = ", ".join(factors.pop(0) if i in at else names.pop(0) for i in range(method, len(args)))
        if not method:
            old += ", *, Tensor out = None"
        warn(
            f"This overload of {name} is deprecated:\n\t{name}({old})\nConsider using one of the following signatures instead:"
            + "".join(f"\n\t{name}{s}" for s in signatures)
        )
    return tensors, dict(zip(words, numbers))


# ours would take None, or anything, where torch does not
_LENIENT_METHODS = frozenset((
    "bernoulli", "cholesky", "cholesky_inverse", "clamp_max", "clamp_max_", "clamp_min", "clamp_min_", "is_pinned", "logsumexp",
    "max", "median", "min", "nanmedian", "pinverse", "prod", "qr", "set_", "squeeze", "squeeze_", "svd", "type_as",
))  # fmt: skip
_LENIENT_FUNCTIONS = frozenset(("resolve_conj", "resolve_neg"))


def checked(
    function: Callable[..., Any], name: str, texts: tuple[str, ...], method: bool = False
) -> Callable[..., Any]:
    """``function``, whose failing calls raise torch's error where the arguments are to blame."""
    parsed: list[list[Signature]] = []  # on first need

    def mistake(args: tuple[Any, ...], kwargs: dict[str, Any]) -> TypeError | None:
        if not parsed:
            whole = [Signature(name, text) for text in texts]
            parsed.append([s.without_first() for s in whole] if method else whole)
        return call_error(name, parsed[0], args[1:] if method else args, kwargs)

    @wraps(function)
    def form(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        if watching:
            other = answer(result, args, kwargs)
            if other is not MISSING:
                return other
        try:
            return function(*args, **kwargs)
        except (RuntimeError, ValueError, IndexError):  # torch looks at the types before it looks at the values
            error = None if "names" in kwargs else mistake(args, kwargs)  # torch's texts no longer know named tensors
            if error is not None:
                raise error from None
            raise
        except (TypeError, AttributeError):
            other = answer(result, args, kwargs)  # no tensor, but with a __torch_function__
            if other is not MISSING:
                return other
            error = mistake(args, kwargs)
            if error is not None:
                older = _older_form(name, parsed[0], args, method)
                if older is None:
                    raise error from None
                return function(*older[0], **kwargs, **older[1])
            if any(isinstance(v, type) for v in (*args, *kwargs.values())):  # ``dtype=float``
                words = {key: dtypes.of_python_type(v) for key, v in kwargs.items()}
                return function(*map(dtypes.of_python_type, args), **words)
            again = renamed(parsed[0], kwargs)
            bound = positional(parsed[0], args[1:] if method else args, kwargs if again is None else again)
            if again is None and bound is None:
                raise
        if bound is not None:
            return function(*args[:1] if method else (), *bound[0], **bound[1])
        return function(*args, **(again or {}))

    def strict(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        if len(args) > 1 and not isinstance(args[1], (tuple, list)):
            error = call_error(name, [Signature(name, text) for text in texts], args, kwargs)
            if error is not None:
                raise error
        return form(*args, **kwargs)

    def careful(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of tracebacks
        odd = (
            len(args) > 1 and not isinstance(args[1], (int, Variable))
            if method
            else not (args and isinstance(args[0], Variable))
        )
        if odd and (error := mistake(args, kwargs)) is not None:
            raise error
        return form(*args, **kwargs)

    if name in _LENIENT_METHODS if method else name in _LENIENT_FUNCTIONS:
        result = wraps(function)(careful)
        result.torch_errors = True  # type: ignore[attr-defined]
        return result
    # a method takes ``x.flip(0, 1)``, where the function wants ``flip(x, (0, 1))``
    open_ended = any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(function).parameters.values())
    tuple_second = any(re.match(r"Tensor input, tuple of ints \w", text) for text in texts)
    result = wraps(function)(strict) if open_ended and tuple_second and not method else form
    result.torch_errors = True  # type: ignore[attr-defined]
    return result
