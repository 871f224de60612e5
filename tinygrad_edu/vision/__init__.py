"""Images: data sets, transforms, models and helpers under torchvision's names."""

from . import blocks as ops
from . import datasets, io, models, transforms, tv_tensors, utils

__version__ = "0.28.0"  # the release of torchvision whose behaviour this package has
__all__ = ["datasets", "io", "models", "ops", "transforms", "tv_tensors", "utils"]
