"""Tensors that say what they are: the ``v2`` transforms change an `Image` and leave other tensors beside it alone."""

from __future__ import annotations

from typing import Any, TypeVar

from PIL import Image as PILImage

from ..autograd.variable import Variable
from ..ops.data import as_tensor
from ..overrides import disabled
from ..tensor import Tensor
from .transforms.images import pil_to_tensor

Kind = TypeVar("Kind", bound="TVTensor")


class TVTensor(Tensor):
    """The base. Operations on one give plain tensors; the transforms give the same kind again."""

    __torch_function__ = classmethod(disabled)

    @classmethod
    def wrap(cls: type[Kind], tensor: Any, like: Any = None) -> Kind:
        """The tensor as this kind, sharing its memory."""
        made: Any = tensor.view_as(tensor)
        made.__class__ = cls
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return f"{super().__repr__()[:-1]}, )"


class Image(TVTensor):
    """An image (…, C, H, W), of anything that `as_tensor` takes or of a PIL image; two dimensions are one channel.

    >>> Image([[1, 2], [3, 4]])
    Image([[[1, 2],
            [3, 4]]], )
    """

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        if isinstance(data, PILImage.Image):
            data = pil_to_tensor(data)
        tensor: Any = as_tensor(data, dtype=dtype, device=device)
        if requires_grad is not None:
            tensor.requires_grad_(requires_grad)
        if tensor.ndim < 2:
            raise ValueError(f"Tensor must be 2D or higher, got {tensor.ndim}D tensor.")
        return cls.wrap(tensor.unsqueeze(0) if tensor.ndim == 2 else tensor)


def plain(t: Any) -> Any:
    """A tensor of any kind as a plain one; other things as they are."""
    return t.view_as(t) if isinstance(t, TVTensor) else t  # what operations give is plain


def wrap(wrappee: Any, *, like: Any) -> Any:
    """The tensor as the kind of ``like``."""
    return type(like).wrap(wrappee, like) if isinstance(like, TVTensor) else wrappee


def is_pure_tensor(x: Any) -> bool:
    return isinstance(x, Variable) and not isinstance(x, TVTensor)
