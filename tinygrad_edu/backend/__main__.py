"""``python -m tinygrad_edu.backend``: compile the kernels of the extra ``fast``, once."""

import importlib.util
import sys

from .compiled import prepare

if importlib.util.find_spec("numba") is None:
    sys.exit('error: this needs the package numba, which is not installed: pip install "tinygrad-edu[fast]"')
print("Compiling the kernels of the extra `fast`: some seconds …", flush=True)
print(f"Done. {prepare()} says so; they are used from the next start on.")
