"""`vmap`: a function of one sample as a function of a batch of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .. import overrides
from ..autograd.function import Function
from ..autograd.modes import transforming
from ..autograd.variable import Variable
from ..ops.registry import functions
from ..random import default_generator
from ..tensor import Tensor
from .trees import check_randomness, described, flat, replaced, spread

F = Callable[..., Any]

# operations that the whole batch at once could not do: their answer has a size, or decides a way, of its own for each element
_SINGLE = {
    "item": "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try "
    "to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file "
    "a bug report.",
    "__bool__": "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, "
    "please file an issue at https://github.com/pytorch/pytorch/issues .",
    "mask": "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean "
    "mask.",
}  # fmt: skip
for _key, _aten in (
    ("nonzero", "nonzero"),
    ("argwhere", "nonzero"),
    ("masked_select", "masked_select"),
    ("unique", "_unique2"),
):
    _SINGLE[_key] = (
        f"vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{_aten}. Please file "
        "an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
    )
_SINGLE |= dict.fromkeys(("__float__", "__int__", "__index__", "__contains__"), _SINGLE["item"])
_SINGLE["equal"] = "Batching rule not implemented for aten::equal. We could not generate a fallback."
_SINGLE |= dict.fromkeys(
    ("numpy", "tolist", "data_ptr"), "Cannot access data pointer of Tensor that doesn't have storage"
)
_SINGLE["allclose"] = (
    "vmap over torch.allclose isn't supported yet. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this "
    "feature."
)


def _torch_function(cls: type, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    name = getattr(func, "__name__", "")
    if name == "__getitem__" and any(  # a mask
        isinstance(i, Variable) and type(i) is cls and i._data.dtype == bool and i._data.ndim for i in flat(args[1])
    ):
        name = "mask"
    if name == "batch_norm":
        _check_statistics(cls, *args, **kwargs or {})
    if name in _SINGLE:
        raise RuntimeError(_SINGLE[name])
    return overrides.by_default(cls, func, types, args, kwargs)


def _check_statistics(cls: type, input: Any, mean: Any, var: Any, *rest: Any, **named: Any) -> None:
    """RuntimeError for a batch norm that would update running statistics, of which there is one set, for each element."""
    training = rest[2] if len(rest) > 2 else named.get("training", False)
    if training and isinstance(input, cls) and any(t is not None and not isinstance(t, cls) for t in (mean, var)):
        raise RuntimeError(
            "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, were not "
            "batched.\nIf you are using a module and do not need eval mode, please set `track_running_stats` to be False.If you are "
            "using a prebuilt module and do not need eval mode, please see the functorch website for resources on how to patch your "
            "module to work with vmap"
        )


def _applied(self: Any, function: Any, args: Any, kwargs: Any) -> Any:
    """A `Function` under vmap must say that it can be there."""
    if function.setup_context is Function.setup_context:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the "
            "setup_context staticmethod. For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
        )
    if function.generate_vmap_rule and function.vmap is not Function.vmap:
        raise RuntimeError(
            f"You tried to vmap over {function.__name__}, but it has both generate_vmap_rule=True and an overridden vmap "
            "staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. "
            "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
        )
    if not function.generate_vmap_rule and function.vmap is Function.vmap:
        raise RuntimeError(
            f"You tried to vmap over {function.__name__}, but it does not have vmap support. Please override and implement the vmap "
            "staticmethod or set generate_vmap_rule=True. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    return overrides.by_default(type(self), function.apply, (), args, kwargs)


@functools.cache
def _element_class() -> Any:
    """Tensors that come from one element of a batch. They print as other tensors do, but refuse what `_SINGLE` lists."""
    members = {"__torch_function__": classmethod(_torch_function), "_applied": _applied}
    kind: Any = type(Tensor)
    return kind("Tensor", (Tensor,), members, inside=True)


class TransformGetItemToIndex:
    """``with TransformGetItemToIndex():`` changes nothing: a mapped number may always be an index here (``x[i]``)."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        pass


def _name(func: Any) -> str:
    if isinstance(func, functools.partial):
        return f"functools.partial({_name(func.func)}, ...)"
    return func.__name__ if hasattr(func, "__name__") else repr(func)


def _places(func: F, in_dims: Any, args: tuple[Any, ...]) -> list[int | None]:
    """The batch dimension of each leaf of ``args``; ValueError in torch's words where ``in_dims`` does not fit."""
    start = f"vmap({_name(func)}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{start}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: "
            f"{type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({_name(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function "
            "with no inputs. The latter is unsupported."
        )
    places = spread(in_dims, args)
    if places is None:
        raise ValueError(
            f"{start}in_dims is not compatible with the structure of `inputs`. in_dims has structure {described(in_dims)} but inputs "
            f"has structure {described(args)}."
        )
    leaves = flat(args)
    for leaf, dim in zip(leaves, places):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{start}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(leaf, Variable):
            raise ValueError(
                f"{start}Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over non-Tensor arguments, "
                "please use None as the respective in_dim"
            )
        n = leaf._data.ndim
        if not -n <= dim < n:
            raise ValueError(
                f"{start}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {n} so expected in_dim to "
                f"satisfy -{n} <= in_dim < {n}."
            )
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, places) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
        )
    return places


