"""``torch.distributed.rpc`` as in a PyTorch that was built without it: `is_available` is all there is."""

from __future__ import annotations


def is_available() -> bool:
    """Whether functions can be called in other processes: they cannot here."""
    return False
