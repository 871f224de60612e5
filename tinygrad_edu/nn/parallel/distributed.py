"""Several processes, each with a copy of the module and a part of the batch: their gradients are averaged during backward.

Gradients are collected in buckets, in the order in which backward is likely to make them (the last layer first). As soon as a bucket
is full its sum over all processes is begun, while backward goes on with earlier layers; at the end all sums are waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ... import distributed
from ...autograd.graph import AccumulateGrad
from ...autograd.modes import no_grad, state
from ...autograd.variable import Variable, wrap
from ...backend import kernels_of
from ..module import Module

FIRST_BUCKET = 1024 * 1024  # bytes: small, so that the first sum begins early

_UNFINISHED = (
    "Expected to have finished reduction in the prior iteration before starting a new one. This error indicates that your module has "
    "parameters that were not used in producing loss. You can enable unused parameter detection by passing the keyword argument "
    "`find_unused_parameters=True` to `torch.nn.parallel.DistributedDataParallel`, and by \nmaking sure all `forward` function outputs "
    "participate in calculating loss. \nIf you already have done the above, then the distributed data parallel module wasn't able to "
    "locate the output tensors in the return value of your module's `forward` function. Please include the loss function and the "
    "structure of the return value of `forward` of your module when reporting this issue (e.g. list, dict, iterable).\nParameter "
    "indices which did not receive grad for rank {}: {}"
)


class _Bucket:
    """Gradients that travel together."""

    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers
        self.waiting = set(numbers)
        self.flat: Any = None
        self.work: Any = None


class DistributedDataParallel(Module):
    """``module``, with gradients that are the mean over all processes. Call `distributed.init_process_group` first.

    Parameters and buffers start as rank 0's; buffers follow rank 0's before each forward (``broadcast_buffers``).
    ``bucket_cap_mb``: how much is summed at once. ``find_unused_parameters``: for modules whose forward does not always use all.
    """

    def __init__(
        self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0, broadcast_buffers: bool = True,
        init_sync: bool = True, process_group: Any = None, bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False, check_reduction: bool = False, gradient_as_bucket_view: bool = False,
        static_graph: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        group = distributed.group.WORLD if process_group is None else process_group
        if group is None:
            distributed.get_rank()  # raises, in torch's words
        self.process_group: Any = group
        self.module, self.dim = module, dim
        self.device_ids, self.output_device = device_ids, output_device
        self.broadcast_buffers, self.find_unused_parameters = broadcast_buffers, find_unused_parameters
        self.require_backward_grad_sync = True
        used = list(dict.fromkeys(p for p in module.parameters() if p.requires_grad))
        if not used:
            raise RuntimeError(
                "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient."
            )
        self.__dict__["_used"] = used
        self._check_alike()
        if init_sync:
            for t in (*module.parameters(), *module.buffers()):
                distributed.broadcast(t.detach(), group=group, group_src=0)
        cap = int((25 if bucket_cap_mb is None else bucket_cap_mb) * 1024 * 1024)
        self._plan = _in_buckets(used, cap)
        self._buckets: list[_Bucket] = []
        self._next = 0
        self._seen: set[int] = set()
        for number, parameter in enumerate(used):
            parameter.register_post_accumulate_grad_hook(lambda p, number=number: self._ready(number))

    def _check_alike(self) -> None:
        mine = [(tuple(p.shape), str(p.dtype)) for p in self._used]
        all_of_them: list[Any] = [None] * self.process_group.size()
        distributed.all_gather_object(all_of_them, mine, self.process_group)
        for rank, theirs in enumerate(all_of_them):
            if theirs != mine:
                raise RuntimeError(
                    f"DDP expects same model across all ranks, but Rank {self.process_group.rank()} has {len(mine)} params, while rank "
                    f"{rank} has inconsistent {len(theirs)} params."
                )

    # ------------------------------------------------------------------ forward
    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        syncing = state.enabled and self.require_backward_grad_sync
        if syncing:
            self._begin()
        if self.broadcast_buffers and self.require_backward_grad_sync:
            for buffer in self.module.buffers():
                distributed.broadcast(buffer, group=self.process_group, group_src=0)
        out = self.module(*inputs, **kwargs)
        if syncing and self.find_unused_parameters:
            reached = _leaves_below(out)
            for number, parameter in enumerate(self._used):
                if id(parameter) not in reached:
                    self._ready(number)
        return out

    def _begin(self) -> None:
        left = sorted(n for bucket in self._buckets for n in bucket.waiting)
        if left and self._seen:
            raise RuntimeError(_UNFINISHED.format(self.process_group.rank(), " ".join(map(str, left))))
        self._buckets = [_Bucket(numbers) for numbers in self._plan]
        self._next, self._seen = 0, set()

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """Inside, gradients are only added up locally; the next backward outside sums them over all processes."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    # ------------------------------------------------------------------ backward
    def _ready(self, number: int) -> None:
        """The gradient of a parameter is there."""
        if not self._buckets or not self.require_backward_grad_sync or number in self._seen:
            return
        self._seen.add(number)
        for bucket in self._buckets:
            bucket.waiting.discard(number)
        while self._next < len(self._buckets) and not self._buckets[self._next].waiting:
            if not self.process_group.alone:
                self._send(self._buckets[self._next])  # in the same order everywhere
            self._next += 1
        if self._next == len(self._buckets):
            self._finish()
        elif self._next and not self.process_group.alone:
            self._buckets[self._next - 1].work.is_completed()  # asks MPI to go on with what is under way

    def _send(self, bucket: _Bucket) -> None:
        """Begin the sum of a bucket. Behind the gradients stands, for each, whether it was used at all."""
        arrays = []
        for number in bucket.numbers:
            parameter = self._used[number]
            grad = parameter._grad
            arrays.append(kernels_of(parameter._data).xp.zeros_like(parameter._data) if grad is None else grad._data)
        k = kernels_of(arrays[0])
        used = k.xp.asarray([float(self._used[n]._grad is not None) for n in bucket.numbers], arrays[0].dtype)
        bucket.flat = wrap(k.xp.concatenate([*(a.reshape(-1) for a in arrays), used]))
        bucket.work = distributed.all_reduce(bucket.flat, group=self.process_group, async_op=True)

    def _finish(self) -> None:
        n = self.process_group.size()
        with no_grad():
            for bucket in self._buckets if n > 1 else ():
                bucket.work.wait()
                flat, start = bucket.flat._data, 0
                flat /= n
                marks = flat[len(flat) - len(bucket.numbers) :]
                for number, mark in zip(bucket.numbers, marks):
                    parameter = self._used[number]
                    size = parameter._data.size
                    mean = flat[start : start + size].reshape(parameter._data.shape)
                    start += size
                    if parameter._grad is not None:
                        parameter._grad._data[...] = mean
                        parameter._grad._counter[0] += 1
                    elif float(mark) > 0:  # another process used it
                        parameter._grad = wrap(mean.copy())
        self._buckets = []


