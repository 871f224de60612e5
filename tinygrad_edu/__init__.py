"""tinygrad_edu: a deep-learning framework to read, with PyTorch's names and PyTorch's behaviour."""

from __future__ import annotations

from . import autograd, random
from ._version import __version__
from .autograd import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .devices import device, set_default_device
from .dtypes import (
    all_dtypes, aliases, can_cast, dtype, get_default_dtype, promote_types, set_default_dtype,
)  # fmt: skip
from .ops import registry as _registry
from .random import (
    Generator, default_generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state,
)  # fmt: skip
from .size import Size
from .tensor import Tensor

globals().update({d.name: d for d in all_dtypes}, **aliases)
globals().update(_registry.functions)
