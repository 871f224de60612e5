"""The operations, one file a family. Importing this package fills the registry of names."""

from . import comparison, conversion, creation, functions, gather, grids, indexing, joining, linalg, masking, pointwise, power, random_ops, reduction, shape, sharing, strided, view  # noqa: F401
from . import activation, conv, cross_entropy, ctc, dropout, einsum, embedding, loss, margin_loss, norm, pad, pool, resize, softmax  # noqa: F401
from .registry import check_arguments

check_arguments()
