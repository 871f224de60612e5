"""Operators of one's own: a Python function under a name ``namespace::name``, with kernels by device and a derivative.

@custom_op("mylib::twice", mutates_args=())
def twice(x: Tensor) -> Tensor: ...
twice.register_autograd(backward, setup_context=setup)
ops.mylib.twice(x)
"""

from __future__ import annotations

import ast
import inspect
import re
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import dtypes, ops
from .autograd.function import Function
from .autograd.modes import no_grad, state
from .autograd.op import Op
from .autograd.variable import needs_grad
from .devices import device
from .func.trees import flat, leaves, map_tree, replaced
from .nn.compiled import compile
from .ops import registry
from .sparse.products import sparse_addmm
from .tensor import Tensor
from .testing import assert_close

_ALIASED = (
    "{}: The output of this custom operator (1) must not also be an input to this custom operator and (2) may not alias any inputs to "
    "this custom operator or other returns. The most common way to trigger this error is if we have y = custom_op(x) and y and x are "
    "the same Tensor. Please instead return a clone of the offending output tensor(s) (e.g. return x.clone()) or refactor the custom "
    "operator to not return y."
)
_PLACES = {"CPU": "cpu", "CUDA": "cuda", "Meta": "meta"}  # a dispatch key → the device whose tensors it is for
_defined: dict[str, CustomOpDef] = {}


class Overload:
    """One form of an operator: ``ops.mylib.twice.default``."""

    def __init__(self, packet: Packet, overload: str, function: Callable[..., Any]) -> None:
        self.overloadpacket, self._overloadname, self._function = packet, overload, function
        self.namespace, self._opname = packet._name.split("::")
        self.__name__ = f"{self._opname}.{overload}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<OpOverload(op='{self.overloadpacket}', overload='{self._overloadname}')>"

    def __str__(self) -> str:
        return f"{self.overloadpacket}.{self._overloadname}"

    def name(self) -> str:
        """``namespace::operator``, with the name of the form where it has one."""
        form = "" if self._overloadname == "default" else f".{self._overloadname}"
        return self.overloadpacket._name + form


class Packet:
    """An operator as `ops` shows it: ``ops.mylib.twice``."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self._name = name
        self.default = Overload(self, "default", function)
        self.__name__ = self.default._opname

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.default(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='{self}')>"

    def __str__(self) -> str:
        return self._name.replace("::", ".")

    def __getattr__(self, overload: str) -> Any:
        raise AttributeError(f"The underlying op of '{self}' has no overload name '{overload}'")

    def overloads(self) -> list[str]:
        """The names of its forms."""
        return ["default"]


class _OpNamespace(types.SimpleNamespace):
    """The operators of one library."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'_OpNamespace' '{self._name}' object has no attribute '{name}'")


class _PublicPacket(Packet):
    """One of torch's own operators. All its forms are the function that users call, which looks at its arguments itself."""

    def __getattr__(self, overload: str) -> Any:
        if overload.startswith("_"):
            raise AttributeError(f"an operator's form has no name that begins with '_': '{overload}'")
        form = vars(self)[overload] = Overload(self, overload, self.default._function)
        return form

    def overloads(self) -> list[str]:
        raise NotImplementedError(f"which forms PyTorch's operator {self} has is not known here")


class _Aten(_OpNamespace):
    """``ops.aten``: torch's own operators, where a function or method of the same name does what they do.

    >>> import tinygrad_edu as tg
    >>> tg.ops.aten.add.Tensor, tg.ops.aten.add.Tensor(tg.ones(2), 1), tg.ops.aten.slice.Tensor(tg.arange(5), 0, 1, 3)
    (<OpOverload(op='aten.add', overload='Tensor')>, tensor([2., 2.]), tensor([1, 2]))
    """

    def __getattr__(self, name: str) -> Any:
        function = None if name.startswith("__") else self._function(name)
        if function is None:
            return super().__getattr__(name)
        vars(self)[name] = found = _PublicPacket(f"aten::{name}", function)
        return found

    def _function(self, name: str) -> Callable[..., Any] | None:
        if name in _ONLY_ATEN:
            return _ONLY_ATEN[name]
        place, _, rest = name.partition("_")
        if rest and place in ("linalg", "fft", "special"):
            return getattr(registry, place).get(rest)  # type: ignore[no-any-return]
        if name in _IN_FUNCTIONAL:
            return registry.functional.get(name)
        if name in _OF_TENSORS:
            return getattr(Tensor, name)  # type: ignore[no-any-return]
        found = None if name in _NOT_ATEN else registry.functions.get(name) or registry.methods.get(name)
        return _listing(found) if found and name in _OF_SEVERAL else found


