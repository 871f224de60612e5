"""`ImageList`: images of several sizes in one tensor."""

from __future__ import annotations

from typing import Any


class ImageList:
    """Images (N, C, H, W), filled up with zeros to one size, and the size that each had before."""

    def __init__(self, tensors: Any, image_sizes: list[tuple[int, int]]) -> None:
        self.tensors, self.image_sizes = tensors, image_sizes

    def to(self, device: Any) -> ImageList:
        """The images on another device."""
        return ImageList(self.tensors.to(device), self.image_sizes)
