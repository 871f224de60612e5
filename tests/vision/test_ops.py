"""Boxes and regions: what torchvision computes in its compiled part, against plain loops and its own form in Python."""

from __future__ import annotations

import math
import re
import sys

import numpy as np
import pytest
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


def test_deformable_convolution():
    """Against torch's samples of pictures between the pixels; without offsets a convolution."""
    x = RNG.standard_normal((2, 4, 7, 6)).astype("float32")
    offset = (RNG.standard_normal((2, 36, 4, 3)) * 1.5).astype("float32")
    mask, weight = RNG.random((2, 18, 4, 3)).astype("float32"), RNG.standard_normal((6, 2, 3, 3)).astype("float32")
    theirs = [torch.tensor(v, requires_grad=True) for v in (x, offset, mask, weight)]
    mine = [tg.tensor(v, requires_grad=True) for v in (x, offset, mask, weight)]

    def sampled(x: torch.Tensor, offset: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        taps = []
        for g in range(2):
            for i in range(3):
                for j in range(3):
                    tap = 9 * g + 3 * i + j
                    y = torch.arange(4)[:, None] * 2 - 1 + i + offset[:, 2 * tap]
                    z = torch.arange(3) * 2 - 1 + j + offset[:, 2 * tap + 1]
                    grid = torch.stack([2 * z / 5 - 1, 2 * y / 6 - 1], -1)
                    part = torch.nn.functional.grid_sample(x[:, 2 * g : 2 * g + 2], grid, align_corners=True)
                    taps.append(part * mask[:, tap, None])
        return torch.stack(taps).reshape(2, 9, 2, 2, 4, 3).permute(2, 0, 3, 1, 4, 5).reshape(2, 2, 18, 12)

    expected = (theirs[3].reshape(2, 3, 18) @ sampled(*theirs[:3])).reshape(2, 6, 4, 3)
    found = ops.deform_conv2d(mine[0], mine[1], mine[3], stride=2, padding=1, mask=mine[2])
    (expected**2).sum().backward()
    (found**2).sum().backward()
    np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), atol=2e-5)
    for a, b in zip(mine, theirs):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-3)

    layers = []
    for package, o in ((torch, torchvision.ops), (tg, ops)):
        package.manual_seed(0)  # type: ignore[attr-defined]
        layers.append(o.DeformConv2d(4, 6, 3, stride=2, padding=(1, 2), dilation=2, groups=2))
    assert repr(layers[1]) == repr(layers[0])
    assert repr(ops.DeformConv2d(4, 6, 1, bias=False)) == repr(torchvision.ops.DeformConv2d(4, 6, 1, bias=False))
    for a, b in zip(layers[1].parameters(), layers[0].parameters()):
        assert np.array_equal(a.detach().numpy(), b.detach().numpy())
    still = tg.zeros(2, 18, 3, 3)
    plain = tg.nn.functional.conv2d(mine[0], layers[1].weight, layers[1].bias, 2, (1, 2), 2, 2)
    assert (layers[1](mine[0], still) - plain).abs().max() < 1e-5
    with pytest.raises(RuntimeError, match=re.escape("offset output dims: (4, 3) - computed output dims: (3, 3)")):
        layers[1](mine[0], tg.zeros(2, 18, 4, 3))
    with pytest.raises(RuntimeError, match=r"Got offset.shape\[1\]=17, while 2 \* weight.size\[2\] .*=18"):
        layers[1](mine[0], tg.zeros(2, 17, 3, 3))
    with pytest.raises(RuntimeError, match=re.escape("mask.shape[1] is not valid: got: 8 expected: 9")):
        layers[1](mine[0], still, tg.zeros(2, 8, 3, 3))


def test_position_sensitive_pooling():
    x = RNG.standard_normal((2, 12, 10, 12)).astype("float32")
    rois = np.concatenate([RNG.integers(0, 2, (6, 1)), some_boxes(6, 9)], 1).astype("float32")
    for scale in (1.0, 0.5):
        aligned = ops.ps_roi_align(tg.tensor(x), tg.tensor(rois), (2, 3), scale, 2).numpy()
        pooled = ops.ps_roi_pool(tg.tensor(x), tg.tensor(rois), (2, 3), scale).numpy()
        assert aligned.shape == pooled.shape == (6, 2, 2, 3)
        whole = ops.roi_align(tg.tensor(x), tg.tensor(rois), (2, 3), scale, 2, aligned=True).numpy()
        for k, (image, *corners) in enumerate(rois.tolist()):
            x1, y1, x2, y2 = (math.floor(v * scale + 0.5) for v in corners)
            tall, wide = max(y2 - y1, 1) / 2, max(x2 - x1, 1) / 3
            for c in range(2):
                for i in range(2):
                    for j in range(3):
                        channel = (c * 2 + i) * 3 + j
                        assert aligned[k, c, i, j] == whole[k, channel, i, j]
                        a, b = (min(max(v + y1, 0), 9) for v in (math.floor(i * tall), math.ceil((i + 1) * tall)))
                        d, e = (min(max(v + x1, 0), 11) for v in (math.floor(j * wide), math.ceil((j + 1) * wide)))
                        part = x[int(image), channel, a:b, d:e]
                        assert abs(pooled[k, c, i, j] - (part.mean() if part.size else 0)) < 1e-5
    layers = [(o.PSRoIAlign(3, 1.0, 2), o.PSRoIPool(2, 0.5)) for o in (torchvision.ops, ops)]
    assert repr(layers[1]) == repr(layers[0])
    assert layers[1][1](tg.tensor(x), tg.tensor(rois)).shape == (6, 3, 2, 2)
    with pytest.raises(
        RuntimeError, match=re.escape("input channels must be a multiple of pooling height * pooling width")
    ):
        ops.ps_roi_pool(tg.tensor(x), tg.tensor(rois), 5)


