"""For the comparisons with torch: one thread, so that thousands of tiny calls are fast."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

torch.set_num_threads(1)
# ``torch.manual_seed`` keeps, for each kind of device that has not started, the call stack as text for a later error
# message: most of the time of a small test
for devices in (torch.cuda, torch.xpu, torch.mtia):
    devices.traceback = SimpleNamespace(format_stack=list)


@pytest.fixture(autouse=True)
def flags_may_be_set() -> None:
    """torch's own test tables forbid setting ``torch.backends`` flags when they are imported; programs may set them."""
    # (``torch.backends`` is an object in front of the module whose variable this is)
    torch.backends.flags_frozen.__globals__["__allow_nonbracketed_mutation_flag"] = True
