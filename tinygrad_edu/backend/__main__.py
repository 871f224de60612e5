"""``python -m tinygrad_edu.backend``: compile the kernels of the extra ``fast``, once."""

from .compiled import prepare

print("Compiling the kernels of the extra `fast`: some seconds …", flush=True)
print(f"Done. {prepare()} says so; they are used from the next start on.")