def outcome(f, package, o):
    try:
        result = f(package, o)
        return str(result.dtype).rpartition(".")[2], result.numpy()
    except (ValueError, NotImplementedError) as error:
        return type(error).__name__, str(error)


def test_forms_of_boxes():
    """Every form to every other, whole and real numbers, several dimensions; overlaps; what is said of forms that there are not."""
    forms = {"xyxy": 4, "xywh": 4, "cxcywh": 4, "xywhr": 5, "cxcywhr": 5, "xyxyxyxy": 8, "none": 4}
    calls = []
    for kind in ("float32", "int64"):
        a, b = ((RNG.random((2, n, 4)).cumsum(-1) * 9).astype(kind) for n in (4, 3))
        for start, size in forms.items():
            x = (RNG.random((2, 3, size)) * 20).astype(kind)
            calls += [lambda t, o, x=x, s=start, e=e: o.box_convert(t.tensor(x), s, e) for e in forms]
            if size == 4:
                calls.append(lambda t, o, a=a, b=b, s=start: o.box_iou(t.tensor(a), t.tensor(b), s))
                calls.append(lambda t, o, a=a, s=start: o.box_area(t.tensor(a), s))
        for name in ("generalized_box_iou", "distance_box_iou", "complete_box_iou"):
            calls.append(lambda t, o, a=a, b=b, name=name: getattr(o, name)(t.tensor(a), t.tensor(b)))
        calls.append(lambda t, o, a=a: o.remove_small_boxes(t.tensor(a), 5))
    masks = RNG.random((3, 5, 6)) > 0.8
    masks[1] = False
    calls.append(lambda t, o: o.masks_to_boxes(t.tensor(masks)))
    for call in calls:
        (kind, expected), (own, found) = outcome(call, torch, torchvision.ops), outcome(call, tg, ops)
        assert own == kind
        if isinstance(expected, str):
            assert found == expected
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_overlaps_of_turned_boxes():
    square = tg.tensor([[5.0, 5, 2, 2, 0], [5, 5, 2, 2, 45], [6, 5, 2, 2, 90], [50, 5, 2, 2, 10], [5, 5, 0, 2, 0]])
    octagon = 8 * (math.sqrt(2) - 1)  # what two squares of side 2 share, one of them turned by 45 degrees
    ious = ops.box_iou(square, square, "cxcywhr")
    assert ious.dtype == tg.float32
    assert np.allclose(ious[0], [1, octagon / (8 - octagon), 1 / 3, 0, 0], atol=1e-6)
    assert np.allclose(ious, ious.T, atol=1e-6)
    for form in ("xywhr", "xyxyxyxy"):
        other = ops.box_convert(square[:4], "cxcywhr", form)
        assert np.allclose(ops.box_iou(other, other, form), ious[:4, :4], atol=1e-5)
    boxes = some_boxes(6, 9)
    flat = ops.box_convert(tg.tensor(boxes), "xyxy", "cxcywh")
    turned = tg.cat([flat, tg.zeros(6, 1)], 1)
    assert np.allclose(ops.box_iou(turned, turned, "cxcywhr"), ops.box_iou(flat, flat, "cxcywh"), atol=1e-6)
    turned[:, 4] = 30
    points = RNG.random((100_000, 2)) * 20 - 4  # those that lie in both, of those that lie in one
    inside = []
    for x, y, w, h, r in turned.tolist():
        a = math.radians(r)
        along = (points - [x, y]) @ [math.cos(a), -math.sin(a)]
        across = (points - [x, y]) @ [math.sin(a), math.cos(a)]
        inside.append((np.abs(along) <= w / 2) & (np.abs(across) <= h / 2))
    counted = np.array([[(i & j).sum() / (i | j).sum() for j in inside] for i in inside])
    assert np.abs(ops.box_iou(turned, turned, "cxcywhr").numpy() - counted).max() < 0.03
    with pytest.raises(RuntimeError, match=re.escape("boxes1 should have shape (N, 5), got [1, 6, 5]")):
        ops.box_iou(turned[None], turned, "cxcywhr")


def test_torchvisions_names():
    assert not set(torchvision.ops.__all__) - set(vars(ops))
