"""torch's names for things in its files, and ours for the same things.

A pickle names classes and functions by module and name. Ours are written under torch's names, so that torch finds its
own; read back, torch's names lead to ours.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

PACKAGE = __name__.partition(".")[0]

# Where torch keeps each class of torch.nn and torch.optim: "module: names".
_TORCH_PLACES = """
torch.nn.modules.activation: CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax
Mish
  MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign
  Tanh Tanhshrink Threshold
torch.nn.modules.adaptive: AdaptiveLogSoftmaxWithLoss
torch.nn.modules.batchnorm: BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d
SyncBatchNorm torch.nn.modules.channelshuffle: ChannelShuffle torch.nn.modules.container: ModuleDict ModuleList
ParameterDict ParameterList Sequential torch.nn.modules.conv: Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d
ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d
  LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d
torch.nn.modules.distance: CosineSimilarity PairwiseDistance
torch.nn.modules.dropout: AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout
torch.nn.modules.flatten: Flatten Unflatten
torch.nn.modules.fold: Fold Unfold
torch.nn.modules.instancenorm: InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d
  LazyInstanceNorm3d
torch.nn.modules.linear: Bilinear Identity LazyLinear Linear NonDynamicallyQuantizableLinear
torch.nn.modules.loss: BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss
  HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss
  MultiMarginLoss NLLLoss PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss
  LinearCrossEntropyLoss
torch.nn.modules.module: Module
torch.nn.modules.normalization: CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm
torch.nn.modules.padding: CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d
ReflectionPad1d
  ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d
torch.nn.modules.pixelshuffle: PixelShuffle PixelUnshuffle
torch.nn.modules.pooling: AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d
  AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d
  MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d
torch.nn.modules.rnn: GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase
torch.nn.modules.sparse: Embedding EmbeddingBag
torch.nn.modules.transformer: Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder
  TransformerEncoderLayer
torch.nn.modules.upsampling: Upsample UpsamplingBilinear2d UpsamplingNearest2d
torch.nn.parallel.data_parallel: DataParallel
torch.nn.parameter: Buffer Parameter UninitializedBuffer UninitializedParameter
"""


@cache
def _nn_places() -> dict[str, str]:
    """Class name → torch's module, for torch.nn."""
    places: dict[str, str] = {}
    module = ""
    for word in _TORCH_PLACES.split():
        if word.endswith(":"):
            module = word[:-1]
        else:
            places[word] = module
    return places


def torch_name(thing: Any) -> tuple[str, str] | None:
    """The module and name under which torch knows a class or function of ours; None for a thing that is not ours."""
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module.partition(".")[0] != PACKAGE:
        return None
    nn, linear = (importlib.import_module(f"{PACKAGE}.{room}") for room in ("nn", "nn.linear"))
    if name in _nn_places() and thing in (getattr(nn, name, None), getattr(linear, name, None)):
        return _nn_places()[name], name
    if getattr(getattr(nn, "functional", None), name, None) is thing:
        return "torch.nn.functional", name
    if module.startswith(f"{PACKAGE}.optim."):
        part = "lr_scheduler" if "sched" in module else name.lower()
        return f"torch.optim.{part}", name
    if getattr(importlib.import_module(PACKAGE), name, None) is thing:
        return "torch", name
    return None


def ours(module: str, name: str) -> Any:
    """Our class or function of torch's name; None when we have none.

    >>> ours("torch", "Size"), ours("torch.nn.parameter", "Parameter")
    (<class 'tinygrad_edu.Size'>, <class 'tinygrad_edu.nn.parameter.Parameter'>)
    """
    if module.startswith(("torch.nn.modules.", "torch.nn.parameter", "torch.nn.parallel.")):
        rooms = ["nn", "nn.linear"]
    elif module == "torch._C._nn":  # where torch keeps compiled functions: the activation of a transformer's layer
        rooms = ["nn.functional"]
    elif module.startswith("torch.optim.lr_scheduler"):
        rooms = ["optim.lr_scheduler", "optim"]
    elif module.startswith("torch.optim"):
        rooms = ["optim"]
    elif module.startswith("torch._tensor") or module == "torch":
        rooms = [""]
    elif module.startswith("torch."):
        rooms = [module.removeprefix("torch.")]
    elif module.startswith("torchvision."):
        rooms = [
            module.replace("torchvision", "vision", 1),
            *(f"vision.{room}" for room in ("models", "transforms", "ops")),
        ]
    else:
        return None
    for room in rooms:
        try:
            place = importlib.import_module(f"{PACKAGE}.{room}".rstrip("."))
        except ModuleNotFoundError:
            continue
        if (found := getattr(place, name, None)) is not None:
            return found
    return None
