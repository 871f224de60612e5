"""Images: data sets, transforms and helpers under torchvision's names."""

from . import datasets, transforms, utils

__all__ = ["datasets", "transforms", "utils"]
