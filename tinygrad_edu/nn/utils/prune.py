"""Pruning: weights switched off by a mask, so that one sees how many of them a network can do without.

A pruned ``weight`` is no longer a parameter: before each forward it is computed as ``weight_orig * weight_mask``.
"""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

from ...ops.norms import norm
from ...ops.registry import functions
from ..module import Module
from .vector import parameters_to_vector


# ------------------------------------------------------------------ how much (methods of one's own ask this too)
def _validate_pruning_amount_init(amount: Any) -> None:
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    number: Any = amount
    whole = isinstance(amount, numbers.Integral)
    if (whole and number < 0) or (not whole and not 0.0 <= float(amount) <= 1.0):
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def _validate_pruning_amount(amount: Any, tensor_size: int) -> None:
    if isinstance(amount, numbers.Integral) and int(amount) > tensor_size:
        raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={tensor_size}")


def _validate_structured_pruning(t: Any) -> None:
    if len(t.shape) <= 1:
        raise ValueError(
            "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
            f"{t.shape} with {len(t.shape)} dims"
        )


def _compute_nparams_toprune(amount: Any, tensor_size: int) -> int:
    """How many of ``tensor_size`` the amount means: a number of them, or a share."""
    return int(amount) if isinstance(amount, numbers.Integral) else round(amount * tensor_size)


def _contiguous(mask: Any) -> Any:
    return mask.detach().clone(memory_format="torch.contiguous_format")


# ------------------------------------------------------------------------------------ the methods
class BasePruningMethod(ABC):
    """A rule that says which elements stay. Subclasses set ``PRUNING_TYPE`` and write `compute_mask`.

    ``PRUNING_TYPE``: "unstructured" (single elements), "structured" (whole slices along ``self.dim``) or "global".
    """

    _tensor_name: str | None = None
    PRUNING_TYPE: str
    dim: int

    def __call__(self, module: Module, inputs: Any) -> None:
        assert self._tensor_name is not None
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """The mask, ones where elements of ``t`` stay; what ``default_mask`` switches off stays off."""

    def apply_mask(self, module: Module) -> Any:
        """The tensor with its mask applied."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned")
        mask, original = (getattr(module, self._tensor_name + end) for end in ("_mask", "_orig"))
        return mask.to(dtype=original.dtype) * original

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any) -> Any:
        """Prune ``module.<name>`` by this method, after what pruned it before. Returns the hook."""
        before = [
            (key, hook)
            for key, hook in module._forward_pre_hooks.items()
            if isinstance(hook, BasePruningMethod) and hook._tensor_name == name
        ]
        if len(before) > 1:
            raise AssertionError(
                f"Avoid adding multiple pruning hooks to the same tensor {name} of module {module}. Use a PruningContainer."
            )
        for key, _ in before:
            del module._forward_pre_hooks[key]
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        if before:
            row = before[0][1]
            if not isinstance(row, PruningContainer):
                row = PruningContainer(row)
            row.add_pruning_method(method)
            method = row
        tensor = getattr(module, name)
        if importance_scores is None:
            importance_scores = tensor
        elif importance_scores.shape != tensor.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, got {importance_scores.shape} "
                f"vs {tensor.shape}"
            )
        first = not isinstance(method, PruningContainer)
        if first:
            module.register_parameter(f"{name}_orig", tensor)
            del module._parameters[name]
            mask = functions["ones_like"](tensor)
        else:
            mask = _contiguous(getattr(module, f"{name}_mask"))
        try:
            module.register_buffer(f"{name}_mask", method.compute_mask(importance_scores, default_mask=mask))
            setattr(module, name, method.apply_mask(module))
            module.register_forward_pre_hook(method)
        except Exception:
            if first:  # as it was
                module.register_parameter(name, getattr(module, f"{name}_orig"))
                del module._parameters[f"{name}_orig"]
            raise
        return method

    def prune(self, t: Any, default_mask: Any = None, importance_scores: Any = None) -> Any:
        """``t`` with its mask applied, without a module."""
        if importance_scores is None:
            importance_scores = t
        elif importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {importance_scores.shape} vs {t.shape}"
            )
        mask = functions["ones_like"](t) if default_mask is None else default_mask
        return t * self.compute_mask(importance_scores, default_mask=mask)

    def remove(self, module: Module) -> None:
        """Make the pruned tensor a parameter again; what is off stays zero."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned before pruning can be removed")
        name = self._tensor_name
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original: Any = module._parameters.pop(f"{name}_orig")
        original.data = weight.data
        del module._buffers[f"{name}_mask"]
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several methods one after the other, each on what the ones before left."""

    def __init__(self, *args: Any) -> None:
        self._pruning_methods: tuple[Any, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """One more, for the same tensor."""
        if not isinstance(method, BasePruningMethod) and method is not None:
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._tensor_name != method._tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to PruningContainer {self}. "
                f"Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """The last method's mask on the elements that the mask so far left."""
        method, mask = self._pruning_methods[-1], default_mask
        new = mask.to(dtype=t.dtype)
        n = t.dim()
        where: Any
        if method.PRUNING_TYPE == "unstructured":
            where = mask == 1
        elif method.PRUNING_TYPE == "structured":
            if not hasattr(method, "dim"):
                raise AttributeError(
                    'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
                )
            dim = method.dim + n if method.dim < 0 else method.dim
            if dim < 0:
                raise IndexError(f"Index is out of bounds for tensor with dimensions {n}")
            kept = mask.sum(dim=[d for d in range(n) if d != dim]) != 0
            where = tuple(kept if d == dim else slice(None) for d in range(n))
        elif method.PRUNING_TYPE == "global":
            where = (slice(None),) * n
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        new[where] = method.compute_mask(t[where], default_mask=mask[where]).to(dtype=new.dtype)
        return new


