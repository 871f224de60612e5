"""``v2`` transforms that apply others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .... import nn
from ....ops.data import tensor as make_tensor
from ....ops.random_ops import multinomial, rand, randperm
from .base import Transform

Transforms = Sequence[Callable[..., Any]]


def _checked(transforms: Any, also: str = "", kinds: tuple[type, ...] = (Sequence,)) -> Any:
    if not isinstance(transforms, kinds):
        raise TypeError(f"Argument transforms should be a sequence of callables{also}")
    if not len(transforms):  # type: ignore[arg-type]
        raise ValueError("Pass at least one transform")
    return transforms


def _in_turn(transforms: Any, inputs: tuple[Any, ...]) -> Any:
    several = len(inputs) > 1
    for transform in transforms:
        outputs = transform(*inputs)
        inputs = outputs if several else (outputs,)
    return outputs


class Compose(Transform):
    """Several transforms one after the other.

    >>> Compose([Identity(), Identity()])
    Compose(
          Identity()
          Identity()
    )
    """

    def __init__(self, transforms: Transforms) -> None:
        super().__init__()
        self.transforms = _checked(transforms)

    def forward(self, *inputs: Any) -> Any:
        return _in_turn(self.transforms, inputs)

    def extra_repr(self) -> str:
        return "\n".join(f"    {t}" for t in self.transforms)


class RandomApply(Transform):
    """Several transforms, all with probability ``p`` or none."""

    def __init__(self, transforms: Any, p: float = 0.5) -> None:
        super().__init__()
        self.transforms = _checked(transforms, " or a `nn.ModuleList`", (Sequence, nn.ModuleList))
        if not 0.0 <= p <= 1.0:
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        self.p = p

    def forward(self, *inputs: Any) -> Any:
        if rand(1) >= self.p:
            return inputs if len(inputs) > 1 else inputs[0]
        return _in_turn(self.transforms, inputs)

    def extra_repr(self) -> str:
        return "\n".join(f"    {t}" for t in self.transforms)


class RandomChoice(Transform):
    """One of the transforms, with probabilities in proportion to ``p``."""

    def __init__(self, transforms: Transforms, p: Sequence[float] | None = None) -> None:
        _checked(transforms)
        weights = [1] * len(transforms) if p is None else p
        if len(weights) != len(transforms):
            raise ValueError(f"Length of p doesn't match the number of transforms: {len(weights)} != {len(transforms)}")
        super().__init__()
        self.transforms = transforms
        self.p = [weight / sum(weights) for weight in weights]

    def forward(self, *inputs: Any) -> Any:
        return self.transforms[int(multinomial(make_tensor(self.p), 1))](*inputs)


class RandomOrder(Transform):
    """All transforms in a random order."""

    def __init__(self, transforms: Transforms) -> None:
        _checked(transforms)
        super().__init__()
        self.transforms = transforms

    def forward(self, *inputs: Any) -> Any:
        return _in_turn([self.transforms[i] for i in randperm(len(self.transforms)).tolist()], inputs)


class Identity(Transform):
    """The sample as it is."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt


class Lambda(Transform):
    """A function of yours on the parts of the sample that are of these types (of any, if none is named)."""

    _transformed_types = (object,)

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd, self.types = lambd, types or (object,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt

    def extra_repr(self) -> str:
        name = getattr(self.lambd, "__name__", None)
        types = f"types={[kind.__name__ for kind in self.types]}"
        return f"{name}, {types}" if name else types
