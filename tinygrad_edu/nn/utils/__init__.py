"""Helpers around training: gradient clipping, parameters as one vector, sequences of different lengths."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from . import fusion, parametrizations, parametrize, prune, rnn, stateless
from .clip import clip_grad_norm, clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .fusion import fuse_conv_bn_eval, fuse_conv_bn_weights, fuse_linear_bn_eval, fuse_linear_bn_weights
from .reparametrize import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
from .skip import skip_init
from .vector import parameters_to_vector, vector_to_parameters

_LATER = (
    "convert_conv2d_weight_memory_format",
    "convert_conv3d_weight_memory_format",
)  # they need the layers, which need this

_FILES = {
    "clip_grad": "clip",
    "convert_parameters": "vector",
    "init": "skip",
    "memory_format": "layout",
}  # torch's names


def __getattr__(name: str) -> Any:
    if name in _FILES:
        return import_module(f"{__package__}.{_FILES[name]}")
    if name in _LATER:
        return getattr(import_module(f"{__package__}.layout"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
    "fusion",
    "get_total_norm",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "prune",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "skip_init",
    "spectral_norm",
    "stateless",
    "vector_to_parameters",
    "weight_norm",
]