class Identity(BasePruningMethod):
    """Switches nothing off, but puts ``_orig`` and ``_mask`` in place."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask


class _Amount(BasePruningMethod):
    """A method that takes an amount of elements, those with the lowest scores (or the highest)."""

    PRUNING_TYPE = "unstructured"
    _largest = False

    def __init__(self, amount: Any) -> None:
        _validate_pruning_amount_init(amount)
        self.amount = amount

    def _scores(self, t: Any) -> Any:
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        _validate_pruning_amount(self.amount, t.nelement())
        count = _compute_nparams_toprune(self.amount, t.nelement())
        mask = _contiguous(default_mask)
        if count:
            mask.view(-1)[functions["topk"](self._scores(t).view(-1), k=count, largest=self._largest).indices] = 0
        return mask


class RandomUnstructured(_Amount):
    """Any elements."""

    _largest = True

    def _scores(self, t: Any) -> Any:
        return functions["rand_like"](t)


class L1Unstructured(_Amount):
    """The elements nearest to zero."""

    def _scores(self, t: Any) -> Any:
        return t.abs()


class _Slices(BasePruningMethod):
    """A method that takes whole slices along ``dim``: channels, rows."""

    PRUNING_TYPE = "structured"

    def _kept(self, t: Any, count: int) -> Any:
        """An index of the slices that stay."""
        raise NotImplementedError

    def __init__(self, amount: Any, dim: int = -1) -> None:
        _validate_pruning_amount_init(amount)
        self.amount, self.dim = amount, dim

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        _validate_structured_pruning(t)
        if self.dim >= t.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        _validate_pruning_amount(self.amount, t.shape[self.dim])
        count = _compute_nparams_toprune(self.amount, t.shape[self.dim])
        if count == 0:
            return default_mask
        mask = functions["zeros_like"](t)
        mask.movedim(self.dim, 0)[self._kept(t, count)] = 1
        return mask * default_mask.to(mask.dtype)


class RandomStructured(_Slices):
    """Any slices."""

    def _kept(self, t: Any, count: int) -> Any:
        scores = functions["rand"](t.shape[self.dim])
        return scores > functions["kthvalue"](scores, k=count).values


class LnStructured(_Slices):
    """The slices whose n-norm is smallest."""

    def __init__(self, amount: Any, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Any, count: int) -> Any:
        norms = norm(t, p=self.n, dim=[d for d in range(t.dim()) if d != self.dim % t.dim()])
        return functions["topk"](norms, k=t.shape[self.dim] - count, largest=True).indices


class CustomFromMask(BasePruningMethod):
    """What a given mask switches off."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
            )
        return default_mask * self.mask.to(dtype=default_mask.dtype)


# ------------------------------------------------------------------------------------ what users call
def identity(module: Module, name: str) -> Module:
    """`Identity` on ``module.<name>``."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: Any) -> Module:
    """Switch off ``amount`` (a share or a number) of the elements of ``module.<name>``, any of them."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: Any, importance_scores: Any = None) -> Module:
    """Switch off the ``amount`` of elements nearest to zero (or of the lowest ``importance_scores``).

    >>> import tinygrad_edu as tg
    >>> layer = tg.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(tg.tensor([[1.0, -0.1], [0.2, 3.0]]))
    >>> l1_unstructured(layer, "weight", amount=0.5).weight
    tensor([[1., -0.],
            [0., 3.]], grad_fn=<MulBackward0>)
    """
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: Any, dim: int) -> Module:
    """Switch off whole slices along ``dim``, any of them."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: Module, name: str, amount: Any, n: Any, dim: int, importance_scores: Any = None) -> Module:
    """Switch off the slices along ``dim`` with the smallest n-norm."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None, **kwargs: Any) -> None:
    """Prune several tensors, ``(module, name)`` each, as if they were one: some then lose more than others."""
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    parameters = list(parameters)
    values = parameters_to_vector([scores.get((m, name), getattr(m, name)) for m, name in parameters])
    masks = parameters_to_vector(
        [getattr(m, f"{name}_mask", functions["ones_like"](getattr(m, name))) for m, name in parameters]
    )
    row = PruningContainer()
    row._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of type '
            f"{method.PRUNING_TYPE}"
        )
    row.add_pruning_method(method)
    mask = row.compute_mask(values, masks)
    start = 0
    for module, name in parameters:
        tensor = getattr(module, name)
        custom_from_mask(module, name, mask=mask[start : start + tensor.numel()].view_as(tensor))
        start += tensor.numel()


def custom_from_mask(module: Module, name: str, mask: Any) -> Module:
    """Switch off where ``mask`` is zero."""
    CustomFromMask.apply(module, name, mask)
    return module


def remove(module: Module, name: str) -> Module:
    """Make ``module.<name>`` a parameter again, with zeros where it was pruned."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether this module, or one below it, is pruned."""
    return any(isinstance(hook, BasePruningMethod) for m in module.modules() for hook in m._forward_pre_hooks.values())
