"""Weights computed from other parameters before each forward: `weight_norm` and `spectral_norm`, in torch's hook form."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

from ...autograd.modes import no_grad
from ...ops.norms import norm
from ...ops.registry import functional as F
from ..conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..module import Module
from ..parameter import Parameter, UninitializedParameter

M = TypeVar("M", bound=Module)


def _refuse_twice(module: Module, kind: type, name: str) -> None:
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, kind) and hook.name == name:  # type: ignore[attr-defined]
            raise RuntimeError(f"Cannot register two {_label(kind)} hooks on the same parameter {name}")


def _label(kind: type) -> str:
    return "weight_norm" if kind is WeightNorm else "spectral_norm"


def _taken_off(module: M, kind: type, name: str) -> M:
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:  # type: ignore[attr-defined]
            hook.remove(module)  # type: ignore[attr-defined]
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"{_label(kind)} of '{name}' not found in {module}")


# ------------------------------------------------------------------------------------ weight = g · v / ‖v‖
class WeightNorm:
    """The hook: length ``<name>_g`` and direction ``<name>_v`` make the weight."""

    def __init__(self, name: str, dim: int) -> None:
        self.name, self.dim = name, dim

    def length(self, v: Any) -> Any:
        """‖v‖ over all dimensions but ``dim`` (-1: over all)."""
        if self.dim == -1:
            return norm(v)
        others = [d for d in range(v.dim()) if d != self.dim]
        return norm(v, dim=others, keepdim=True) if others else v.abs()

    def compute_weight(self, module: Module) -> Any:
        """``g · v / ‖v‖``."""
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return v * (g / self.length(v))

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        del module._parameters[f"{self.name}_g"], module._parameters[f"{self.name}_v"]
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Learn the length and the direction of a weight separately (Salimans & Kingma 2016).

    The parameter ``name`` gives way to ``<name>_g`` (one length for each index of ``dim``; None: one for all) and ``<name>_v``.
    """
    _refuse_twice(module, WeightNorm, name)
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    hook = WeightNorm(name, -1 if dim is None else dim)
    weight = getattr(module, name)
    if isinstance(weight, UninitializedParameter):
        raise ValueError(
            "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward before "
            "applying weight normalization"
        )
    del module._parameters[name]
    module.register_parameter(f"{name}_g", Parameter(hook.length(weight).data))
    module.register_parameter(f"{name}_v", Parameter(weight.data))
    hook(module, None)
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Undo `weight_norm`: the weight as it is becomes a parameter."""
    return _taken_off(module, WeightNorm, name)


# ------------------------------------------------------------------------------------ weight / its largest singular value
class SpectralNorm:
    """The hook: buffers ``<name>_u`` and ``<name>_v`` follow the first singular vectors by power iteration."""

    _version = 1  # of what is in files: before it, the weight was a buffer and ``<name>_v`` was not kept
    handles: tuple[Any, ...] = ()

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def matrix(self, weight: Any) -> Any:
        """The weight with ``dim`` first, as a matrix."""
        if self.dim != 0:
            weight = weight.movedim(self.dim, 0)
        return weight.reshape(weight.size(0), -1)

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Any:
        """The weight divided by ``uᵀ W v``."""
        weight, u, v = (getattr(module, self.name + end) for end in ("_orig", "_u", "_v"))
        matrix = self.matrix(weight)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(F["normalize"](matrix.t().mv(u), dim=0, eps=self.eps))
                    u.copy_(F["normalize"](matrix.mv(v), dim=0, eps=self.eps))
            u, v = u.clone(), v.clone()  # a second forward may change the buffers before this one's backward
        return weight / u.dot(matrix.mv(v))

    def mark(self, module: Module, state_dict: Any, prefix: str, local_metadata: dict[str, Any]) -> None:
        """Write the version into what a file says about the module."""
        local_metadata.setdefault("spectral_norm", {})[f"{self.name}.version"] = self._version

    def read_old(
        self, state_dict: Any, prefix: str, local_metadata: dict[str, Any], strict: bool, missing_keys: list[str], *rest: Any
    ) -> None:  # fmt: skip
        """Find the ``<name>_v`` that files of before version 1 leave out: with it ``uᵀ W v`` is what the weight was divided by."""
        key = prefix + self.name
        known = local_metadata.get("spectral_norm", {}).get(f"{self.name}.version")
        crafted = key not in state_dict and all(key + end in state_dict for end in ("_orig", "_u", "_v"))
        if known is not None or crafted:
            return
        missing = [key + end for end in ("_orig", "", "_u") if key + end not in state_dict]
        if missing:
            missing_keys.extend(missing if strict else ())
            return
        with no_grad():
            original, weight, u = state_dict[f"{key}_orig"], state_dict.pop(key), state_dict[f"{key}_u"]
            matrix = self.matrix(original)
            v = (matrix.t().mm(matrix)).pinverse().mm(matrix.t()).mv(u)
            state_dict[f"{key}_v"] = v * ((original / weight).mean() / u.dot(matrix.mv(v)))

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        for handle in self.handles:
            handle.remove()
        with no_grad():
            weight = self.compute_weight(module, False)
        for end in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + end)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide a weight by its largest singular value, so that the layer stretches nothing (Miyato et al. 2018).

    The parameter is ``<name>_orig`` from then on. ``dim`` is the output's dimension: 1 for transposed convolutions, else 0.
    """
    if dim is None:
        dim = 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0
    _refuse_twice(module, SpectralNorm, name)
    hook = SpectralNorm(name, n_power_iterations, dim, eps)
    weight: Any = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if isinstance(weight, UninitializedParameter):
        raise ValueError(
            "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy forward before "
            "applying spectral normalization"
        )
    with no_grad():
        sizes = hook.matrix(weight).size()
        u, v = (F["normalize"](weight.new_empty(n).normal_(0, 1), dim=0, eps=eps) for n in sizes)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)  # there until the first forward, for whoever initializes it
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    hook.handles = (
        module._register_state_dict_hook(hook.mark),
        module._register_load_state_dict_pre_hook(hook.read_old),
    )
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Undo `spectral_norm`: the weight as it is becomes a parameter."""
    return _taken_off(module, SpectralNorm, name)
