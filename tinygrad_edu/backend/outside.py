"""The program's own line: the nearest one outside this package.

Python shows a warning once a line, and a line of ours would be the same for every caller.
"""

from __future__ import annotations

import os
import sys
import warnings
from types import FrameType

_ROOT = os.path.dirname(os.path.dirname(__file__)) + os.sep


def caller() -> tuple[FrameType, int]:
    """The frame of the nearest caller that stands outside this package, and how far away it is (1: who called the one who asks)."""
    level, frame = 0, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_ROOT):
        level, frame = level + 1, frame.f_back
    return frame, level


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """``warnings.warn`` there."""
    warnings.warn(text, category, stacklevel=caller()[1] + 1)
