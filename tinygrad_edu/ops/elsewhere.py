"""What tensors of other devices can do: refused here, in torch's words."""

from __future__ import annotations

from typing import Any

from .. import devices, dtypes
from ..autograd.modes import no_grad
from ..autograd.variable import Variable
from .registry import public


def _check(name: str, device: Any) -> None:
    if not (device is None or isinstance(device, (str, int, devices.device))):
        raise TypeError(
            f"{name}(): argument 'device' (position 1) must be {dtypes.module_name}.device, not {type(device).__name__}"
        )


@public("method")
def xpu(input: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    """AssertionError: there are no Intel GPUs here."""
    _check("xpu", device)
    raise AssertionError("Torch not compiled with XPU enabled")


@public("method")
def ipu(input: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    """RuntimeError: there are no Graphcore processors here."""
    raise RuntimeError("PyTorch is not linked with support for ipu devices")


@public("method")
def mtia(input: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    """AssertionError: there are no MTIA accelerators here."""
    _check("mtia", device)
    raise AssertionError(
        "Torch not compiled with MTIA enabled. Ensure you have `import mtia.host_runtime.torch_mtia.dynamic_library` in your python src "
        "file and include `//mtia/host_runtime/torch_mtia:torch_mtia` as your target dependency!"
    )


@public("method")
def const_data_ptr(input: Any) -> int:
    """The address of the first element."""
    return int(input.data_ptr())


@public("method")
def module_load(input: Any, other: Any, assign: bool = False) -> Any:
    """What `Module.load_state_dict` puts in the place of ``input``: ``other`` itself, or ``input`` with its numbers."""
    if isinstance(other, Variable) and assign:
        return other.detach()
    with no_grad():
        input.copy_(other)
    return input.detach()
