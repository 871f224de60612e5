"""See every operation while it runs, and pay nothing when nobody looks.

`watch(around)` puts other functions in the place of those that run operations – the public ones, the methods of `Op`, the nodes'
``apply``, optimizers, data loaders – and the function that it returns puts them back. Meanwhile each call goes through
``around(name, call, args, kwargs)``, which calls ``call`` itself and may look before and after.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache, wraps
from types import FunctionType, ModuleType
from typing import Any

from ..autograd import engine
from ..autograd.graph import AccumulateGrad, Node, fit
from ..autograd.op import CALLS, Op
from ..ops import registry
from ..tensor import Tensor

Around = Callable[[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
Place = tuple[Any, str, Any]  # where something stands, under which name, and what stood there

_PACKAGE = __name__.partition(".")[0]
# the published functions, and what torch puts before their names
_TABLES: tuple[tuple[dict[str, Any], str], ...] = (
    (registry.functions, ""), (registry.methods, ""), (registry.functional, ""), (registry.linalg, "linalg_"),
    (registry.fft, ""), (registry.special, "special_"),
)  # fmt: skip
# What says something about a tensor, or hands it out, without computing.
_QUESTIONS = (
    "dim size numel stride is_contiguous is_floating_point is_complex is_signed is_conj is_neg is_nonzero is_inference is_pinned "
    "storage_offset data_ptr element_size get_device type type_as tolist is_set_to is_same_size names has_names is_shared "
    "nelement ndimension tensor untyped_storage typed_storage numpy share_memory_ set_ storage"
)
# operators of a tensor, and the operation that torch runs for each
_OPERATORS = {
    "add": "add", "radd": "add", "iadd": "add_", "sub": "sub", "rsub": "rsub", "isub": "sub_", "mul": "mul", "rmul": "mul",
    "imul": "mul_", "truediv": "div", "rtruediv": "div", "itruediv": "div_", "floordiv": "floor_divide", "mod": "remainder",
    "pow": "pow", "rpow": "pow", "ipow": "pow_", "matmul": "matmul", "rmatmul": "matmul", "neg": "neg", "abs": "abs",
    "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "invert": "bitwise_not", "and": "__and__",
    "or": "__or__", "xor": "__xor__",
}  # fmt: skip
# other names that torch shows for a function or a primitive of ours
_SHOWN = {
    "cross_entropy": "cross_entropy_loss", "nll_loss": "nll_loss_nd", "matprod": "matmul", "divide": "div", "multiply": "mul",
    "subtract": "sub", "true_divide": "div", "attention": "_scaled_dot_product_attention", "arg_extreme": "argmax",
    "add_scaled": "add",
    **{f"{kind}_{form}": kind for kind in ("lstm", "gru", "rnn_tanh", "rnn_relu") for form in ("layer", "packed", "fused")},
}  # fmt: skip
_FILLS = re.compile(
    r"(?:_all|_both|_from|_mean|_p|_range|_restride|_std|_tensor|_to)?_fill$"
)  # draw numbers into a tensor
_FORMS = re.compile(r"(?<=[a-z0-9])_(?:number|all|dims|dim|scalar|tensor|half|real|stored|stored_number|tensors)$")


def watch(around: Around) -> Callable[[], None]:
    """From now on every operation goes through ``around``; call what this returns to end it."""
    places: list[Place] = [(engine, "follow", engine.follow)]
    engine.follow = _follow
    try:
        for holder, attribute, name, call in _found():
            there = holder[attribute] if isinstance(holder, dict) else holder.__dict__[attribute]
            _put(holder, attribute, _through(around, name, call))
            places.append((holder, attribute, there))
    except BaseException:
        _restore(places)
        raise
    return lambda: _restore(places)


def _restore(places: list[Place]) -> None:
    while places:
        _put(*places.pop())


def _put(holder: Any, attribute: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[attribute] = value
    else:
        setattr(holder, attribute, value)


def _follow(node: Any, g: Any, waiting: Any) -> None:
    """What the engine's short way does, node by node and by way of ``node.apply``, which is watched."""
    (gx,) = node.apply(g, False, None)
    node.release()
    edge = node.edges[0]
    if gx is None:
        return
    shape, dtype = edge[0].meta(edge[1])
    if gx.shape != shape or gx.dtype != dtype:
        gx = fit(gx, shape, dtype, False, node, edge)
    waiting.deliver(edge, gx)


