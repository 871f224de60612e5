"""`DataLoader`: batches of a dataset, in this process or from worker processes."""

from __future__ import annotations

import math
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .fetch import _DatasetKind
from .pin import pin_memory, why_not_pinned
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler, draw_seed

T_co = TypeVar("T_co", covariant=True)
_collate_fn_t = Callable[[list[Any]], Any]  # what a ``collate_fn`` is, under torch's name


class _Forever(Sampler[None]):
    """For a stream: there is always a next sample to ask for."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class DataLoader(Generic[T_co]):
    """Iterates over the batches of a dataset.

    ``num_workers=0`` fetches in this process. More start that many worker processes, each ``prefetch_factor`` batches ahead;
    ``persistent_workers`` keeps them from one epoch to the next. Batches come in the order of the sampler in any case (unless
    ``in_order=False``). ``batch_size=None`` gives single samples.

    >>> import tinygrad_edu as tg
    >>> for batch in DataLoader(range(5), batch_size=2): print(batch)
    tensor([0, 1])
    tensor([2, 3])
    tensor([4])
    """

    _fixed = False

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None, num_workers: int = 0, collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False, drop_last: bool = False, timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None, multiprocessing_context: Any = None, generator: Any = None, *,
        prefetch_factor: int | None = None, persistent_workers: bool = False, pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:  # fmt: skip
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
                "multiprocessing, otherwise set prefetch_factor to None."
            )
        if prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        self.dataset, self.num_workers = dataset, num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.timeout, self.worker_init_fn, self.in_order = timeout, worker_init_fn, in_order
        self.multiprocessing_context = multiprocessing_context
        iterable = isinstance(dataset, IterableDataset)
        self._dataset_kind = _DatasetKind.Iterable if iterable else _DatasetKind.Map
        if iterable:
            unwanted = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
            for option, value in unwanted.items():
                if value is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {option} option, but got {option}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if iterable:
                sampler = _Forever()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)  # type: ignore[arg-type]
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        if collate_fn is None:
            collate_fn = default_collate if self._auto_collation else default_convert
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self._fixed = True
        self._IterableDataset_len_called: int | None = None  # of an iterable dataset, once somebody asked
        self._iterator: Any = None
        self.check_worker_number_rationality()

    def __setattr__(self, name: str, value: Any) -> None:
        fixed = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
        if self._fixed and name in fixed:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    @property
    def multiprocessing_context(self) -> BaseContext | None:
        """How workers are started; None: by fork where that exists, else spawn."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            if self.num_workers == 0:
                raise ValueError(
                    "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                    f"num_workers={self.num_workers}"
                )
            if isinstance(context, str):
                methods = multiprocessing.get_all_start_methods()
                if context not in methods:
                    raise ValueError(
                        f"multiprocessing_context option should specify a valid start method in {methods!r}, but got "
                        f"multiprocessing_context={context!r}"
                    )
                context = multiprocessing.get_context(context)
            if not isinstance(context, BaseContext):
                raise TypeError(
                    "multiprocessing_context option should be a valid context object or a string specifying the start "
                    f"method, but got multiprocessing_context={context}"
                )
        self._context = context

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.batch_sampler if self._auto_collation else self.sampler

    def _get_iterator(self) -> Any:
        if self.num_workers == 0:
            return SingleProcessIterator(self)
        from .processes import WorkerIterator

        self.check_worker_number_rationality()
        return WorkerIterator(self)

    def __iter__(self) -> Iterator[Any]:
        if not (self.persistent_workers and self.num_workers > 0):
            return self._get_iterator()  # type: ignore[no-any-return]
        if self._iterator is None or self._iterator.closed:
            self._iterator = self._get_iterator()
        else:
            self._iterator.restart(self)
        return self._iterator  # type: ignore[no-any-return]

    def __len__(self) -> int:
        if self._dataset_kind == _DatasetKind.Map:
            return len(self._index_sampler)
        n = self._IterableDataset_len_called = len(self.dataset)
        if self.batch_size is not None:
            n = n // self.batch_size if self.drop_last else math.ceil(n / self.batch_size)
        return n

    def check_worker_number_rationality(self) -> None:
        """Warn about more workers than processors."""
        if not self.num_workers:
            return
        bound = hasattr(os, "sched_getaffinity")
        processors = len(os.sched_getaffinity(0)) if bound else os.cpu_count()
        if processors is not None and self.num_workers <= processors:
            return
        if processors is None:
            suggestion = "DataLoader is not able to compute a suggested max number of worker in current system."
        else:
            suggestion = (
                f"Our suggested max number of worker in current system is {processors}"
                f"{'' if bound else ' (`cpuset` is not taken into account)'}, which is smaller than what this DataLoader is "
                "going to create."
            )
        warnings.warn(
            f"This DataLoader will create {self.num_workers} worker processes in total. {suggestion} Please be aware that "
            "excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid "
            "potential slowness/freeze if necessary.",
            UserWarning,
            stacklevel=3,
        )


