"""Losses are torch's."""

from __future__ import annotations

import pytest
from oracle.harness import ErrorCase, OpCase, S, T, checks, compare

F = "nn.functional."
REDUCTIONS = ("mean", "sum", "none")
X, Y = T(3, 4), T(3, 4, seed=1)
PROBABILITY, TARGET = T(3, 4, low=0.02, high=0.98), T(3, 4, low=0.0, high=1.0, seed=1)
CLASSES = T(values=[1, 0, 3], dtype="int64")
SIGNS = T(values=[[1, -1, 1, -1], [1, 1, -1, -1], [-1, 1, 1, 1]], grad=False)


def each(*args, **options):
    return [S(*args, reduction=reduction, **options) for reduction in REDUCTIONS]


def numbers(**options):
    """Calls of a loss between two tensors of numbers."""
    return [
        *each(X, Y, **options), S(X.with_(dtype="float64"), Y.with_(dtype="float64"), **options), S(X, Y.with_(grad=False), **options),
        S(X, Y.with_(dtype="float64"), **options), S(T(), T(seed=1), **options), S(T(0), T(0), **options), S(X, T(4), **options),
        S(X, T(3, 4, dtype="int64"), **options), S(X.with_(dtype="int64"), T(3, 4, dtype="int64"), **options),
    ]  # fmt: skip


REGRESSION = [
    OpCase(F + "mse_loss", numbers()),
    OpCase(F + "l1_loss", numbers()),
    OpCase(F + "smooth_l1_loss", numbers() + numbers(beta=0.4) + [S(X, Y, beta=0.0)]),
    OpCase(F + "huber_loss", numbers() + numbers(delta=0.4)),
    OpCase(F + "mse_loss", each(X, Y, weight=T(3, 4, low=0.1, grad=False))),
    OpCase(F + "l1_loss", each(X, Y, weight=T(3, 4, low=0.1, grad=False))),
    OpCase(F + "huber_loss", each(X, Y, weight=T(3, 4, low=0.1, grad=False))),
    OpCase(F + "poisson_nll_loss", each(X, TARGET) + each(PROBABILITY, TARGET, log_input=False, full=True), rtol=5e-6),
    OpCase(F + "gaussian_nll_loss", [S(X, Y, PROBABILITY), S(X, Y, T(3, 1, low=0.1), True), S(X, Y, T(3, low=0.1), reduction="sum")], rtol=1e-5),
    OpCase(F + "kl_div", [*each(X, TARGET), S(X, TARGET, reduction="batchmean"), S(X, Y, reduction="batchmean", log_target=True)], rtol=5e-6),
    *(ErrorCase(F + name, X, T(3, 5)) for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "poisson_nll_loss")),
    *(ErrorCase(F + name, X, Y, reduction="foo") for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div")),
    ErrorCase(F + "smooth_l1_loss", X, Y, beta=-1.0),
    ErrorCase(F + "huber_loss", X, Y, delta=0.0),
    ErrorCase(F + "mse_loss", X, Y, weight=T(3)),
    ErrorCase(F + "mse_loss", X, [1.0, 2.0]),
    ErrorCase(F + "gaussian_nll_loss", X, Y, T(2, 4, low=0.1)),
    ErrorCase(F + "gaussian_nll_loss", X, Y, T(values=[[-1.0] * 4] * 3)),
]  # fmt: skip

BINARY = [
    OpCase(F + "binary_cross_entropy", [
        *each(PROBABILITY, TARGET), S(PROBABILITY, TARGET, T(4, low=0.1, grad=False)), S(PROBABILITY, TARGET.with_(grad=False)),
        S(T(values=[0.0, 1.0, 0.0, 1.0], grad=False), T(values=[0.0, 1.0, 1.0, 0.0], grad=False), reduction="none"),
    ], rtol=2e-5),
    OpCase(F + "binary_cross_entropy_with_logits", [
        *each(X, TARGET), S(X, TARGET, T(4, low=0.1, grad=False)), S(X, TARGET, pos_weight=T(4, low=0.1, grad=False)),
        S(X, TARGET, T(4, low=0.1, grad=False), pos_weight=T(3, 4, low=0.1, grad=False), reduction="none"),
        S(T(values=[-200.0, 200.0, 0.0], grad=False), T(values=[1.0, 0.0, 0.5], grad=False), reduction="none"),
        S(X.with_(dtype="float64"), TARGET.with_(dtype="float64")),
    ], rtol=1e-5),
    OpCase(F + "multilabel_soft_margin_loss", [*each(X, TARGET.with_(grad=False)), S(X, TARGET.with_(grad=False), T(4, low=0.1, grad=False))], rtol=1e-5),
    OpCase(F + "soft_margin_loss", each(X, SIGNS), rtol=5e-6),
    ErrorCase(F + "binary_cross_entropy", PROBABILITY, T(3)),
    ErrorCase(F + "binary_cross_entropy", T(values=[1.5]), T(values=[0.5])),
    ErrorCase(F + "binary_cross_entropy", PROBABILITY, T(3, 4, dtype="int64")),
    ErrorCase(F + "binary_cross_entropy", PROBABILITY, T(values=[[1.5] * 4] * 3)),
    ErrorCase(F + "binary_cross_entropy", T(3, 1, low=0.1, high=0.9), T(3, low=0.1, high=0.9)),
    ErrorCase(F + "binary_cross_entropy_with_logits", X, T(4)),
    ErrorCase(F + "binary_cross_entropy_with_logits", X, T(3, 4, dtype="int64")),
]  # fmt: skip

