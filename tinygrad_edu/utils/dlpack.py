"""Arrays of other libraries, without a copy: `from_dlpack`."""

from __future__ import annotations

from ..ops.bridges import DLDeviceType, from_dlpack, to_dlpack

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]
