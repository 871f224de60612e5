"""The kind of dataset that PyTorch once called data pipes, for programs that ask whether something is one: nothing is."""

from __future__ import annotations

from typing import Any

from .dataset import IterableDataset


class ShufflerIterDataPipe(IterableDataset):
    """Would be a data pipe that mixes another one's elements: an error; a `DataLoader` mixes with ``shuffle=True``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError("there are no data pipes here; DataLoader has shuffle=True")
