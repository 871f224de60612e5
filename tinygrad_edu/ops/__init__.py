"""The operations, one file a family. Importing this package fills the registry of names."""

from . import comparison, conversion, creation, functions, indexing, joining, linalg, pointwise, power, random_ops, reduction, view  # noqa: F401
