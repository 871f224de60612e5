"""For the comparisons with torch: one thread, so that thousands of tiny calls are fast."""

from __future__ import annotations

import torch

torch.set_num_threads(1)
