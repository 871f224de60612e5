"""Hyperparameters of a run and the figures that it reached, for TensorBoard's page that compares runs."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import metadata
from tensorboard.plugins.hparams.api_pb2 import DataType, Experiment, HParamInfo, MetricInfo, MetricName, Status
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo, SessionStartInfo

from ...autograd.variable import Variable
from .arrays import to_array
from .summaries import of_plugin


def hparams(settings: Any, figures: Any, choices: Any = None) -> tuple[Any, Any, Any]:
    """What is compared, this run's settings, and that it ended well.

    ``choices``: for some settings the values that it may have, a list of values of the same type.
    """
    choices = choices or {}
    for name, given in (("hparam_dict", settings), ("metric_dict", figures), ("hparam_domain_discrete", choices)):
        if not isinstance(given, dict):
            raise TypeError(f"parameter: {name} should be a dictionary, nothing logged.")
    for name, values in choices.items():
        same = type(settings.get(name))
        if name not in settings or not isinstance(values, list) or not all(isinstance(v, same) for v in values):
            raise TypeError(
                f"parameter: hparam_domain_discrete[{name}] should be a list of same type as hparam_dict[{name}]."
            )
    start = SessionStartInfo()
    described = []
    for name, value in settings.items():
        if value is None:
            continue
        if isinstance(value, Variable):
            field, kind, value = "number_value", "DATA_TYPE_FLOAT64", float(to_array(value).reshape(-1)[0])
        elif isinstance(value, (int, float)):  # bool too: 0 or 1
            field, kind = "number_value", "DATA_TYPE_FLOAT64"
        elif isinstance(value, str):
            field, kind = "string_value", "DATA_TYPE_STRING"
        else:
            raise ValueError("value should be one of int, float, str, bool, or torch.Tensor")
        setattr(start.hparams[name], field, value)
        domain = None
        if name in choices:
            domain = struct_pb2.ListValue(values=[struct_pb2.Value(**{field: each}) for each in choices[name]])
        described.append(HParamInfo(name=name, type=DataType.Value(kind), domain_discrete=domain))
    experiment = Experiment(
        hparam_infos=described, metric_infos=[MetricInfo(name=MetricName(tag=name)) for name in figures]
    )
    end = SessionEndInfo(status=Status.Value("STATUS_SUCCESS"))
    return (
        _summary(metadata.EXPERIMENT_TAG, experiment=experiment),
        _summary(metadata.SESSION_START_INFO_TAG, session_start_info=start),
        _summary(metadata.SESSION_END_INFO_TAG, session_end_info=end),
    )


def _summary(tag: str, **what: Any) -> Any:
    content = HParamsPluginData(version=metadata.PLUGIN_DATA_VERSION, **what).SerializeToString()
    return Summary(value=[Summary.Value(tag=tag, metadata=of_plugin(metadata.PLUGIN_NAME, content))])