IGNORING = T(values=[1, -100, 3], dtype="int64")
PLANES = T(values=[[0, 1], [3, 2], [-100, 1]], dtype="int64")
WEIGHT = T(4, low=0.2, grad=False)
CLASSIFICATION = [
    *(
        OpCase(F + name, [
            *each(X, CLASSES), *each(X, CLASSES, weight=WEIGHT), *each(X, IGNORING), *each(X, IGNORING, weight=WEIGHT),
            S(X, CLASSES, ignore_index=1), S(X, CLASSES, WEIGHT, ignore_index=0, reduction="sum"), S(T(4), T(values=2, dtype="int64")),
            S(T(4), T(values=[2], dtype="int64"), reduction="none"), *each(T(3, 4, 2), PLANES), *each(T(3, 4, 2), PLANES, weight=WEIGHT),
            S(T(2, 4, 2, 2), T(2, 2, 2, dtype="int64", low=0, high=4)), S(T(2, 4, 2, 1, 2), T(2, 2, 1, 2, dtype="int64", low=0, high=4), reduction="none"),
            S(X.with_(dtype="float64"), CLASSES), S(X, CLASSES.with_(dtype="uint8")), S(X, T(values=[-100] * 3, dtype="int64")),
            S(T(0, 4), T(0, dtype="int64")), S(T(3, 4, layout="transposed"), CLASSES),
        ], rtol=5e-6, skip=("strides",))
        for name in ("nll_loss", "cross_entropy")
    ),
    OpCase(F + "cross_entropy", [
        *each(X, CLASSES, label_smoothing=0.1), *each(X, IGNORING, label_smoothing=0.3, weight=WEIGHT), *each(T(3, 4, 2), PLANES, label_smoothing=0.2),
        *each(X, TARGET.with_(grad=False)), *each(X, TARGET.with_(grad=False), weight=WEIGHT), *each(X, TARGET.with_(grad=False), label_smoothing=0.2),
        S(T(4), T(4, low=0.0, grad=False)), S(T(2, 4, 3), T(2, 4, 3, low=0.0, grad=False)), S(X, TARGET.with_(grad=False), WEIGHT, label_smoothing=0.2),
        S(X, TARGET), S(T(values=[[1000.0, 0.0], [0.0, -1000.0]]), T(values=[1, 1], dtype="int64")),
    ], rtol=1e-5, skip=("strides",)),
    OpCase(F + "multi_margin_loss", [
        *each(X, CLASSES), S(X, CLASSES, 2), S(X, CLASSES, 1, 0.5, WEIGHT), S(T(4), T(values=2, dtype="int64")),
    ], rtol=5e-6, skip=("second",)),
    OpCase(F + "multilabel_margin_loss", [
        *each(X, T(values=[[3, 0, -1, 1], [1, -1, 0, 0], [-1, 2, 2, 1]], dtype="int64")), S(T(4), T(values=[3, 0, -1, 1], dtype="int64")),
    ], rtol=5e-6, skip=("second",)),
    *(ErrorCase(F + "cross_entropy", *args, **options) for args, options in (
        ((X, T(values=[1, 0], dtype="int64")), {}), ((X, T(values=[1, 0, 4], dtype="int64")), {}), ((X, T(values=[1, 0, -1], dtype="int64")), {}),
        ((X, T(3)), {}), ((X, T(3, 1, dtype="int64")), {}), ((X, T(3, 4, dtype="int64")), {}), ((X, CLASSES.with_(dtype="int32")), {}),
        ((X, CLASSES), {"weight": T(3)}), ((T(3, 4, dtype="int64"), CLASSES), {}), ((T(3, 4, 2), T(3, 3, dtype="int64")), {}),
        ((X, CLASSES), {"label_smoothing": 1.5}), (([1.0], CLASSES), {}), ((X, [1, 2]), {}), ((X, TARGET), {"ignore_index": 1}),
        ((X, CLASSES), {"weight": T(4, dtype="float64")}), ((X, T(values=1, dtype="int64")), {}), ((X, CLASSES), {"reduction": "foo"}),
        ((T(3, 4, 5), T(3, dtype="int64")), {}),
    )),
    *(ErrorCase(F + "nll_loss", *args) for args in (
        (X, T(values=[1, 0], dtype="int64")), (X, T(3)), (X, T(values=[1, 0, 9], dtype="int64")), (X, T(3, 4, dtype="int64")),
        (T(), T(values=0, dtype="int64")), (T(3, 4, 2, 2), T(3, 2, dtype="int64")), (T(3, 4, 2, 2), T(3, 2, 3, dtype="int64")),
    )),
    ErrorCase(F + "multi_margin_loss", X, T(values=[1, 0, 4], dtype="int64")),
    ErrorCase(F + "multi_margin_loss", X, T(values=[1, 0], dtype="int64")),
    ErrorCase(F + "multi_margin_loss", X, CLASSES, 3),
]  # fmt: skip

