"""Modules as functions of their parameters."""

from __future__ import annotations

from typing import Any

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
    for each in given if isinstance(given, (tuple, list)) else [given]:
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
