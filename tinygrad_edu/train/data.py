"""What users give `fit`, as a `DataLoader`: tensors, arrays, a data set, or a loader of their own."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..data import DataLoader, IterableDataset, Subset, TensorDataset
from ..dtypes import float64, get_default_dtype
from ..ops.registry import functions as F
from ..random import Generator

BATCH_SIZE = 32


def as_tensor(x: Any) -> Any:
    """A tensor of what may be an array, a list of numbers or a pandas column. NumPy's 64-bit floats become the default dtype."""
    if isinstance(x, Variable):
        return x
    if hasattr(x, "to_numpy"):
        x = x.to_numpy()
    given = F["as_tensor"](x)
    return given.to(get_default_dtype()) if given.dtype is float64 else given


def dataset_of(x: Any, y: Any) -> Any:
    """A data set of tensors (several inputs: a tuple of them), or the one given."""
    several = isinstance(x, (tuple, list)) and len(x) > 0 and all(map(_is_array, x))
    if y is None and not several and not _is_array(x):
        if not hasattr(x, "__getitem__") and not isinstance(x, IterableDataset):
            raise TypeError(f"expected tensors, arrays, a Dataset or a DataLoader, got {type(x).__name__}")
        return x
    columns = [as_tensor(part) for part in (x if several else (x,))]
    if y is not None:
        columns.append(as_tensor(y))
    sizes = {len(column) for column in columns}
    if len(sizes) > 1:
        raise ValueError(
            f"x and y must have as many examples: got {', '.join(str(tuple(column.shape)) for column in columns)}, which begin "
            "with different sizes"
        )
    return TensorDataset(*columns)


def _is_array(x: Any) -> bool:
    return isinstance(x, Variable) or (hasattr(x, "shape") and hasattr(x, "dtype")) or hasattr(x, "to_numpy")


def loader_of(
    x: Any, y: Any, batch_size: int | None, shuffle: bool, generator: Generator | None = None, drop_last: bool = False
) -> Any:
    """A loader over what was given; a loader, and any other thing that yields batches, is taken as it is."""
    if isinstance(x, DataLoader) or (y is None and hasattr(x, "__iter__") and not hasattr(x, "__getitem__")):
        if y is not None:
            raise ValueError("x is a DataLoader, whose batches bring their own targets: leave y out")
        if batch_size is not None and isinstance(x, DataLoader):
            raise ValueError("x is a DataLoader, which has its own batch_size: leave batch_size out")
        if not isinstance(x, IterableDataset):
            return x
    dataset = dataset_of(x, y)
    ordered = shuffle and not isinstance(dataset, IterableDataset)
    return DataLoader(dataset, batch_size or BATCH_SIZE, shuffle=ordered, generator=generator, drop_last=drop_last)


def split(x: Any, y: Any, fraction: float) -> tuple[Any, Any]:
    """All but the last ``fraction`` of the examples, and those."""
    if not 0 < fraction < 1:
        raise ValueError(f"validation_split: expected a fraction between 0 and 1, got {fraction}")
    if isinstance(x, (DataLoader, IterableDataset)):
        raise ValueError(
            "validation_split needs tensors or a Dataset with a length; give validation_data beside a DataLoader"
        )
    dataset = dataset_of(x, y)
    count = len(dataset)
    first = count - int(count * fraction)
    if first in (0, count):
        raise ValueError(f"validation_split={fraction} of {count} examples leaves none on one side")
    return Subset(dataset, range(first)), Subset(dataset, range(first, count))


def parts_of(batch: Any, device: Any) -> tuple[tuple[Any, ...], Any]:
    """A batch as (inputs, target): its last part is the target."""
    if isinstance(batch, dict):
        raise TypeError(
            "a batch must be (x, y) or (x1, x2, …, y), got a dict: give the DataLoader a collate_fn that makes a tuple"
        )
    if isinstance(batch, Variable):
        return (batch.to(device),), None  # type: ignore[attr-defined]
    if not isinstance(batch, (tuple, list)) or not batch:
        raise TypeError(f"a batch must be (x, y) or (x1, x2, …, y), got {type(batch).__name__}")
    moved = [part.to(device) if hasattr(part, "to") else part for part in batch]
    if len(moved) == 1:
        return (moved[0],), None
    return tuple(moved[:-1]), moved[-1]


def length_of(loader: Any) -> int | None:
    """How many batches there are, where that is known."""
    try:
        return len(loader)
    except TypeError:
        return None
