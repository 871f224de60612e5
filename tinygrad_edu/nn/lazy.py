"""Modules that learn the sizes of their parameters from the first batch."""

from __future__ import annotations

from typing import Any

from ..autograd.modes import no_grad
from .parameter import is_lazy


class LazyModuleMixin:
    """Put before the ordinary class: ``class LazyLinear(LazyModuleMixin, Linear)``.

    The subclass makes `UninitializedParameter`s and defines ``initialize_parameters(input)``, which gives them their
    shapes. After the first call the module is of the class ``cls_to_become``.
    """

    cls_to_become: type | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        me: Any = self
        self._load_hook = me._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = me.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialize the parameters for the input given."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def _tensors(self) -> dict[str, Any]:
        me: Any = self
        return {**me._parameters, **me._buffers}

    def has_uninitialized_params(self) -> bool:
        """Whether some parameter or buffer still waits for its shape."""
        return any(is_lazy(t) for t in self._tensors().values())

    def _lazy_load_hook(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """Take the shapes from a state dict that is being loaded."""
        for name, t in self._tensors().items():
            given = state_dict.get(prefix + name)
            if given is not None and t is not None and is_lazy(t) and not is_lazy(given):
                with no_grad():
                    t.materialize(given.shape)

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any = None) -> None:
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {module._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        module._load_hook.remove()
        del module._initialize_hook, module._load_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become
