"""Make `import torchvision` work beside a torch that its compiled part was not built for (a CPU torch, mostly).

Importing torchvision registers shape rules for its compiled operators, and fails when their library could not be
loaded. Tests use only its Python part (transforms, model definitions), so the operators are declared here by their
schema; calling one still raises, as it should. Import this module before torchvision:

    from torchvision_ops import torchvision
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import torch

# what torchvision/_meta_registrations.py names without looking whether the compiled part is there
SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


def compiled_part_loads() -> bool:
    """Try the library first: declaring an operator that it defines as well would be an error later."""
    if "torchvision" in sys.modules:
        return True
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'torchvision': tests need it, `make test` installs it.")
    for library in Path(spec.origin).parent.glob("_C*"):
        try:
            torch.ops.load_library(library)
        except OSError:
            return False
        return True
    return False


if not compiled_part_loads():
    declarations = torch.library.Library("torchvision", "DEF")  # kept: its end would take the operators away
    for schema in SCHEMAS:
        declarations.define(schema)

import torchvision  # noqa: E402

__all__ = ["torchvision"]
