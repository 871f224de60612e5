"""The operations, one file a family. Importing this package fills the registry of names."""

from . import bits, bridges, choosing, comparison, conversion, creation, diagonals, functions, gather, grids, indexing, joining, linalg, masking, pointwise, power, special_functions, random_ops, ranges, reduction, shape, sharing, slices, strided, view  # noqa: F401
from . import activation, calculus, attention, conv, decomposition, extremes, spread, cumulative, fft, matrix_functions, cross_entropy, ctc, dropout, einsum, embedding, loss, margin_loss, norm, pad, pool, resize, rnn, softmax, statistics, norms, unique  # noqa: F401
from .registry import check_arguments

check_arguments()
