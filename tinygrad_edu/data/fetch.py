"""Getting the samples of one batch out of a dataset and collating them: the same code with and without workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from ..autograd.variable import needs_grad, wrap
from .collate import default_collate
from .dataset import Subset, TensorDataset


class MapFetcher:
    """From indices to a batch."""

    def __init__(self, dataset: Any, auto_collation: bool, collate_fn: Callable[[Any], Any], drop_last: bool) -> None:
        self.dataset, self.auto_collation, self.collate_fn = dataset, auto_collation, collate_fn
        self.many = auto_collation and callable(getattr(dataset, "__getitems__", None))
        self.rows = _row_source(dataset) if auto_collation and collate_fn is default_collate else None

    def fetch(self, index: Any) -> Any:
        """The batch of these indices (without batching: the sample of this index)."""
        if self.rows is not None:
            try:
                return _rows(*self.rows, index)
            except IndexError:  # the dataset says it in torch's words
                return self.collate_fn([self.dataset[i] for i in index])
        if self.many:
            return self.collate_fn(self.dataset.__getitems__(index))
        if self.auto_collation:
            dataset = self.dataset
            return self.collate_fn([dataset[i] for i in index])
        return self.collate_fn(self.dataset[index])


def _row_source(dataset: Any) -> tuple[list[Any], Any] | None:
    """For a plain `TensorDataset`, or a `Subset` of one: the arrays and, of the subset, the indices.

    Batches of it are rows of arrays: one indexing operation each in place of many small tensors and a stack.
    """
    chosen = None
    while type(dataset) is Subset:
        indices = numpy.asarray(dataset.indices)
        if indices.dtype.kind not in "iu":
            return None
        chosen = indices if chosen is None else indices[chosen]
        dataset = dataset.dataset
    if type(dataset) is not TensorDataset or any(needs_grad(t) or t.is_cuda for t in dataset.tensors):
        return None
    return [t._data for t in dataset.tensors], chosen


def _rows(arrays: list[Any], chosen: Any, index: list[int]) -> list[Any]:
    at = numpy.asarray(index)
    if chosen is not None:
        at = chosen[at]
    return [wrap(array[at]) for array in arrays]


class IterableFetcher:
    """From a stream to batches. The indices only say how many samples are wanted."""

    def __init__(self, dataset: Any, auto_collation: bool, collate_fn: Callable[[Any], Any], drop_last: bool) -> None:
        self.samples = iter(dataset)
        self.auto_collation, self.collate_fn, self.drop_last = auto_collation, collate_fn, drop_last
        self.ended = False

    def fetch(self, index: Any) -> Any:
        """The next batch; StopIteration at the end."""
        if self.ended:
            raise StopIteration
        if not self.auto_collation:
            return self.collate_fn(next(self.samples))
        data = []
        for _ in index:
            try:
                data.append(next(self.samples))
            except StopIteration:
                self.ended = True
                break
        if not data or (self.drop_last and len(data) < len(index)):
            raise StopIteration
        return self.collate_fn(data)


class _DatasetKind:
    """How samples come out of a dataset: by index, or one after the other."""

    Map, Iterable = 0, 1

    @staticmethod
    def create_fetcher(
        kind: int, dataset: Any, auto_collation: bool, collate_fn: Callable[[Any], Any], drop_last: bool
    ) -> MapFetcher | IterableFetcher:
        """What gets batches out of a dataset of this kind."""
        fetcher = MapFetcher if kind == _DatasetKind.Map else IterableFetcher
        return fetcher(dataset, auto_collation, collate_fn, drop_last)