def _through(around: Around, name: Any, call: Callable[..., Any]) -> Callable[..., Any]:
    """``call``, by way of ``around``. ``name`` may be a function of the arguments."""
    if callable(name):

        @wraps(call)
        def named_later(*args: Any, **kwargs: Any) -> Any:
            return around(name(*args), call, args, kwargs)

        return named_later

    @wraps(call)
    def named(*args: Any, **kwargs: Any) -> Any:
        return around(name, call, args, kwargs)

    return named


def _found() -> Iterator[tuple[Any, str, Any, Callable[..., Any]]]:
    """Everything to be replaced: (where it stands, under which name, what to call it, the function)."""
    for attribute in CALLS:
        yield Op, attribute, _primitive, Op.__dict__[attribute]
    names = public_names()
    for holder in (*_holders(), *(table for table, _ in _TABLES)):
        for attribute, value in list((holder if isinstance(holder, dict) else vars(holder)).items()):
            if type(value) is FunctionType and id(value) in names:
                yield holder, attribute, names[id(value)], value
    for operator, name in _OPERATORS.items():
        attribute = f"__{operator}__"
        value = vars(Tensor).get(attribute)
        if type(value) is FunctionType and id(value) not in names:
            yield Tensor, attribute, f"aten::{name}", value
    for cls in _all_below(Node):
        if "apply" in vars(cls):
            yield cls, "apply", _node, vars(cls)["apply"]
    yield from _found_elsewhere()


def _found_elsewhere() -> Iterator[tuple[Any, str, Any, Callable[..., Any]]]:
    """Optimizers and data loaders."""
    optimizers = importlib.import_module(f"{_PACKAGE}.optim").Optimizer
    for cls in (optimizers, *_all_below(optimizers)):
        for method in ("step", "zero_grad"):
            if type(vars(cls).get(method)) is FunctionType:
                yield cls, method, _optimizer(method), vars(cls)[method]
    loader = importlib.import_module(f"{_PACKAGE}.data.loader").LoaderIterator
    yield loader, "__next__", _loader, loader.__next__


def _holders() -> list[Any]:
    """Modules and classes in which public functions stand."""
    modules = [
        m for name, m in list(sys.modules.items()) if name.startswith(f"{_PACKAGE}.") and isinstance(m, ModuleType)
    ]
    package = importlib.import_module(_PACKAGE)
    found = {id(m): m for m in (package, *modules) if m.__dict__ is not None}
    return [*found.values(), *(cls for cls in Tensor.__mro__ if cls.__module__.startswith((_PACKAGE, "torch")))]


@cache
def public_names() -> dict[int, str]:
    """The name under which torch would show each published function: ``id`` → ``aten::…``."""
    names: dict[int, str] = {}
    for table, prefix in _TABLES:
        function: Any
        for name, function in table.items():
            if name in _QUESTIONS.split():
                continue
            shown = _SHOWN.get(name, name)
            shown = f"fft_{shown}" if table is registry.fft and not shown.startswith("fft_") else f"{prefix}{shown}"
            while type(function) is FunctionType:
                names.setdefault(id(function), f"aten::{shown}")
                function = getattr(function, "__wrapped__", None)
    return names


@cache
def primitive_name(name: str) -> str:
    """What torch calls a primitive of ours: its forms for numbers, for one dimension and so on are one operation there."""
    return "aten::" + _SHOWN.get(name, _FILLS.sub("_", _FORMS.sub("", name)))


def _primitive(op: Any, *args: Any) -> str:
    return primitive_name(op.name)


def _node(node: Any, *args: Any) -> str:
    return "torch::autograd::AccumulateGrad" if isinstance(node, AccumulateGrad) else str(node.name())


def _optimizer(method: str) -> Callable[..., str]:
    return lambda optimizer, *args: f"Optimizer.{method}#{type(optimizer).__name__}.{method}"


def _loader(iterator: Any, *args: Any) -> str:
    return f"enumerate(DataLoader)#{iterator.shown}.__next__"


def _all_below(cls: Any) -> list[Any]:
    """The subclasses of a class, and theirs."""
    found: dict[Any, None] = {}
    todo = [cls]
    while todo:
        for each in todo.pop().__subclasses__():
            if each not in found:
                found[each] = None
                todo.append(each)
    return list(found)
