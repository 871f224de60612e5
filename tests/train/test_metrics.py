"""Metrics: the same over batches of any sizes as over the whole, and as by definition."""

from __future__ import annotations

from typing import Any

import pytest

import tinygrad_edu as tg
from tinygrad_edu import train

G = tg.Generator().manual_seed(0)
SCORES = tg.randn(101, 3, generator=G)
CLASSES = tg.randint(3, (101,), generator=G)
ONE = tg.rand(101, generator=G)
YES = (ONE + tg.randn(101, generator=G) * 0.4 > 0.5).long()
ROUND = (ONE * 5).round() / 5  # many equal scores


def by_pairs(scores: Any, target: Any) -> float:
    """AUC as it is defined: how often a positive example has the higher score."""
    positive, negative = scores[target == 1], scores[target == 0]
    difference = positive.reshape(-1, 1) - negative
    return float(((difference > 0).double() + 0.5 * (difference == 0).double()).mean())


def counted(target: Any, found: Any, classes: int) -> list[list[int]]:
    return [[int(((target == i) & (found == j)).sum()) for j in range(classes)] for i in range(classes)]


FOUND = SCORES.argmax(1)
HARD = (ONE > 0.5).long()
TP, FP, FN = (int((HARD.eq(a) & YES.eq(b)).sum()) for a, b in ((1, 1), (1, 0), (0, 1)))
CASES: dict[str, tuple[Any, Any, Any, Any]] = {
    "classes": (train.Accuracy(), SCORES, CLASSES, (FOUND == CLASSES).double().mean().item()),
    "one-hot": (train.Accuracy(), SCORES, tg.nn.functional.one_hot(CLASSES, 3), (FOUND == CLASSES).double().mean().item()),
    "yes or no": (train.Accuracy(), ONE, YES, (HARD == YES).double().mean().item()),
    "a column": (train.Accuracy(), ONE.reshape(-1, 1), YES.reshape(-1, 1).float(), (HARD == YES).double().mean().item()),
    "logits": (train.BinaryAccuracy(threshold=0), ONE - 0.5, YES, (HARD == YES).double().mean().item()),
    "mse": (train.MeanSquaredError(), ONE, YES.float(), ((ONE - YES) ** 2).double().mean().item()),
    "mae": (train.MeanAbsoluteError(), ONE.reshape(-1, 1), YES, (ONE - YES).abs().double().mean().item()),
    "precision": (train.Precision(), ONE, YES, TP / (TP + FP)),
    "recall": (train.Recall(), ONE, YES, TP / (TP + FN)),
    "f1": (train.F1(), ONE, YES, 2 * TP / (2 * TP + FP + FN)),
    "auc": (train.AUC(), ONE, YES, by_pairs(ONE, YES)),
    "auc, ties": (train.AUC(), ROUND, YES, by_pairs(ROUND, YES)),
    "auc, two scores": (train.AUC(), tg.stack([-ONE, ONE], 1), YES, by_pairs(ONE, YES)),
    "confusion": (train.ConfusionMatrix(3), SCORES, CLASSES, counted(CLASSES, FOUND, 3)),
    "recall of three": (train.Recall(3), SCORES, CLASSES,
                        sum(row[i] / sum(row) for i, row in enumerate(counted(CLASSES, FOUND, 3))) / 3),
    "function": (train.MeanMetric(lambda o, t: (o.squeeze() - t).max() * 0 + 2.5), ONE, YES, 2.5),
}  # fmt: skip


def test_metrics_are_as_defined_over_batches_of_any_size() -> None:
    wrong = []
    for name, (metric, output, target, want) in CASES.items():
        for size in (101, 100, 64, 7, 1):
            metric.reset()
            for i in range(0, 101, size):
                metric.update(output[i : i + size], target[i : i + size])
            found = metric.compute()
            found = found.tolist() if hasattr(found, "tolist") else found
            if found != (want if isinstance(want, list) else pytest.approx(want, rel=1e-6)):
                wrong.append(f"{name} in batches of {size}: {found}, expected {want}")
    assert not wrong, "\n".join(wrong)


def test_empty_one_sided_and_wrong() -> None:
    for metric in (train.Accuracy(), train.AUC(), train.MeanSquaredError()):
        assert metric.compute() != metric.compute()  # nan
    auc = train.AUC()
    auc.update(ONE, tg.ones(101))
    assert auc.compute() != auc.compute()
    assert train.Precision()(tg.zeros(3), tg.ones(3)) == 0.0
    with pytest.raises(ValueError, match="there is a class 2; give num_classes=3"):
        train.ConfusionMatrix()(SCORES, CLASSES)
    with pytest.raises(ValueError, match="compare what belongs together"):
        train.MeanSquaredError()(SCORES, CLASSES)
    with pytest.raises(ValueError, match="stand for 101 classes, but there are 303"):
        train.Accuracy()(ONE, tg.ones(101, 3))
    assert repr(train.AUC("area")) == "AUC(name='area')"
