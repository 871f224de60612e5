"""The classes of named results: ``return_types.max``, ``return_types.sort``, …"""

from __future__ import annotations

from .ops import _results

globals().update(_results.classes)
