"""Functions of functions: ``grad(f)`` is the gradient of f, a function again; ``vmap(f)`` is f over a batch.

They nest: ``grad(grad(f))`` is the second derivative, ``vmap(grad(f), (None, 0))`` a gradient for each sample. Arguments may be
tensors or tuples, lists and dictionaries of them.
"""

from __future__ import annotations

from .batch import vmap
from .derivatives import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp
from .modules import functional_call, functionalize, replace_all_batch_norm_modules_, stack_module_state

__all__ = [
    "functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize",
    "replace_all_batch_norm_modules_", "stack_module_state", "vjp", "vmap",
]  # fmt: skip
