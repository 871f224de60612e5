"""What an event file holds: for each kind of summary a function that makes tensorboard's `Summary`."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.mesh import metadata as mesh_metadata
from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData
from tensorboard.plugins.pr_curve.plugin_data_pb2 import PrCurvePluginData
from tensorboard.plugins.text.plugin_data_pb2 import TextPluginData

from ... import dtypes
from .arrays import to_array

_MOST_THRESHOLDS = 127  # TensorBoard cannot show more of them


def of_plugin(name: str, content: bytes = b"") -> Any:
    """The metadata that tells TensorBoard which of its pages shows a value."""
    return SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=name, content=content))


def shape_proto(sizes: Any) -> Any:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def _one(tag: str, **what: Any) -> Any:
    return Summary(value=[Summary.Value(tag=tag, **what)])


def _floats(array: Any) -> Any:
    return TensorProto(dtype="DT_FLOAT", float_val=array.reshape(-1).tolist(), tensor_shape=shape_proto(array.shape))


# ------------------------------------------------------------------------------------------------ numbers
def scalar(tag: str, value: Any, new_style: bool = False, double_precision: bool = False) -> Any:
    """One number; ``new_style`` as a tensor, which has room for ``double_precision``."""
    array = to_array(value).squeeze()
    if array.ndim != 0:
        raise AssertionError(
            f"Tensor should contain one element (0 dimensions). {' ' * 12}"
            f"Was given size: {array.size} and {array.ndim} dimensions."
        )
    number = float(array)
    if not new_style:
        return _one(tag, simple_value=number)
    tensor = TensorProto(float_val=[number], dtype="DT_FLOAT")
    if double_precision:
        tensor = TensorProto(double_val=[number], dtype="DT_DOUBLE")
    return _one(tag, tensor=tensor, metadata=of_plugin("scalars"))


def _pairs(t: Any) -> list[float]:
    return t.view(dtypes.float64 if t.dtype is dtypes.complex128 else dtypes.float32).flatten().tolist()  # type: ignore[no-any-return]


def _half_bits(t: Any) -> list[int]:
    """The bits of each number as a float32: what the field for short floats is filled with."""
    return [struct.unpack("i", struct.pack("f", number))[0] for number in t.flatten().tolist()]


# dtype → name of the proto's type, its field, how to fill it
_FIELDS: dict[str, tuple[str, str, Any]] = {
    "float16": ("DT_HALF", "half_val", _half_bits), "bfloat16": ("DT_BFLOAT16", "half_val", _half_bits),
    "float32": ("DT_FLOAT", "float_val", None), "float64": ("DT_DOUBLE", "double_val", None),
    "int8": ("DT_INT8", "int_val", None), "int16": ("DT_INT16", "int_val", None),
    "int32": ("DT_INT32", "int_val", None), "int64": ("DT_INT64", "int64_val", None),
    "uint8": ("DT_UINT8", "uint32_val", None), "bool": ("DT_BOOL", "bool_val", None),
    "complex64": ("DT_COMPLEX64", "scomplex_val", _pairs), "complex128": ("DT_COMPLEX128", "dcomplex_val", _pairs),
}  # fmt: skip


def tensor(tag: str, value: Any) -> Any:
    """A whole tensor."""
    if value.numel() * value.itemsize >= 1 << 31:
        raise ValueError("tensor is bigger than protocol buffer's hard limit of 2GB in size")
    known = _FIELDS.get(str(value.dtype).rpartition(".")[2])
    if known is None:
        raise ValueError(f"{tag} has unsupported tensor dtype {value.dtype}")
    kind, name, fill = known
    numbers = value.flatten().tolist() if fill is None else fill(value)
    proto = TensorProto(dtype=kind, tensor_shape=shape_proto(value.shape), **{name: numbers})
    return _one(tag, metadata=of_plugin("tensor"), tensor=proto)


# ------------------------------------------------------------------------------------------------ histograms
def default_bins() -> list[float]:
    """TensorBoard's own bin edges: ±10⁻¹² … ±10²⁰ in steps of 10 %, and 0."""
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    return [*(-edge for edge in reversed(edges)), 0, *edges]


def _merged(counts: Any, limits: Any, most: int) -> tuple[Any, Any]:
    """Neighbouring bins put together until there are about ``most``."""
    each = len(counts) // most
    if len(counts) % each:
        counts = np.pad(counts, (0, each - len(counts) % each))
    return counts.reshape(-1, each).sum(axis=1), np.append(limits[:-1:each], limits[-1])


def histogram(tag: str, values: Any, bins: Any, max_bins: int | None = None) -> Any:
    """How often values fall between the ``bins`` (edges, or the name of one of NumPy's rules)."""
    values = to_array(values).astype(float).reshape(-1)
    if values.size == 0:
        raise ValueError("The input has no element.")
    counts, limits = np.histogram(values, bins=bins)
    if max_bins is not None and len(counts) > max_bins:
        counts, limits = _merged(counts, limits, max_bins)
    filled = np.flatnonzero(counts)
    if not filled.size:
        raise ValueError("The histogram is empty, please file a bug report.")
    start, end = int(filled[0]), int(filled[-1]) + 1
    # TensorBoard takes each limit as the right end of a bin: an empty bin in front tells where the first one begins
    counts = counts[start - 1 : end] if start else np.concatenate([[0], counts[:end]])
    return histogram_raw(
        tag, values.min(), values.max(), len(values), values.sum(), values.dot(values), limits[start : end + 1].tolist(),
        counts.tolist(),
    )  # fmt: skip