EMBEDDINGS = [
    OpCase(F + "hinge_embedding_loss", each(X, SIGNS) + [S(X, SIGNS, 0.3)]),
    OpCase(F + "margin_ranking_loss", each(X, Y, SIGNS) + [S(X, Y, SIGNS, 0.4)]),
    OpCase(F + "cosine_embedding_loss", each(X, Y, T(values=[1, -1, 1], grad=False)) + [S(T(4), T(4, seed=1), T(values=-1.0, grad=False), 0.2)], rtol=1e-5),
    OpCase(F + "triplet_margin_loss", [*each(X, Y, T(3, 4, seed=2)), S(X, Y, T(3, 4, seed=2), 0.4, 1.0, swap=True)], rtol=1e-5),
    OpCase(F + "triplet_margin_with_distance_loss", each(X, Y, T(3, 4, seed=2)), rtol=1e-5, skip=("grad_fn",)),
    ErrorCase(F + "margin_ranking_loss", T(3, 2), T(3), T(3)),
    ErrorCase(F + "cosine_embedding_loss", X, Y, T(3, 4)),
    ErrorCase(F + "triplet_margin_loss", X, Y, T(4)),
    ErrorCase(F + "triplet_margin_loss", X, Y, Y, margin=-1),
]  # fmt: skip


@pytest.mark.parametrize("check", checks(REGRESSION))
def test_regression(check):
    check()


@pytest.mark.parametrize("check", checks(BINARY))
def test_binary(check):
    check()


@pytest.mark.parametrize("check", checks(CLASSIFICATION))
def test_classification(check):
    check()


@pytest.mark.parametrize("check", checks(EMBEDDINGS))
def test_embeddings(check):
    check()


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("zero_infinity", [False, True])
@pytest.mark.parametrize(
    ("targets", "steps", "lengths"),
    [
        ([[1, 2], [3, 3]], [5, 4], [2, 2]),
        ([1, 2, 3, 3, 1], [6, 5], [2, 3]),
        ([[1, 2], [3, 0]], [6, 6], [0, 1]),
        ([[1, 1], [2, 2]], [2, 6], [2, 2]),  # the first cannot be: it needs a blank between
    ],
)
def test_ctc(targets, steps, lengths, reduction, zero_infinity):
    def run(m):
        x = m.arange(6 * 2 * 4, dtype=m.float32).reshape(6, 2, 4).sin().requires_grad_()
        args = (m.tensor(targets), m.tensor(steps), m.tensor(lengths))
        loss = m.nn.functional.ctc_loss(m.log_softmax(x, -1), *args, reduction=reduction, zero_infinity=zero_infinity)
        loss.sum().backward()
        leaf = m.log_softmax(x, -1).detach().requires_grad_()
        m.nn.functional.ctc_loss(leaf, *args, reduction="sum", zero_infinity=zero_infinity).backward()
        return loss.detach(), x.grad, leaf.grad

    compare(run, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "code",
    [
        "torch.tensor([[1, 2], [3, 1]]), torch.tensor([6, 7]), torch.tensor([2, 2])",
        "torch.tensor([[1, 2], [3, 1]]), torch.tensor([6, 6]), torch.tensor([2, 3])",
        "torch.tensor([[1, 2], [3, 1]]), torch.tensor([6]), torch.tensor([2, 2])",
        "torch.tensor([[1, 2], [3, 1]]), torch.tensor([6, 6]), torch.tensor([2, 2]), 9",
    ],
)
def test_ctc_errors(code):
    compare(lambda m: m.nn.functional.ctc_loss(m.zeros(6, 2, 4), *eval(code, {"torch": m})))


def test_size_warning_points_at_the_caller():
    compare(lambda m: m.nn.functional.mse_loss(m.zeros(3, 1), m.zeros(3)))
    compare(lambda m: m.nn.functional.l1_loss(m.zeros(3, 1), m.zeros(3)))
    compare(lambda m: m.nn.functional.mse_loss(m.zeros(3), m.zeros(3), size_average=False))
    compare(lambda m: m.nn.CrossEntropyLoss(reduce=False)(m.zeros(2, 3), m.tensor([0, 1])))
