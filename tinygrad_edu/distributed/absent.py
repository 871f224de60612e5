"""Ways to spread a model over processes that there are not here, for programs that ask whether something is spread so: nothing is.

Sharded models (FSDP), their checkpoints, and `Join` for processes with unequal numbers of batches. Making one is an error.
"""

from __future__ import annotations

from typing import Any


def _missing(name: str, what: str) -> type:
    def refuse(self: Any, *args: Any, **options: Any) -> None:
        raise NotImplementedError(f"{name}: there are no {what} here; distributed has DistributedDataParallel")

    return type(name, (), {"__doc__": f"Would be one of the {what}.", "__module__": __name__, "__init__": refuse})


FullyShardedDataParallel = _missing("FullyShardedDataParallel", "sharded models (FSDP)")
FSDPModule = _missing("FSDPModule", "sharded models (FSDP)")
CPUOffloadPolicy = _missing("CPUOffloadPolicy", "sharded models (FSDP)")
MixedPrecisionPolicy = _missing("MixedPrecisionPolicy", "sharded models (FSDP)")
CPUOffload = _missing("CPUOffload", "sharded models (FSDP)")
ShardingStrategy = _missing("ShardingStrategy", "sharded models (FSDP)")
HuggingFaceStorageReader = _missing("HuggingFaceStorageReader", "checkpoints of sharded models")
HuggingFaceStorageWriter = _missing("HuggingFaceStorageWriter", "checkpoints of sharded models")
Join = _missing("Join", "joins of processes with unequal numbers of batches")


def fully_shard(*args: Any, **options: Any) -> Any:
    """Would shard a model: an error here."""
    return FSDPModule(*args, **options)


def transformer_auto_wrap_policy(*args: Any, **options: Any) -> Any:
    """Would choose which modules FSDP shards: an error here."""
    return FSDPModule(*args, **options)