def _out_places(func: F, out_dims: Any, result: Any) -> list[int | None]:
    """Where in each result the batch goes."""
    if isinstance(out_dims, (tuple, list)) and len(out_dims) == 1 and isinstance(result, Variable):
        out_dims = out_dims[0]
    places = spread(out_dims, result)
    if places is None and isinstance(out_dims, tuple) and isinstance(result, (tuple, list)):
        places = spread(type(result)(out_dims), result)  # a list of results may come with a tuple of places
    if places is None:
        raise ValueError(
            f"vmap({_name(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`. "
            f"out_dims has structure {described(out_dims)} but outputs has structure {described(result)}."
        )
    if any(d is not None and not isinstance(d, int) for d in places):
        raise ValueError(
            f"vmap({_name(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints "
            "representing where in the outputs the vmapped dimension should appear."
        )
    for leaf, dim in zip(flat(result), places):
        if dim is not None and not isinstance(leaf, Variable):
            raise ValueError(
                f"vmap({_name(func)}, ...): `{_name(func)}` must only return Tensors, got type {type(leaf)}. Did you mean to set "
                "out_dims= to None for output?"
            )
    return places


def vmap(
    func: F, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None
) -> F:
    """``func`` for every element of a batch: along ``in_dims`` of the arguments (None: the whole argument each time).

    It is called once for each element and the results are stacked: the meaning of torch's ``vmap``, not its speed. ``randomness``:
    what is drawn for the elements is "different" or the "same"; by default, drawing is an error.

    >>> import tinygrad_edu as tg
    >>> vmap(tg.dot)(tg.ones(3, 2), tg.arange(6.).reshape(3, 2))
    tensor([1., 5., 9.])
    """
    check_randomness(randomness)
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        places = _places(func, in_dims, args)
        leaves = flat(args)
        size = next(leaf.shape[dim] for leaf, dim in zip(leaves, places) if dim is not None)
        if size == 0:  # what comes out is seen from a batch of one
            leaves = [leaf if dim is None else _one_of(leaf, dim) for leaf, dim in zip(leaves, places)]
        start = default_generator.get_state()
        results: list[Any] = []
        for i in range(max(size, 1)):
            if i and randomness == "same":
                default_generator.set_state(start)
            elements = [leaf if dim is None else leaf.select(dim, i) for leaf, dim in zip(leaves, places)]
            if i == 0:
                first, of_batch = _first(func, elements, places, args, kwargs)
                results.append(first)
                if randomness == "error" and not functions["equal"](start, default_generator.get_state()):
                    default_generator.set_state(start)
                    raise RuntimeError(
                        "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
                        "randomness flags on vmap or perform the randomness operation out of vmap"
                    )
                out_places = _out_places(func, out_dims, first)
                if any(dim is None and mapped for dim, mapped in zip(out_places, of_batch)):
                    raise ValueError(
                        f"vmap({_name(func)}, ...): `{_name(func)}` can not return a BatchedTensor when out_dim is None"
                    )
            else:
                with transforming():
                    results.append(func(*replaced(args, iter(elements)), **kwargs))
        columns = zip(*(flat(result) for result in results))
        stacked = [
            column[0] if dim is None else functions["stack"](list(column))[:size].movedim(0, dim)
            for column, dim in zip(columns, out_places)
        ]
        return replaced(results[0], iter(stacked))

    return wrapper


def _one_of(batch: Any, dim: int) -> Any:
    """A batch of one zero, for one of none."""
    shape = list(batch.shape)
    shape[dim] = 1
    return batch.new_zeros(shape)


def _first(func: F, elements: list[Any], places: list[int | None], args: Any, kwargs: Any) -> tuple[Any, list[bool]]:
    """The result for the first element, and which of its tensors follow from mapped ones: these are watched."""
    cls = _element_class()
    marked = [e if dim is None else e.as_subclass(cls) for e, dim in zip(elements, places)]
    overrides.watch(cls)
    try:
        with transforming():
            result = func(*replaced(args, iter(marked)), **kwargs)
        with overrides.DisableTorchFunctionSubclass():
            of_batch = [isinstance(t, cls) for t in flat(result)]
            plain = iter([t.as_subclass(Tensor) if mapped else t for t, mapped in zip(flat(result), of_batch)])
            return replaced(result, plain), of_batch
    finally:
        overrides.watching.remove(cls)
