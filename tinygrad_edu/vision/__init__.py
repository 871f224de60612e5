"""Images: data sets, transforms, models and helpers under torchvision's names."""

from . import datasets, io, models, ops, transforms, tv_tensors, utils

__version__ = "0.28.0"  # the release of torchvision whose behaviour this package has
__all__ = ["datasets", "io", "models", "ops", "transforms", "tv_tensors", "utils"]


def get_image_backend() -> str:
    """What loads images: "PIL", always."""
    return "PIL"


def set_image_backend(backend: str) -> None:
    """Choose what loads images; there is "PIL" only. ValueError for others."""
    if backend != "PIL":
        raise ValueError(f"Invalid backend '{backend}'. Options are 'PIL' and 'accimage'")


def get_video_backend() -> str:
    """What would read films: "pyav", always."""
    return "pyav"


def disable_beta_transforms_warning() -> None:
    """Does nothing: there is no such warning."""
