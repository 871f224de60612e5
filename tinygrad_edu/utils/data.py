"""torch's name for `tinygrad_edu.data`: the same module."""

from __future__ import annotations

import sys

from .. import data

sys.modules[__name__] = data
