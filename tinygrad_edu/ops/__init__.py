"""The operations, one file a family. Importing this package fills the registry of names.

Users see it as ``torch.ops``, where the operators stand that they make themselves and, as ``aten``, torch's own (`library`).
"""

from importlib import import_module
from typing import Any

from . import (
    activation,
    attention,
    bessel,
    bits,
    bridges,
    calculus,
    choosing,
    comparison,
    conv,
    conversion,
    copies,
    creation,
    cross_entropy,
    ctc,
    cumulative,
    decomposition,
    diagonals,
    dropout,
    einsum,
    elsewhere,
    embedding,
    extremes,
    fft,
    fractional_pool,
    functions,
    gamma_samples,
    gather,
    grids,
    indexing,
    joining,
    least_squares,
    linalg,
    loss,
    margin_loss,
    masking,
    matrix_functions,
    matrix_powers,
    norm,
    norms,
    oldnames,
    pad,
    pointwise,
    pool,
    power,
    random_ops,
    ranges,
    reduction,
    resize,
    rnn,
    segments,
    shape,
    sharing,
    slices,
    softmax,
    solving,
    special_functions,
    spectra,
    spread,
    statistics,
    strided,
    unique,
    view,
    weight_norm,
    windows,
)
from .linalg_out import mark_outs
from .registry import check_arguments

mark_outs()
check_arguments()


def __getattr__(name: str) -> Any:
    if name == "aten":
        return import_module("..library", __name__).aten
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