def _listing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Operators give several tensors as a list, where functions give a tuple."""
    return lambda *args, **kwargs: list(function(*args, **kwargs))


def _slice(x: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    return x[(slice(None),) * (dim % x.ndim) + (slice(start, end, step),)]


def _index(x: Any, indices: Sequence[Any]) -> Any:
    return x[tuple(slice(None) if i is None else i for i in indices)]


_ONLY_ATEN: dict[str, Callable[..., Any]] = {  # operators of torch that have another name for users, or other arguments
    "alias": lambda x: Op.table["alias"](x),
    "index": _index,
    "slice": _slice,
    "sym_numel": lambda x: x.numel(),
    "sym_size": lambda x, *dim: x.size(*dim),
    "sym_storage_offset": lambda x: x.storage_offset(),
    "sym_stride": lambda x, *dim: x.stride(*dim),
    "_pin_memory": lambda x, device=None: x.pin_memory(),
    "_sparse_addmm": sparse_addmm,
    "_to_copy": lambda x, *, layout=None, pin_memory=None, **options: x.to(copy=True, **options),
    "_unsafe_view": lambda x, size: x.view(size),
}
# functions of nn.functional whose operators take the same arguments; methods that stand in the class itself; what torch writes in Python
_IN_FUNCTIONAL, _OF_TENSORS, _NOT_ATEN = (
    frozenset(names.split())
    for names in (
        "adaptive_avg_pool2d adaptive_avg_pool3d avg_pool2d avg_pool3d elu elu_ gelu glu hardsigmoid hardswish hardtanh hardtanh_ "
        "leaky_relu leaky_relu_ linear max_pool2d_with_indices max_pool3d_with_indices mish one_hot pad relu6 "
        "scaled_dot_product_attention silu softplus softshrink",
        "coalesce col_indices crow_indices dense_dim dim indices is_coalesced is_complex is_contiguous is_floating_point item numel "
        "requires_grad_ retain_grad size sparse_dim sparse_mask storage_offset stride to_sparse values",
        "apply_ asarray bfloat16 bool byte cdouble cfloat char const_data_ptr dim_order double eig float from_dlpack from_numpy "
        "frombuffer half int ipu is_shared long lstsq lu map2_ map_ matrix_rank module_load mtia new new_tensor pca_lowrank "
        "share_memory_ short solve storage storage_type svd_lowrank symeig to_dlpack type unique unravel_index untyped_storage xpu",
    )
)
_OF_SEVERAL = {"broadcast_tensors", "chunk", "dsplit", "hsplit", "meshgrid", "split", "split_with_sizes", "tensor_split", "unbind",
               "unsafe_chunk", "unsafe_split", "unsafe_split_with_sizes", "vsplit"}  # fmt: skip
aten = _Aten("aten")


def _check_annotations(function: Callable[..., Any], signature: inspect.Signature, mutates_args: Iterable[str]) -> None:
    tail = f". Got func with signature {str(signature).replace('tinygrad_edu.tensor', dtypes.module_name)})"
    for p in signature.parameters.values():
        if p.annotation is p.empty:
            raise ValueError(f"infer_schema(func): Parameter {p.name} must have a type annotation{tail}")
        if not isinstance(p.default, (int, float, bool, str, type(None), dtypes.dtype, device, type)):
            raise ValueError(
                f"infer_schema(func): Parameter {p.name} has an unsupported default value type {type(p.default)}. Please file an issue "
                f"on GitHub so we can prioritize this{tail}"
            )
    if signature.return_annotation is signature.empty:
        raise ValueError(f"infer_schema(func): No return type annotation was provided. Please add one{tail}")
    unknown = set() if mutates_args == "unknown" else set(mutates_args) - set(signature.parameters)
    if unknown:
        raise ValueError(
            f"infer_schema(func): {unknown} in mutates_args were not found in the custom op's signature. mutates_args should contain "
            f"the names of all args that the custom op mutates, or just the string 'unknown' if you don't know{tail}"
        )


def _signature_of(schema: str) -> tuple[inspect.Signature, tuple[str, ...]]:
    """The parameters that a schema such as ``(Tensor x, Tensor(a!) out, float y=2.0) -> Tensor`` names, and those it writes into."""
    inside = schema[schema.index("(") + 1 : schema.rindex("->")].strip()[:-1]
    found, written = [], []
    kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for part in filter(None, (p.strip() for p in re.split(r",(?![^(\[]*[)\]])", inside))):
        if part == "*":
            kind = inspect.Parameter.KEYWORD_ONLY
            continue
        head, equals, default = part.partition("=")
        name = head.split()[-1]
        found.append(
            inspect.Parameter(name, kind, default=ast.literal_eval(default) if equals else inspect.Parameter.empty)
        )
        if "!" in head:
            written.append(name)
    return inspect.Signature(found), tuple(written)


class CustomOpDef:
    """An operator: what `custom_op` makes of a function. Calling it runs the kernel of the arguments' device."""

    def __init__(self, name: str, signature: inspect.Signature, mutates_args: Iterable[str]) -> None:
        namespace, self._name = name.split("::")
        self._qualname, self._signature = name, signature
        self._mutated = tuple(signature.parameters) if mutates_args == "unknown" else tuple(mutates_args)
        self._kernels: dict[str | None, Callable[..., Any]] = {}  # device type (None: any) → kernel
        self._backward: Callable[..., Any] | None = None
        self._setup: Callable[..., Any] | None = None
        self._function = self._differentiable(namespace)
        if not isinstance(getattr(ops, namespace, None), _OpNamespace):
            setattr(ops, namespace, _OpNamespace(namespace))
        packet = Packet(name, self)
        setattr(getattr(ops, namespace), self._name, packet)
        self._opoverload = packet.default
        _defined[name] = self

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            said = str(error).replace("missing a required argument: ", "is missing value for argument ")
            raise RuntimeError(f"{self._qualname}() {said}") from None
        bound.apply_defaults()
        tree = bound.arguments
        if state.enabled and any(needs_grad(t) for t in leaves(tree)) and not self._mutated:
            return self._function.apply(tree, *flat(tree))  # type: ignore[no-untyped-call]
        return self._run(tree)

    def _run(self, tree: Any) -> Any:
        given = list(leaves(tree))
        place = str(given[0].device.type) if given else None
        kernel = self._kernels.get(place) or self._kernels.get(None)
        if place == "meta" and "meta" not in self._kernels:
            raise RuntimeError(
                f"There was no fake impl registered for {self!r}. This is necessary for torch.compile/export/fx tracing to work. "
                f"Please use `{self._name}.register_fake` to add an fake impl."
            )
        if kernel is None:
            raise NotImplementedError(
                f"Could not run '{self._qualname}' with arguments from the '{str(place).upper()}' backend."
            )
        versions = {name: [t._counter[0] for t in leaves(tree[name])] for name in self._mutated}
        by_name = {p.name: tree[p.name] for p in self._signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
        with no_grad():
            result = kernel(*(value for name, value in tree.items() if name not in by_name), **by_name)
        for name, before in versions.items():
            for t, version in zip(leaves(tree[name]), before):
                if t._counter[0] == version:  # written behind our back
                    t._counter[0] += 1
        seen = {t._data.__array_interface__["data"][0] for t in given if place == "cpu" and t._data.size}
        for t in leaves(result):
            if any(t is each for each in given) or (
                place == "cpu" and t._data.size and t._data.__array_interface__["data"][0] in seen
            ):
                raise RuntimeError(_ALIASED.format(self._name))
        return result

    def _differentiable(self, namespace: str) -> Any:
        definition = self

        def forward(ctx: Any, tree: Any, *values: Any) -> Any:
            inputs = replaced(tree, iter(values))
            result = definition._run(map_tree(lambda t: t.detach(), inputs))
            ctx.tree = map_tree(lambda t: None, tree)
            if definition._setup is not None:
                definition._setup(ctx, tuple(inputs.values()), result)
            return tuple(result) if isinstance(result, list) else result

        def backward(ctx: Any, *grads: Any) -> Any:
            if definition._backward is None:
                raise RuntimeError(
                    f"Trying to backward through {definition._opoverload!s} but no autograd formula was registered. Please use "
                    "register_autograd to add one."
                )
            found = definition._backward(ctx, *grads)
            found = found if isinstance(found, tuple) else (found,)
            if len(found) != len(ctx.tree):
                raise RuntimeError(
                    f"Expected the return from backward to be of the same structure as the inputs: {len(ctx.tree)}, got {len(found)}"
                )
            flattened: list[Any] = [None]
            for g, given in zip(found, ctx.tree.values()):
                flattened += [None] * len(flat(given)) if g is None else flat(g)
            return tuple(flattened)

        name = f"GeneratedBackwardFor_{namespace}_{self._name}_default"
        return type(name, (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})

    # ------------------------------------------------------------------ what it consists of
    def register_kernel(self, device_types: Any, fn: Any = None, /) -> Any:
        """``fn`` is what runs for tensors on these devices (None: on all); without it, a decorator."""

        def add(function: Any) -> Any:
            for place in [device_types] if device_types is None or isinstance(device_types, str) else device_types:
                self._kernels[place] = function
            return function

        return add if fn is None else add(fn)

    def register_fake(self, fn: Any, /) -> Any:
        """``fn`` gives a result of the right form for tensors on the meta device."""
        return self.register_kernel("meta", fn)

    def register_autograd(self, backward: Any, /, *, setup_context: Any = None) -> None:
        """``backward(ctx, *grads)`` gives a gradient for each argument; ``setup_context(ctx, inputs, output)`` keeps what it needs."""
        self._backward, self._setup = backward, setup_context

    def register_vmap(self, func: Any = None) -> Any:
        """torch's rule for a batch; `func.vmap` here calls the operator for each element instead."""
        return func if func is not None else lambda function: function


def custom_op(
    name: str, fn: Any = None, /, *, mutates_args: Any, device_types: Any = None, schema: str | None = None, tags: Any = None
) -> Any:  # fmt: skip
    """Make a function an operator ``namespace::name``. ``mutates_args``: the arguments that it writes into.

    Its arguments and its result are annotated, or described by ``schema``. ValueError where they are not.

    >>> import tinygrad_edu as tg
    >>> @custom_op("examples::twice", mutates_args=())
    ... def twice(x: tg.Tensor) -> tg.Tensor:
    ...     return x * 2
    >>> twice, tg.ops.examples.twice(tg.ones(2))
    (<CustomOpDef(examples::twice)>, tensor([2., 2.]))
    """

    def made(function: Any) -> CustomOpDef:
        if schema is not None:
            signature = _signature_of(schema)[0]
        else:
            signature = inspect.signature(function)
            _check_annotations(function, signature, mutates_args)
        definition = CustomOpDef(name, signature, mutates_args)
        definition.register_kernel(device_types, function)
        return definition

    return made if fn is None else made(fn)


def _find(op: Any) -> CustomOpDef:
    if isinstance(op, CustomOpDef):
        return op
    if isinstance(op, (Packet, Overload)):
        op = (op.default if isinstance(op, Packet) else op)._function
        if isinstance(op, CustomOpDef):
            return op
        raise NotImplementedError("PyTorch's own operators take no kernels or derivatives from elsewhere here")
    name = op.removesuffix(".default")
    if name not in _defined:
        namespace, _, own = name.partition("::")
        raise AttributeError(f"'_OpNamespace' '{namespace}' object has no attribute '{own}'")
    return _defined[name]


def define(qualname: str, schema: str, *, lib: Any = None, tags: Any = ()) -> None:
    """An operator without kernels: `impl` adds them. ``schema`` such as ``(Tensor x, float y=1.0) -> Tensor``."""
    CustomOpDef(qualname, *_signature_of(schema))


def impl(qualname: str, types: Any, func: Any = None, *, lib: Any = None) -> Any:
    """A kernel for device types ("cpu", "default" for all) or for a dispatch key ("CPU"); a decorator without ``func``."""
    keys = [types] if isinstance(types, str) else list(types)
    places = [None if key == "default" or key.startswith("Composite") else _PLACES.get(key, key) for key in keys]
    return _find(qualname).register_kernel(places, func)


def register_kernel(op: Any, device_types: Any, func: Any = None, /, *, lib: Any = None) -> Any:
    """`CustomOpDef.register_kernel` of an operator or its name."""
    return _find(op).register_kernel(device_types, func)


def register_fake(op: Any, func: Any = None, /, *, lib: Any = None, _stacklevel: int = 1) -> Any:
    """`CustomOpDef.register_fake` of an operator or its name; a decorator without ``func``."""
    return _find(op).register_fake if func is None else _find(op).register_fake(func)


def register_autograd(op: Any, backward: Any, /, *, setup_context: Any = None, lib: Any = None) -> None:
    """`CustomOpDef.register_autograd` of an operator or its name."""
    _find(op).register_autograd(backward, setup_context=setup_context)


def register_vmap(op: Any, func: Any = None, /, *, lib: Any = None) -> Any:
    """`CustomOpDef.register_vmap` of an operator or its name."""
    return _find(op).register_vmap(func)


class Library:
    """A namespace under construction: ``define`` operators, ``impl`` their kernels by dispatch key."""

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        if kind not in ("IMPL", "DEF", "FRAGMENT"):
            raise ValueError(f"Unsupported kind: {kind}")
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key

    def define(self, schema: str, alias_analysis: str = "", *, tags: Any = ()) -> str:
        """An operator by ``name(arguments) -> result``; its name."""
        name = schema.partition("(")[0].strip()
        define(f"{self.ns}::{name}", schema)
        return name

    def impl(self, op_name: Any, fn: Any, dispatch_key: str = "", *, with_keyset: bool = False) -> None:
        """A kernel for an operator of this namespace."""
        name = op_name if isinstance(op_name, str) else _find(op_name)._name
        key = dispatch_key or self.dispatch_key or "CompositeImplicitAutograd"
        impl(f"{self.ns}::{name.partition('::')[2] or name}", key, fn)


def opcheck(
    op: Any, args: tuple[Any, ...], kwargs: Any = None, *, test_utils: Any = None, raise_exception: bool = True,
    atol: float | None = None, rtol: float | None = None,
) -> dict[str, str]:  # fmt: skip
    """Whether an operator does what it says: "SUCCESS" for each test, or the error.

    The tests: that it changes only what ``mutates_args`` names; that a gradient finds its way; that on the meta device its results
    have the form that they have here; and that `compile` leaves its results alone.
    """
    definition, kwargs = _find(op), kwargs or {}
    tests: dict[str, Callable[[], None]] = {
        "test_schema": lambda: _check_writes(definition, args, kwargs),
        "test_autograd_registration": lambda: _check_gradient(definition, args, kwargs),
        "test_faketensor": lambda: _check_form(definition, args, kwargs),
        "test_aot_dispatch_dynamic": lambda: assert_close(
            list(leaves([compile(definition)(*_copies(args), **kwargs)])),
            list(leaves([definition(*_copies(args), **kwargs)])), rtol=rtol, atol=atol,
        ),
    }  # fmt: skip
    wanted = tests if test_utils is None else [test_utils] if isinstance(test_utils, str) else test_utils
    found: dict[str, str] = {}
    for name in wanted:
        try:
            tests[name]()
            found[name] = "SUCCESS"
        except Exception as error:
            if raise_exception:
                raise OpCheckError(
                    f"opcheck(op, ...): {name} failed with {error} (scroll up for stack trace)"
                ) from error
            found[name] = error  # type: ignore[assignment]
    return found


class OpCheckError(Exception):
    """An operator does not do what it says."""


def _copies(args: Sequence[Any]) -> Any:
    return map_tree(lambda t: t.detach().clone().requires_grad_(t.requires_grad), tuple(args))


def _check_writes(definition: CustomOpDef, args: Any, kwargs: Any) -> None:
    given = _copies(args)
    definition(*given, **kwargs)
    for name, before, after in zip(definition._signature.parameters, args, given):
        if name not in definition._mutated:
            for a, b in zip(leaves([before]), leaves([after])):
                assert a.equal(b), f"Argument {name} is not defined as mutable but was mutated"


def _check_gradient(definition: CustomOpDef, args: Any, kwargs: Any) -> None:
    if any(needs_grad(t) for t in leaves(args)) and definition._backward is not None:
        results = [t for t in leaves([definition(*_copies(args), **kwargs)]) if t.is_floating_point()]
        assert any(t.requires_grad for t in results), f"{definition!r} gives results without a gradient"


def _check_form(definition: CustomOpDef, args: Any, kwargs: Any) -> None:
    real = list(leaves([definition(*_copies(args), **kwargs)]))
    if "meta" not in definition._kernels and not real:
        return
    fake = list(leaves([definition(*map_tree(lambda t: t.detach().to("meta"), tuple(args)), **kwargs)]))
    for a, b in zip(real, fake, strict=True):
        for name in ("shape", "dtype"):
            assert getattr(a, name) == getattr(b, name), f"{name}: {getattr(a, name)} here, {getattr(b, name)} on meta"


__all__ = [
    "CustomOpDef", "Library", "custom_op", "define", "impl", "opcheck", "register_autograd", "register_fake", "register_kernel",
    "register_vmap",
]  # fmt: skip
