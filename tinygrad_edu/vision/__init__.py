"""Images: data sets, transforms, models and helpers under torchvision's names."""

from . import datasets, models, transforms, tv_tensors, utils

__all__ = ["datasets", "models", "transforms", "tv_tensors", "utils"]
