"""`DistributedSampler`: each of several processes takes its own part of a dataset."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sized
from typing import Any

from ..ops.registry import functions
from ..random import Generator
from .sampler import Sampler


class DistributedSampler(Sampler[int]):
    """The indices of process ``rank`` of ``num_replicas``, the same number for each: the first are repeated where they do not
    come out even, or the last left out (``drop_last``). `set_epoch` changes the order that all processes shuffle in.

    >>> list(DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False))
    [1, 3, 0]
    """

    def __init__(
        self, dataset: Sized, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True, seed: int = 0,
        drop_last: bool = False,
    ) -> None:  # fmt: skip
        if num_replicas is None or rank is None:
            from .. import distributed  # opened only when needed

            num_replicas = distributed.get_world_size() if num_replicas is None else num_replicas
            rank = distributed.get_rank() if rank is None else rank
        self.num_replicas, self.rank = num_replicas, rank
        if self.rank >= self.num_replicas or self.rank < 0:
            raise ValueError(f"Invalid rank {self.rank}, rank should be in the interval [0, {self.num_replicas - 1}]")
        self.dataset, self.epoch, self.drop_last = dataset, 0, drop_last
        n = len(dataset)
        if drop_last and n % self.num_replicas != 0:
            self.num_samples = math.ceil((n - self.num_replicas) / self.num_replicas)
        else:
            self.num_samples = math.ceil(n / self.num_replicas)
        self.total_size = self.num_samples * self.num_replicas
        self.shuffle, self.seed = shuffle, seed

    def __iter__(self) -> Iterator[int]:
        n = len(self.dataset)
        indices: list[Any] = list(range(n))
        if self.shuffle:
            generator = Generator()
            generator.manual_seed(self.seed + self.epoch)
            indices = functions["randperm"](n, generator=generator).tolist()
        missing = self.total_size - n
        if self.drop_last:
            indices = indices[: self.total_size]
        elif missing > 0:
            indices += (indices * math.ceil(missing / n))[:missing]
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Shuffle differently in every epoch."""
        self.epoch = epoch
