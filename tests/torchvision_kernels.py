"""torchvision's compiled operators that detection calls, in Python: its detectors run then, and are the reference of ours.

Import this module for what it does, before a detector of torchvision is called.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torchvision_ops import compiled_part_loads, torchvision

Numbers = tuple[Any, ...]


def nms(boxes: Any, scores: Any, threshold: float) -> Any:
    """One box after the other, best first; float32 overlaps against the double threshold, as the loops in C++ compare."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order = scores.sort(stable=True, descending=True).indices
    dropped = torch.zeros(len(boxes), dtype=torch.bool)
    kept = []
    for i in order.tolist():
        if dropped[i]:
            continue
        kept.append(i)
        low, high = torch.maximum(boxes[i, :2], boxes[:, :2]), torch.minimum(boxes[i, 2:], boxes[:, 2:])
        wide, tall = (high - low).clamp(min=0).unbind(1)
        overlap = wide * tall / (area[i] + area - wide * tall)
        dropped |= overlap.double() > threshold
    return torch.tensor(kept, dtype=torch.int64)


def define() -> Any:
    """Tell torch of them; the library must be kept."""
    align = sys.modules["torchvision.ops.roi_align"]
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("roi_align(Tensor x, Tensor rois, float scale, int h, int w, int samples, bool aligned) -> Tensor")
    library.impl("roi_align", align._roi_align.__wrapped__, "CompositeImplicitAutograd")  # type: ignore[attr-defined]
    library.impl("nms", nms, "CPU")
    for module in (torchvision.extension, align):
        module._has_ops = lambda: True  # type: ignore[attr-defined]
    return library


if not compiled_part_loads() or not torchvision.extension._has_ops():
    operators = define()
