"""Modules as functions of their parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import wraps
from types import NoneType
from typing import Any

from ..autograd.variable import Variable
from ..ops.registry import functions


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Any,
    args: Any = None,
    kwargs: Any = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other tensors in place of its parameters and buffers; afterwards it is as it was.

    ``strict``: each of them must be given, and nothing else. ``tie_weights``: what is given for one of several names of one
    parameter holds for all of them.

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Linear(1, 1)
    >>> functional_call(layer, {"weight": tg.tensor([[3.]]), "bias": tg.tensor([1.])}, tg.tensor([[2.]]))
    tensor([[7.]])
    """
    tensors: dict[str, Any] = {}
    given = parameter_and_buffer_dicts
    if not isinstance(given, (dict, tuple, list)):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(given)}"
        )
    dicts = given if isinstance(given, (tuple, list)) else [given]
    if not all(isinstance(each, dict) for each in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    count = Counter(name for each in dicts for name in each)
    if any(n > 1 for n in count.values()):
        twice = [name for name, n in count.items() if n > 1]
        raise ValueError(f"{twice} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    for each in dicts:
        tensors.update(each)
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    places = {
        f"{prefix}.{name}".lstrip("."): (place, name)
        for prefix, owner in module.named_modules(remove_duplicate=False)
        for place in (owner._parameters, owner._buffers)
        for name in place
    }
    if strict:
        _check_names(type(module).__name__, set(tensors), set(places))
    if tie_weights:
        same: dict[int, list[str]] = {}
        for name, (place, last) in places.items():
            same.setdefault(id(place[last]), []).append(name)
        for names in same.values():
            chosen = next((tensors[n] for n in names if n in tensors), None)
            if chosen is not None and len(names) > 1:
                tensors = {**dict.fromkeys(names, chosen), **tensors}
    before = []
    try:
        for name in tensors:
            if name in places:  # other names are passed over
                if not isinstance(tensors[name], (Variable, NoneType)):
                    raise TypeError(f"{tensors[name]} is not an instance of torch.Tensor")
                place, last = places[name]
                before.append((place, last, place[last]))
                place[last] = tensors[name]
        return module(*args, **(kwargs or {}))
    finally:
        for place, last, old in reversed(before):
            place[last] = old


def _check_names(kind: str, given: set[str], known: set[str]) -> None:
    problems = []
    if given - known:
        problems.append(f"Unexpected key(s): {', '.join(map(repr, sorted(given - known)))}.")
    if known - given:
        problems.append(f"Missing key(s): {', '.join(map(repr, sorted(known - given)))}.")
    if problems:
        raise RuntimeError("Error(s) in reparametrizing for {}:\n\t{}".format(kind, "\n\t".join(problems)))


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Make every batch norm of a module use the statistics of its batch alone, in place. Returns the module."""
    for module in root.modules():
        if hasattr(module, "running_mean") and hasattr(module, "track_running_stats"):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def check_alike(name: str, models: Sequence[Any]) -> None:
    """RuntimeError unless there are models, in one mode and of one class."""
    if not models:
        raise RuntimeError(f"{name}: Expected at least one model, got 0.")
    if len({m.training for m in models}) > 1:
        raise RuntimeError(f"{name}: Expected all models to have the same training/eval mode.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError(f"{name}: Expected all models to be of the same class.")


def stack_module_state(models: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, and the buffers, of several models of one architecture, each name's tensors stacked."""
    check_alike("stack_module_state", models)
    stack = functions["stack"]

    def stacked(kind: str) -> dict[str, Any]:
        all_of = [dict(getattr(m, f"named_{kind}")()) for m in models]
        return {name: stack([each[name] for each in all_of]).detach() for name in all_of[0]}

    parameters = {name: t.requires_grad_() for name, t in stacked("parameters").items()}
    return parameters, stacked("buffers")


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """``func`` with the same results. PyTorch computes them without in-place operations, which a compiler wants; here they run."""
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are:\n"
            "     remove='mutations': all inplace and out= operators will be removed from the program, and replaced with their "
            "out-of-place equivalents.\n"
            "     remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be replaced with their "
            "non-aliasing counterparts, {view}_copy.\n"
        )

    @wraps(func)
    def form(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return form
