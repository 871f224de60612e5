"""What a GPU's sensors say: load, temperature, power, clock. They need the package nvidia-ml-py."""

from __future__ import annotations

import importlib
from typing import Any

from ._device import _index


def _sensors(device: Any) -> tuple[Any, Any]:
    """NVIDIA's library and the GPU's handle in it."""
    try:
        library = importlib.import_module("pynvml")
    except ModuleNotFoundError:
        raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed or it can't be imported.") from None
    library.nvmlInit()
    return library, library.nvmlDeviceGetHandleByIndex(_index(device))


def utilization(device: Any = None) -> int:
    """Percent of the last moments in which the GPU was computing."""
    library, handle = _sensors(device)
    return int(library.nvmlDeviceGetUtilizationRates(handle).gpu)


def memory_usage(device: Any = None) -> int:
    """Percent of the last moments in which its memory was read or written."""
    library, handle = _sensors(device)
    return int(library.nvmlDeviceGetUtilizationRates(handle).memory)


def device_memory_used(device: Any = None) -> int:
    """Bytes of its memory in use, by all programs."""
    library, handle = _sensors(device)
    return int(library.nvmlDeviceGetMemoryInfo(handle).used)


def temperature(device: Any = None) -> int:
    """Degrees Celsius."""
    library, handle = _sensors(device)
    return int(library.nvmlDeviceGetTemperature(handle, 0))


def power_draw(device: Any = None) -> int:
    """Milliwatts."""
    library, handle = _sensors(device)
    return int(library.nvmlDeviceGetPowerUsage(handle))


def clock_rate(device: Any = None) -> int:
    """Megahertz of its processors."""
    library, handle = _sensors(device)
    return int(library.nvmlDeviceGetClockInfo(handle, 1))
