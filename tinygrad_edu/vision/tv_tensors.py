"""Tensors that say what they are: the ``v2`` transforms treat an `Image`, the `Mask` over it and the `BoundingBoxes` on it each in
its way, and leave other tensors beside them alone.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from PIL import Image as PILImage

from ..autograd.variable import Variable
from ..ops.data import as_tensor
from ..overrides import disabled
from ..tensor import Tensor
from .transforms.images import pil_to_tensor

Kind = TypeVar("Kind", bound="TVTensor")


def _tensor(data: Any, dtype: Any, device: Any, requires_grad: bool | None) -> Any:
    tensor: Any = as_tensor(data, dtype=dtype, device=device)
    return tensor if requires_grad is None else tensor.requires_grad_(requires_grad)


class TVTensor(Tensor):
    """The base. Operations on one give plain tensors, but for copies (`clone`, `to`, `detach`); the transforms give the same kind again."""

    __torch_function__ = classmethod(disabled)
    _facts: tuple[str, ...] = ()  # what a kind knows besides its numbers
    _shows_facts = False

    @classmethod
    def wrap(cls: type[Kind], tensor: Any, like: Any = None, **facts: Any) -> Kind:
        """The tensor as this kind, sharing its memory; what the kind knows comes from ``like``, unless it is given."""
        made: Any = tensor.view_as(tensor)
        made.__class__ = cls
        for name in cls._facts:
            setattr(made, name, facts[name] if name in facts else getattr(like, name))
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        if not self._shows_facts:
            return super().__repr__()
        facts = ", ".join(f"{name}={getattr(self, name)}" for name in self._facts)
        return f"{super().__repr__()[:-1]}, {facts})"

    def clone(self, *args: Any, **kwargs: Any) -> Any:
        return self.wrap(plain(self).clone(*args, **kwargs), self)

    def to(self, *args: Any, **kwargs: Any) -> Any:
        moved = plain(self).to(*args, **kwargs)
        return self if moved._data is self._data else self.wrap(moved, self)

    def detach(self) -> Any:
        return self.wrap(plain(self).detach(), self)

    def __deepcopy__(self, memo: Any) -> Any:
        return self.detach().clone().requires_grad_(self.requires_grad)


class Image(TVTensor):
    """An image (…, C, H, W), of anything that `as_tensor` takes or of a PIL image; two dimensions are one channel.

    >>> Image([[1, 2], [3, 4]])
    Image([[[1, 2],
            [3, 4]]], )
    """

    _shows_facts = True

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        tensor = _tensor(
            pil_to_tensor(data) if isinstance(data, PILImage.Image) else data, dtype, device, requires_grad
        )
        if tensor.ndim < 2:
            raise ValueError(f"Tensor must be 2D or higher, got {tensor.ndim}D tensor.")
        return cls.wrap(tensor.unsqueeze(0) if tensor.ndim == 2 else tensor)


class Video(TVTensor):
    """Frames (…, T, C, H, W). ValueError for fewer than four dimensions."""

    _shows_facts = True

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        tensor = _tensor(data, dtype, device, requires_grad)
        if data.ndim < 4:
            raise ValueError
        return cls.wrap(tensor)


class Mask(TVTensor):
    """What belongs to what: (H, W) with a class for each pixel, or (N, H, W) with a layer for each object."""

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        data = pil_to_tensor(data) if isinstance(data, PILImage.Image) else data
        return cls.wrap(_tensor(data, dtype, device, requires_grad))


class BoundingBoxFormat(Enum):
    """What the numbers of a box are: two corners, a corner and the size, the centre and the size; with R, turned by an angle."""

    XYXY = "XYXY"
    XYWH = "XYWH"
    CXCYWH = "CXCYWH"
    XYWHR = "XYWHR"
    CXCYWHR = "CXCYWHR"
    XYXYXYXY = "XYXYXYXY"


def box_format(format: BoundingBoxFormat | str) -> BoundingBoxFormat:
    """A format, also from its name."""
    return BoundingBoxFormat[format.upper()] if isinstance(format, str) else format


def is_rotated_bounding_format(format: BoundingBoxFormat | str) -> bool:
    """Whether boxes of this format may be turned."""
    if not isinstance(format, (BoundingBoxFormat, str)):
        raise ValueError(f"format should be str or BoundingBoxFormat, got {type(format)}")
    name = format if isinstance(format, str) else format.value
    return name in ("XYWHR", "CXCYWHR", "XYXYXYXY")


class BoundingBoxes(TVTensor):
    """Boxes (N, 4) on a canvas (height, width).

    ``clamping_mode`` says whether the transforms cut boxes off at the canvas ("soft", "hard": the same here) or not (None).

    >>> BoundingBoxes([10, 20, 30, 40], format="XYWH", canvas_size=(100, 200))
    BoundingBoxes([[10, 20, 30, 40]], format=BoundingBoxFormat.XYWH, canvas_size=(100, 200), clamping_mode=soft)
    """

    _facts, _shows_facts = ("format", "canvas_size", "clamping_mode"), True
    format: BoundingBoxFormat
    canvas_size: tuple[int, int]
    clamping_mode: str | None

    def __new__(
        cls, data: Any, *, format: BoundingBoxFormat | str, canvas_size: tuple[int, int], clamping_mode: str | None = "soft",
        dtype: Any = None, device: Any = None, requires_grad: bool | None = None,
    ) -> Any:  # fmt: skip
        tensor = _tensor(data, dtype, device, requires_grad)
        if not tensor.is_floating_point() and is_rotated_bounding_format(format):
            raise ValueError(f"Rotated bounding boxes should be floating point tensors, got {tensor.dtype}.")
        return cls.wrap(tensor, format=format, canvas_size=canvas_size, clamping_mode=clamping_mode)

    @classmethod
    def wrap(cls, tensor: Any, like: Any = None, **facts: Any) -> Any:
        if tensor.ndim == 1:
            tensor = tensor.unsqueeze(0)
        elif tensor.ndim != 2:
            raise ValueError(f"Expected a 1D or 2D tensor, got {tensor.ndim}D")
        mode = facts.get("clamping_mode", getattr(like, "clamping_mode", None))
        if mode not in (None, "hard", "soft"):
            raise ValueError(f"clamping_mode must be None, hard or soft, got {mode}.")
        if "format" in facts:
            facts["format"] = box_format(facts["format"])
        return super().wrap(tensor, like, **facts)


class KeyPoints(TVTensor):
    """Points (…, 2), each an x and a y on a canvas (height, width)."""

    _facts, _shows_facts = ("canvas_size",), True
    canvas_size: tuple[int, int]

    def __new__(
        cls,
        data: Any,
        *,
        canvas_size: tuple[int, int],
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool | None = None,
    ) -> Any:
        return cls.wrap(_tensor(data, dtype, device, requires_grad), canvas_size=canvas_size)

    @classmethod
    def wrap(cls, tensor: Any, like: Any = None, **facts: Any) -> Any:
        if tensor.ndim == 1:
            tensor = tensor.unsqueeze(0)
        elif tensor.shape[-1] != 2:
            raise ValueError(f"Expected a tensor of shape (..., 2), not {tensor.shape}")
        return super().wrap(tensor, like, **facts)


def plain(t: Any) -> Any:
    """A tensor of any kind as a plain one; other things as they are."""
    return t.view_as(t) if isinstance(t, TVTensor) else t  # what operations give is plain


def wrap(wrappee: Any, *, like: Any, **facts: Any) -> Any:
    """The tensor as the kind of ``like``, with what that knows (a box's format, …) unless it is given here."""
    return type(like).wrap(wrappee, like, **facts) if isinstance(like, TVTensor) else wrappee


def is_pure_tensor(x: Any) -> bool:
    return isinstance(x, Variable) and not isinstance(x, TVTensor)
