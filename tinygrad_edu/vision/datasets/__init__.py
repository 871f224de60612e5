"""Image data sets under torchvision's names."""

from .mnist import KMNIST, MNIST, FashionMNIST
from .vision import StandardTransform, VisionDataset

__all__ = ["KMNIST", "MNIST", "FashionMNIST", "StandardTransform", "VisionDataset"]
