"""The operations, one file a family. Importing this package fills the registry of names."""

from . import comparison, conversion, creation, functions, indexing, linalg, pointwise, power, reduction, view  # noqa: F401
