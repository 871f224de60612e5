"""Training in a few lines: a `Model` that is compiled, fitted, evaluated and asked for predictions, with callbacks and metrics.

    model = train.Model(nn.Sequential(nn.Linear(2, 1)))
    model.compile(optimizer="sgd", lr=0.03, loss="mse")
    history = model.fit(x, y, epochs=20, validation_split=0.2)

Everything it does is a loop over a `DataLoader` with ``loss.backward()`` and ``optimizer.step()``: `Model.fit` is that loop, written
once. The names are those of Keras.
"""

from __future__ import annotations

from .callbacks import Callback, CSVLogger, LambdaCallback, TerminateOnNaN
from .checkpoint import ModelCheckpoint
from .control import EarlyStopping, LearningRateScheduler, ReduceLROnPlateau
from .history import History
from .metrics import (
    AUC,
    F1,
    Accuracy,
    BinaryAccuracy,
    ConfusionMatrix,
    MeanAbsoluteError,
    MeanMetric,
    MeanSquaredError,
    Metric,
    Precision,
    Recall,
)
from .model import Model
from .progress import ProgressBar
from .summary import summary
from .tensorboard import TensorBoard

__all__ = [
    "AUC", "F1", "Accuracy", "BinaryAccuracy", "CSVLogger", "Callback", "ConfusionMatrix", "EarlyStopping", "History",
    "LambdaCallback", "LearningRateScheduler", "MeanAbsoluteError", "MeanMetric", "MeanSquaredError", "Metric", "Model",
    "ModelCheckpoint", "Precision", "ProgressBar", "Recall", "ReduceLROnPlateau", "TensorBoard", "TerminateOnNaN", "summary",
]  # fmt: skip