def _in_buckets(parameters: list[Any], cap: int) -> list[list[int]]:
    """Numbers of parameters, last first, so that each bucket has one dtype and no more than ``cap`` bytes (the first: 1 MB)."""
    buckets: list[list[int]] = []
    size, limit = 0, min(FIRST_BUCKET, cap)
    for number in range(len(parameters) - 1, -1, -1):
        p = parameters[number]
        n = p._data.nbytes
        fits = buckets and size + n <= limit and parameters[buckets[-1][-1]]._data.dtype == p._data.dtype
        if fits:
            buckets[-1].append(number)
            size += n
        else:
            limit = cap if buckets else limit
            buckets.append([number])
            size = n
    return buckets


def _leaves_below(out: Any) -> set[int]:
    """The ids of the leaves that the tensors in ``out`` were computed from."""
    nodes: list[Any] = []

    def look(value: Any) -> None:
        if isinstance(value, Variable):
            node = value.grad_fn  # type: ignore[attr-defined]
            if node is not None:
                nodes.append(node)
        elif isinstance(value, dict):
            look(list(value.values()))
        elif isinstance(value, (list, tuple)):
            for v in value:
                look(v)

    look(out)
    seen: set[int] = set()
    leaves: set[int] = set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, AccumulateGrad):
            leaves.add(id(node.variable))
        nodes += [child for child, _ in node.next_functions if child is not None]
    return leaves
