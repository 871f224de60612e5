"""Figures of merit that are added up over batches of any sizes: `update` with each batch, `compute` at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.modes import no_grad
from ..ops.registry import functions as F


class Metric:
    """A figure over a whole data set. Subclasses define `reset`, `update` and `compute`; ``name`` stands in the history."""

    name = "metric"

    def __init__(self, name: str | None = None) -> None:
        if name is not None:
            self.name = name
        self.reset()

    def reset(self) -> None:
        """Forget all batches."""
        raise NotImplementedError

    def update(self, output: Any, target: Any) -> None:
        """Take in one batch: what the model said, and what is right."""
        raise NotImplementedError

    def compute(self) -> Any:
        """The figure over all batches since `reset`."""
        raise NotImplementedError

    def __call__(self, output: Any, target: Any) -> Any:
        """Of one batch alone.

        >>> import tinygrad_edu as tg
        >>> Accuracy()(tg.tensor([[0.1, 0.9], [0.8, 0.2]]), tg.tensor([1, 1]))
        0.5
        """
        self.reset()
        self.update(output, target)
        return self.compute()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


class MeanMetric(Metric):
    """The mean of ``function(output, target)`` over all examples: batches count by their size.

    >>> import tinygrad_edu as tg
    >>> mean = MeanMetric(lambda output, target: (output - target).mean(), "difference")
    >>> mean.update(tg.ones(3), tg.zeros(3)); mean.update(5 * tg.ones(1), tg.zeros(1)); mean.compute()
    2.0
    """

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None) -> None:
        self.function = function
        super().__init__(name or getattr(function, "__name__", type(function).__name__))

    def reset(self) -> None:
        self.total, self.count = 0.0, 0

    def update(self, output: Any, target: Any) -> None:
        with no_grad():
            self.add(float(self.function(output, target)), len(target))

    def add(self, value: float, count: int) -> None:
        """Take in a mean of ``count`` examples."""
        self.total += value * count
        self.count += count

    def compute(self) -> float:
        return self.total / self.count if self.count else float("nan")


class _Sum(MeanMetric):
    """The sum over all examples, of a function that gives the sum over a batch."""

    def add(self, value: float, count: int) -> None:
        self.total += value
        self.count = 1


def mean_of(loss: Callable[[Any, Any], Any]) -> MeanMetric:
    """Adds up a loss over batches: its mean over all examples, or their sum, as the loss itself has it for a batch."""
    return (_Sum if getattr(loss, "reduction", "mean") == "sum" else MeanMetric)(loss, "loss")


class MeanSquaredError(MeanMetric):
    """Mean of ``(output - target)²``."""

    def __init__(self, name: str = "mse") -> None:
        super().__init__(lambda output, target: ((output - _like(target, output)) ** 2).double().mean(), name)


class MeanAbsoluteError(MeanMetric):
    """Mean of ``|output - target|``."""

    def __init__(self, name: str = "mae") -> None:
        super().__init__(lambda output, target: (output - _like(target, output)).abs().double().mean(), name)


def _like(target: Any, output: Any) -> Any:
    """Targets in the outputs' shape: no (N, 1) against (N,), which would broadcast to (N, N)."""
    if target.shape != output.shape and target.numel() == output.numel():
        return target.reshape(output.shape)
    if target.shape != output.shape:
        raise ValueError(
            f"expected targets of the outputs' shape {tuple(output.shape)}, got {tuple(target.shape)}: compare what belongs together"
        )
    return target


def classes_of(output: Any, threshold: float = 0.5) -> Any:
    """The class that each output stands for: the largest of several scores, or whether the only one exceeds ``threshold``."""
    if output.is_floating_point() and output.dim() > 1 and output.shape[1] > 1:
        return output.argmax(1)
    flat = output.squeeze(1) if output.dim() > 1 and output.shape[1] == 1 else output
    return (flat > threshold).long() if output.is_floating_point() else flat.long()


def _compared(output: Any, target: Any, threshold: float) -> tuple[Any, Any]:
    """Predicted and true classes, flat."""
    target = target.detach()
    found = classes_of(output.detach(), threshold)
    right = (
        target.argmax(1)
        if target.dim() == output.dim() > 1 and output.shape[1] > 1 and target.shape == output.shape
        else target
    )
    if right.numel() != found.numel():
        raise ValueError(
            f"outputs of shape {tuple(output.shape)} stand for {found.numel()} classes, but there are {right.numel()} targets "
            f"(shape {tuple(target.shape)}): give one class index, or one row of one-hot numbers, for each"
        )
    return found.reshape(-1), right.reshape(-1).long()


