"""The operations, one file a family. Importing this package fills the registry of names."""

from . import comparison, conversion, creation, functions, gather, indexing, joining, linalg, masking, pointwise, power, random_ops, reduction, shape, view  # noqa: F401
from . import activation, dropout, einsum, softmax  # noqa: F401
