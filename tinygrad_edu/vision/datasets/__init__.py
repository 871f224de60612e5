"""Image data sets under torchvision's names."""

from .mnist import KMNIST, MNIST, FashionMNIST
from .vision import StandardTransform, VisionDataset

__all__ = ["FashionMNIST", "KMNIST", "MNIST", "StandardTransform", "VisionDataset"]
