"""LeNet, the first convolutional network to read digits (LeCun and others, 1998), with today's ReLU and max pooling."""

from __future__ import annotations

from typing import Any

from ... import nn
from .pretrained import _register


class LeNet(nn.Module):
    """conv 6 - pool - conv 16 - pool - 120 - 84 - ``num_classes``, for images (N, ``in_channels``, 32, 32).

    With ``padding=2`` it takes 28 x 28 images. 61,706 parameters for one channel and ten classes.
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1, padding: int = 0) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 6, kernel_size=5, padding=padding),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2, stride=2),
            nn.Conv2d(6, 16, kernel_size=5),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(16 * 5 * 5, 120),
            nn.ReLU(inplace=True),
            nn.Linear(120, 84),
            nn.ReLU(inplace=True),
            nn.Linear(84, num_classes),
        )

    def forward(self, x: Any) -> Any:
        return self.classifier(self.features(x).flatten(1))


@_register
def lenet(**kwargs: Any) -> LeNet:
    """A `LeNet`, with its arguments."""
    return LeNet(**kwargs)