def histogram_raw(
    tag: str, min: Any, max: Any, num: Any, sum: Any, sum_squares: Any, bucket_limits: Any, bucket_counts: Any
) -> Any:
    """A histogram that has been counted already."""
    proto = HistogramProto(
        min=min, max=max, num=num, sum=sum, sum_squares=sum_squares, bucket_limit=bucket_limits, bucket=bucket_counts
    )
    return _one(tag, histo=proto)


def pr_curve(tag: str, labels: Any, predictions: Any, num_thresholds: int = 127, weights: Any = None) -> Any:
    """Precision and recall of a classifier at ``num_thresholds`` thresholds."""
    labels, predictions = to_array(labels), to_array(predictions)
    num_thresholds = min(num_thresholds, _MOST_THRESHOLDS)
    positive = labels.astype(np.float64)
    weights = 1.0 if weights is None else weights
    bucket = np.int32(np.floor(predictions * (num_thresholds - 1)))

    def at_least(weights: Any) -> Any:
        """How much lies at each threshold or above."""
        counts, _ = np.histogram(bucket, bins=num_thresholds, range=(0, num_thresholds - 1), weights=weights)
        return np.cumsum(counts[::-1])[::-1]

    tp, fp = at_least(positive * weights), at_least((1.0 - positive) * weights)
    tn, fn = fp[0] - fp, tp[0] - tp
    precision, recall = tp / np.maximum(1e-7, tp + fp), tp / np.maximum(1e-7, tp + fn)
    return _pr_curve(tag, np.stack((tp, fp, tn, fn, precision, recall)), num_thresholds)


def pr_curve_raw(tag: str, counts: Any, num_thresholds: int = 127) -> Any:
    """The same from counts: true and false positives, true and false negatives, precision, recall."""
    return _pr_curve(tag, np.stack(counts), min(num_thresholds, _MOST_THRESHOLDS))


def _pr_curve(tag: str, data: Any, num_thresholds: int) -> Any:
    content = PrCurvePluginData(version=0, num_thresholds=num_thresholds).SerializeToString()
    return _one(tag, metadata=of_plugin("pr_curves", content), tensor=_floats(data))


# ------------------------------------------------------------------------------------------------ text and more
def text(tag: str, written: str) -> Any:
    """Text, which TensorBoard reads as Markdown."""
    proto = TensorProto(dtype="DT_STRING", string_val=[written.encode()], tensor_shape=shape_proto([1]))
    content = TextPluginData(version=0).SerializeToString()
    return _one(f"{tag}/text_summary", metadata=of_plugin("text", content), tensor=proto)


def custom_scalars(layout: dict[str, dict[str, Any]]) -> Any:
    """Which curves share a chart: ``{category: {title: ["Multiline", tags] or ["Margin", [middle, lower, upper]]}}``."""
    categories = []
    for category, titles in layout.items():
        charts = []
        for title, (kind, tags) in titles.items():
            if kind == "Margin":
                if len(tags) != 3:
                    raise AssertionError("len(tags) != 3")
                series = layout_pb2.MarginChartContent.Series(value=tags[0], lower=tags[1], upper=tags[2])
                charts.append(layout_pb2.Chart(title=title, margin=layout_pb2.MarginChartContent(series=[series])))
            else:
                charts.append(layout_pb2.Chart(title=title, multiline=layout_pb2.MultilineChartContent(tag=tags)))
        categories.append(layout_pb2.Category(title=category, chart=charts))
    content = layout_pb2.Layout(category=categories).SerializeToString()
    proto = TensorProto(dtype="DT_STRING", string_val=[content], tensor_shape=TensorShapeProto())
    return _one("custom_scalars__config__", tensor=proto, metadata=of_plugin("custom_scalars"))


def mesh(tag: str, vertices: Any, colors: Any, faces: Any, config: dict[str, Any] | None) -> Any:
    """Points in space ``(B, N, 3)``, with the triangles and colours that are given."""
    kinds = ((vertices, MeshPluginData.VERTEX), (faces, MeshPluginData.FACE), (colors, MeshPluginData.COLOR))
    parts = [(to_array(given), kind) for given, kind in kinds if given is not None]
    components = mesh_metadata.get_components_bitmask([kind for _, kind in parts])
    settings = "{}" if config is None else json.dumps(config, sort_keys=True)
    values = []
    for array, kind in parts:
        metadata = mesh_metadata.create_summary_metadata(
            tag, None, kind, components, array.shape, None, json_config=settings
        )
        name = mesh_metadata.get_instance_name(tag, kind)
        values.append(Summary.Value(tag=name, tensor=_floats(array), metadata=metadata))
    return Summary(value=values)
