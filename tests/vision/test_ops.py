"""Boxes and regions: what torchvision computes in its compiled part, against plain loops and its own form in Python."""

from __future__ import annotations

import math
import sys

import numpy as np
import torch
from torchvision_ops import torchvision

import tinygrad_edu as tg
from tinygrad_edu.vision import ops

RNG = np.random.default_rng(0)


def some_boxes(n: int, reach: float) -> np.ndarray:
    low = RNG.random((n, 2)) * reach
    return np.concatenate([low, low + 0.5 + RNG.random((n, 2)) * reach / 3], 1).astype("float32")


def test_nms_keeps_the_best_of_those_that_overlap():
    boxes, scores = some_boxes(80, 30), RNG.random(80).round(1).astype("float32")  # with equal scores
    overlap = torchvision.ops.box_iou(torch.tensor(boxes), torch.tensor(boxes)).numpy()
    for threshold in (0.0, 0.2, 0.5, 1.0):
        kept: list[int] = []
        for i in np.argsort(-scores, kind="stable").tolist():
            if all(overlap[i, j] <= threshold for j in kept):
                kept.append(i)
        assert ops.nms(tg.tensor(boxes), tg.tensor(scores), threshold).tolist() == kept
    assert ops.nms(tg.zeros(0, 4), tg.zeros(0), 0.5).tolist() == []
    classes = RNG.integers(0, 3, 80)
    apart = ops.batched_nms(tg.tensor(boxes), tg.tensor(scores), tg.tensor(classes), 0.2).tolist()
    for c in range(3):
        own = np.flatnonzero(classes == c)
        alone = own[ops.nms(tg.tensor(boxes[own]), tg.tensor(scores[own]), 0.2).tolist()]
        assert [i for i in apart if classes[i] == c] == alone.tolist()


def test_roi_align_and_its_gradient():
    theirs = sys.modules["torchvision.ops.roi_align"]._roi_align.__wrapped__  # type: ignore[attr-defined]
    x = RNG.standard_normal((2, 3, 10, 12)).astype("float32")
    rois = np.concatenate([RNG.integers(0, 2, (8, 1)), some_boxes(8, 7)], 1).astype("float32")
    for aligned in (False, True):
        for samples in (-1, 2, 3):
            for scale in (1.0, 0.5):
                a, b = torch.tensor(x, requires_grad=True), tg.tensor(x, requires_grad=True)
                expected = theirs(a, torch.tensor(rois), scale, 3, 4, samples, aligned)
                found = ops.roi_align(b, tg.tensor(rois), (3, 4), scale, samples, aligned)
                (expected**2).sum().backward()
                (found**2).sum().backward()
                np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), atol=2e-5)
                np.testing.assert_allclose(b.grad.numpy(), a.grad.numpy(), atol=2e-4)
    by_image = [tg.tensor(rois[rois[:, 0] == i, 1:]) for i in (0, 1)]
    ordered = tg.tensor(np.concatenate([rois[rois[:, 0] == i] for i in (0, 1)]))
    assert ops.roi_align(tg.tensor(x), by_image, 2).equal(ops.roi_align(tg.tensor(x), ordered, 2))
    far = tg.tensor([[0.0, -30.0, -30.0, -20.0, -20.0]])
    assert ops.roi_align(tg.tensor(x), far, 2).abs().sum() == 0
    assert ops.roi_align(tg.tensor(x), tg.zeros(0, 5), 2).shape == (0, 3, 2, 2)


def test_roi_pool_takes_the_largest_of_each_bin():
    x = RNG.standard_normal((2, 3, 10, 12)).astype("float32")
    rois = np.concatenate([RNG.integers(0, 2, (6, 1)), some_boxes(6, 12)], 1).astype("float32")
    for scale in (1.0, 0.5):
        found = ops.roi_pool(tg.tensor(x), tg.tensor(rois), (2, 3), scale).numpy()
        for k, (image, *corners) in enumerate(rois.tolist()):
            x1, y1, x2, y2 = (math.floor(v * scale + 0.5) for v in corners)
            tall, wide = max(y2 - y1 + 1, 1) / 2, max(x2 - x1 + 1, 1) / 3
            for i in range(2):
                for j in range(3):
                    rows = slice(*(min(max(v + y1, 0), 10) for v in (math.floor(i * tall), math.ceil((i + 1) * tall))))
                    columns = slice(
                        *(min(max(v + x1, 0), 12) for v in (math.floor(j * wide), math.ceil((j + 1) * wide)))
                    )
                    part = x[int(image), :, rows, columns]
                    expected = part.max((1, 2)) if part.size else np.zeros(3)
                    np.testing.assert_array_equal(found[k, :, i, j], expected)


def test_boxes_are_pooled_from_the_level_that_fits_their_size():
    levels = {
        "fine": tg.full((1, 1, 64, 64), 1.0),
        "coarse": tg.full((1, 1, 32, 32), 2.0),
        "unused": tg.zeros(1, 1, 2, 2),
    }
    pool = ops.MultiScaleRoIAlign(["fine", "coarse"], 2, 2, canonical_scale=64, canonical_level=2)
    pooled = pool(levels, [tg.tensor([[10.0, 10, 40, 40], [0, 0, 200, 200]])], [(256, 256)])
    assert pooled.amax((1, 2, 3)).tolist() == [1.0, 2.0]