class Accuracy(Metric):
    """How many of all examples are put into the right class.

    Outputs ``(N, C, …)``: the class with the largest score counts; ``(N,)`` or ``(N, 1)``: a score above ``threshold`` means 1.
    """

    name = "accuracy"

    def __init__(self, name: str | None = None, threshold: float = 0.5) -> None:
        self.threshold = threshold
        super().__init__(name)

    def reset(self) -> None:
        self.right = self.count = 0

    def update(self, output: Any, target: Any) -> None:
        found, right = _compared(output, target, self.threshold)
        self.right += int((found == right).sum())
        self.count += right.numel()

    def compute(self) -> float:
        return self.right / self.count if self.count else float("nan")


class BinaryAccuracy(Accuracy):
    """Accuracy of yes or no, each output on its own. ``threshold=0`` for logits."""

    def update(self, output: Any, target: Any) -> None:
        found = (output.detach() > self.threshold).long()
        self.right += int((found == _like(target, output).long()).sum())
        self.count += target.numel()


class ConfusionMatrix(Metric):
    """How often an example of class i (row) was taken for class j (column)."""

    name = "confusion"

    def __init__(self, num_classes: int = 2, name: str | None = None, threshold: float = 0.5) -> None:
        self.num_classes, self.threshold = num_classes, threshold
        super().__init__(name)

    def reset(self) -> None:
        self.counts: Any = F["zeros"](self.num_classes, self.num_classes, dtype=F["arange"](1).dtype)

    def update(self, output: Any, target: Any) -> None:
        found, right = _compared(output, target, self.threshold)
        n = self.num_classes
        largest = int(max(int(found.max()), int(right.max()))) if right.numel() else 0
        if largest >= n:
            raise ValueError(
                f"{type(self).__name__}(num_classes={n}): there is a class {largest}; give num_classes={largest + 1}"
            )
        self.counts += F["bincount"](right.cpu() * n + found.cpu(), minlength=n * n).reshape(n, n)

    def compute(self) -> Any:
        return self.counts


class _FromCounts(ConfusionMatrix):
    """A figure made from a confusion matrix: of class 1 where there are two, else the mean over all classes."""

    def compute(self) -> float:
        counts = self.counts.double()
        hits, given, there = counts.diagonal(), counts.sum(0), counts.sum(1)
        each = [self.formula(*map(float, row)) for row in zip(hits, given, there)]
        return each[1] if self.num_classes == 2 else sum(each) / len(each)

    @staticmethod
    def formula(hits: float, given: float, there: float) -> float:
        """Of one class: how many were found rightly, how many were said to be it, how many are."""
        raise NotImplementedError


class Precision(_FromCounts):
    """How many of those that are said to be of a class are: hits / said. 0 where nothing was said."""

    name = "precision"

    @staticmethod
    def formula(hits: float, given: float, there: float) -> float:
        return hits / given if given else 0.0


class Recall(_FromCounts):
    """How many of those that are of a class are found: hits / there. 0 where there are none."""

    name = "recall"

    @staticmethod
    def formula(hits: float, given: float, there: float) -> float:
        return hits / there if there else 0.0


class F1(_FromCounts):
    """The harmonic mean of precision and recall: 2 hits / (said + there)."""

    name = "f1"

    @staticmethod
    def formula(hits: float, given: float, there: float) -> float:
        return 2 * hits / (given + there) if given + there else 0.0


class AUC(Metric):
    """The area under the ROC curve: how probable it is that an example of class 1 has a higher score than one of class 0.

    Exact, from the ranks of all scores; equal scores count half.

    >>> import tinygrad_edu as tg
    >>> AUC()(tg.tensor([0.1, 0.4, 0.35, 0.8]), tg.tensor([0, 0, 1, 1]))
    0.75
    """

    name = "auc"

    def reset(self) -> None:
        self.scores: list[Any] = []
        self.targets: list[Any] = []

    def update(self, output: Any, target: Any) -> None:
        output = output.detach()
        if output.dim() == 2 and output.shape[1] == 2:
            output = output[:, 1] - output[:, 0]  # in the order of the probability of class 1
        self.scores.append(output.reshape(-1).double().cpu())
        self.targets.append(_like(target, output).reshape(-1).long().cpu())

    def compute(self) -> float:
        if not self.scores:
            return float("nan")
        scores, targets = F["cat"](self.scores), F["cat"](self.targets)
        positive = int(targets.sum())
        negative = targets.numel() - positive
        if not positive or not negative:
            return float("nan")
        _, place, counts = F["unique"](scores, return_inverse=True, return_counts=True)
        last = counts.cumsum(0)
        ranks = (last.double() - (counts.double() - 1) / 2)[place]  # equal scores share the mean of their ranks
        return (float(ranks[targets == 1].sum()) - positive * (positive + 1) / 2) / (positive * negative)
