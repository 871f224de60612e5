"""ONNX: `export` a model for other runtimes, `load_model` one as a graph of ours. Needs the packages of the extra ``onnx``."""

from __future__ import annotations

import importlib as _importlib
from typing import Any as _Any

_WHERE = {
    "export": "exporting", "ONNXProgram": "exporting", "OnnxExporterError": "exporting", "UnsupportedOperatorError": "exporting",
    "load_model": "importing",
}  # fmt: skip


exports: list[object] = []  # that are going on


def is_in_onnx_export() -> bool:
    """Whether `export` is running the model at this moment."""
    return bool(exports)


def __getattr__(name: str) -> _Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(_importlib.import_module(f"{__package__}.{_WHERE[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("onnx", "onnxruntime"):
            raise
        raise ModuleNotFoundError(
            "this needs the package onnx: pip install 'tinygrad-edu[onnx]'", name="onnx"
        ) from None


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
