"""All primitives by name, as operations on tensors."""

from __future__ import annotations

from typing import Any


class _TensorOps:
    """The ``k`` of a formula that runs on tensors: ``k.exp`` is the primitive itself."""

    table: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.table[name]
        except KeyError:
            raise AttributeError(f"no primitive named {name!r}") from None


TENSOR_OPS: Any = _TensorOps()
