"""One process, several devices: split the batch, run a copy of the module on each device, put the results together.

The copies' parameters are differentiable copies of the module's own, so that the gradients of all devices add up in the module.
Devices may be GPUs or, to see how it works without any, ``"cpu"`` several times: the lesson and the gradients are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from ... import devices
from ...autograd.modes import set_grad_enabled, state
from ...autograd.variable import Variable
from ...backend import cuda_available, kernels_for
from ...ops.joining import cat, chunk, stack
from ..module import Module


def _device(which: Any) -> Any:
    return devices.device("cuda", which) if isinstance(which, int) else devices.resolve(which)


def scatter(inputs: Any, target_gpus: Sequence[Any], dim: int = 0) -> list[Any]:
    """Tensors in ``inputs`` (also inside tuples, lists, dicts) in equal parts, one on each device; other things on every one."""
    places = [_device(d) for d in target_gpus]

    def parts(obj: Any) -> list[Any]:
        if isinstance(obj, Variable):
            return [piece.to(place) for piece, place in zip(chunk(obj, len(places), dim), places)]  # type: ignore[attr-defined]
        if isinstance(obj, (tuple, list)) and obj:
            columns = [parts(o) for o in obj]
            made = [list(row) for row in zip(*columns)]
            if isinstance(obj, tuple):
                return [type(obj)(*m) if hasattr(obj, "_fields") else tuple(m) for m in made]
            return made
        if isinstance(obj, dict) and obj:
            return [type(obj)(row) for row in zip(*(parts(item) for item in obj.items()))]
        return [obj] * len(places)

    return parts(inputs)


def scatter_kwargs(inputs: Any, kwargs: Any, target_gpus: Sequence[Any], dim: int = 0) -> tuple[Any, Any]:
    """`scatter` of the arguments of a call; both lists come out equally long."""
    args = scatter(tuple(inputs), target_gpus, dim) if inputs else []
    named = scatter(kwargs, target_gpus, dim) if kwargs else []
    n = max(len(args), len(named))
    if len(args) < n:
        args += [()] * (n - len(args))
    if len(named) < n:
        named += [{}] * (n - len(named))
    return tuple(args), tuple(named)


def replicate(network: Module, devices: Sequence[Any], detach: bool = False) -> list[Any]:
    """A copy of the module for each device. Parameters are differentiable copies; the first copy shares the buffers."""
    return [_replica(network, _device(d), first=i == 0, detach=detach) for i, d in enumerate(devices)]


def _replica(module: Module, place: Any, first: bool, detach: bool) -> Any:
    made = object.__new__(type(module))
    made.__dict__.update(module.__dict__)
    made.__dict__.update(_parameters={}, _buffers=dict(module._buffers), _modules={})
    for name, parameter in module._parameters.items():
        if parameter is not None:
            moved = parameter.to(place)
            copy = moved.clone() if moved is parameter else moved
            made.__dict__[name] = copy.detach() if detach else copy
        else:
            made._parameters[name] = None
    for name, buffer in module._buffers.items():
        if buffer is not None:
            moved = buffer.to(place)
            made._buffers[name] = moved.clone() if moved is buffer and not first else moved
    for name, child in module._modules.items():
        made._modules[name] = None if child is None else _replica(child, place, first, detach)
    return made


def parallel_apply(
    modules: Sequence[Any], inputs: Sequence[Any], kwargs_tup: Any = None, devices: Any = None
) -> list[Any]:
    """Each module on its inputs, each in a thread of its own; an error in one is raised here."""
    kwargs_tup = kwargs_tup or ({},) * len(modules)
    results: list[Any] = [None] * len(modules)
    errors: list[Any] = [None] * len(modules)
    enabled = state.enabled

    def run(i: int) -> None:
        try:
            with set_grad_enabled(enabled):
                given = inputs[i] if isinstance(inputs[i], (list, tuple)) else (inputs[i],)
                results[i] = modules[i](*given, **kwargs_tup[i])
        except Exception as error:
            error.add_note(f"(in replica {i})")
            errors[i] = error

    if len(modules) == 1:
        run(0)
    else:
        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(modules))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for error in errors:
        if error is not None:
            raise error
    return results


def gather(outputs: Sequence[Any], target_device: Any, dim: int = 0) -> Any:
    """Results of all devices as one, on ``target_device``."""
    place = _device(target_device)
    first = outputs[0]
    if isinstance(first, Variable):
        moved = [o.to(place) for o in outputs]
        return stack([m.reshape(()) for m in moved]) if not first._data.ndim else cat(moved, dim)
    if first is None:
        return None
    if isinstance(first, dict):
        return type(first)((key, gather([o[key] for o in outputs], place, dim)) for key in first)
    columns = [gather(column, place, dim) for column in zip(*outputs)]
    return type(first)(*columns) if hasattr(first, "_fields") else type(first)(columns)


class DataParallel(Module):
    """Splits the batch over devices. ``device_ids``: numbers of GPUs (all of them by default), or devices such as ``"cpu"``.

    >>> import tinygrad_edu as tg
    >>> net = tg.nn.DataParallel(tg.nn.Linear(2, 1), device_ids=["cpu", "cpu"])
    >>> net(tg.ones(4, 2)).shape
    tinygrad_edu.Size([4, 1])
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module, self.dim = module, dim
        if device_ids is None:
            device_ids = list(range(kernels_for("cuda").device_count())) if cuda_available() else []
        self.device_ids: list[Any] = list(device_ids)
        self.output_device = output_device if output_device is not None or not device_ids else self.device_ids[0]

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        if not self.device_ids:
            return self.module(*inputs, **kwargs)
        first = _device(self.device_ids[0])
        for t in (*self.module.parameters(), *self.module.buffers()):
            if t.device != first:
                raise RuntimeError(
                    f"module must have its parameters and buffers on device {first} (device_ids[0]) but found one of them on "
                    f"device: {t.device}"
                )
        args, named = scatter_kwargs(inputs, kwargs, self.device_ids, self.dim)
        if not args and not named:
            args, named = ((),), ({},)
        if len(self.device_ids) == 1:
            return self.module(*args[0], **named[0])
        used = self.device_ids[: len(args)]  # a small batch does not reach every device
        outputs = parallel_apply(replicate(self.module, used), args, named, used)
        return gather(outputs, self.output_device, self.dim)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: Any = None,
) -> Any:
    """`DataParallel` for one call."""
    wrapped = DataParallel(module, device_ids, output_device, dim)
    return wrapped(*(inputs if isinstance(inputs, tuple) else (inputs,)), **(module_kwargs or {}))