class LoaderIterator:
    """One pass over a loader: what both kinds of iterators share.

    Of the loader they ask no more than torch's iterators do, so that they also serve loaders that programs write themselves.
    """

    shown = "_BaseDataLoaderIter"  # torch's name of the class

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.reported_length = loader._IterableDataset_len_called
        self.pin = False
        if loader.pin_memory:
            reason = why_not_pinned()
            if reason is not None:
                warnings.warn(reason, UserWarning, stacklevel=5)
            self.pin = reason is None
        self.indices = iter(loader._index_sampler)
        self.base_seed = draw_seed(
            loader.generator
        )  # drawn without workers too: the random stream must not depend on them
        self.yielded = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __len__(self) -> int:
        return len(self.loader._index_sampler)

    def next_batch(self) -> Any:
        """The next batch, or StopIteration."""
        raise NotImplementedError

    def __next__(self) -> Any:
        batch = self.next_batch()
        self.yielded += 1
        if (
            self.loader._dataset_kind == _DatasetKind.Iterable
            and self.reported_length is not None
            and self.yielded > self.reported_length
        ):
            self._warn_of_length()
        return pin_memory(batch) if self.pin else batch

    def _warn_of_length(self) -> None:
        text = (
            f"Length of IterableDataset {self.loader.dataset} was reported to be {self.reported_length}(when accessing "
            f"len(dataloader)), but {self.yielded} samples have been fetched. "
        )
        if self.loader.num_workers > 0:
            text += (
                "For multiprocessing data-loading, this could be caused by not properly configuring the IterableDataset "
                "replica at each worker. Please see https://pytorch.org/docs/stable/data.html#torch.utils.data."
                "IterableDataset for examples."
            )
        warnings.warn(text, UserWarning, stacklevel=3)

    def __getstate__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} cannot be pickled")


class SingleProcessIterator(LoaderIterator):
    """Fetches when asked, in this process."""

    shown = "_SingleProcessDataLoaderIter"

    def __init__(self, loader: Any) -> None:
        super().__init__(loader)
        if loader.timeout != 0:
            raise AssertionError("_SingleProcessDataLoaderIter requires timeout == 0")
        if loader.num_workers != 0:
            raise AssertionError("_SingleProcessDataLoaderIter requires num_workers == 0")
        self.fetcher = _DatasetKind.create_fetcher(
            loader._dataset_kind, loader.dataset, loader._auto_collation, loader.collate_fn, loader.drop_last
        )

    def next_batch(self) -> Any:
        return self.fetcher.fetch(next(self.indices))


_BaseDataLoaderIter, _SingleProcessDataLoaderIter = LoaderIterator, SingleProcessIterator  # torch's names


def __getattr__(name: str) -> Any:
    if name == "_MultiProcessingDataLoaderIter":  # whose module is opened when workers are wanted
        from .processes import WorkerIterator

        return WorkerIterator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
