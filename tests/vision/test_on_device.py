"""Transforms of tensors and a model on the GPU that is not there (see `tests/strict`): the CPU's numbers, no hidden transfer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from strict.strict_array import StrictArray, strict_cuda

import tinygrad_edu as tg
from tinygrad_edu import backend
from tinygrad_edu.autograd.variable import wrap
from tinygrad_edu.vision import models, transforms, utils
from tinygrad_edu.vision.transforms import functional as F

BYTES = np.random.default_rng(0).integers(0, 256, (3, 9, 8), dtype=np.uint8)
FLOATS = BYTES.astype(np.float32) / 255

CALLS: list[Callable[[Any], Any]] = [
    F.hflip,
    F.vflip,
    F.invert,
    F.autocontrast,
    F.equalize,
    lambda x: F.crop(x, -1, 2, 4, 9),
    lambda x: F.center_crop(x, 5),
    lambda x: F.resize(x, (6, 5)),
    lambda x: F.resize(x, 12, transforms.InterpolationMode.NEAREST),
    lambda x: F.pad(x, 2, padding_mode="reflect"),
    lambda x: F.rgb_to_grayscale(x, 3),
    lambda x: F.convert_image_dtype(x, tg.float32),
    lambda x: F.normalize(F.convert_image_dtype(x, tg.float32), [0.5, 0.4, 0.3], [0.1, 0.2, 0.3]),
    lambda x: F.adjust_brightness(x, 1.3),
    lambda x: F.adjust_contrast(x, 0.6),
    lambda x: F.adjust_saturation(x, 1.4),
    lambda x: F.adjust_hue(x, 0.2),
    lambda x: F.adjust_gamma(x, 0.7),
    lambda x: F.adjust_sharpness(x, 1.8),
    lambda x: F.posterize(x, 3),
    lambda x: F.solarize(x, 0.4),
    lambda x: F.gaussian_blur(x, 3),
    lambda x: F.rotate(x, 30, transforms.InterpolationMode.BILINEAR, expand=True, fill=0.5),
    lambda x: F.affine(x, 10, [1, 2], 1.1, [3.0, 4.0]),
    lambda x: F.perspective(x, [[0, 0], [7, 0], [7, 8], [0, 8]], [[1, 0], [6, 1], [7, 7], [0, 8]]),
    lambda x: F.erase(x, 1, 2, 3, 4, 0),
    lambda x: utils.make_grid(F.convert_image_dtype(x[:, None], tg.float32), nrow=2, normalize=True),
]


@pytest.fixture(params=["strict", "cupy"] if backend.cuda_available() else ["strict"])
def to_device(request: pytest.FixtureRequest) -> Iterator[Callable[[np.ndarray], Any]]:
    if request.param == "strict":
        with strict_cuda():
            yield lambda array: wrap(StrictArray(array))
    else:
        yield lambda array: wrap(backend.kernels_for("cuda").from_host(array, None))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("image", [BYTES, FLOATS], ids=["bytes", "floats"])
def test_transforms(call: Callable[[Any], Any], image: np.ndarray, to_device: Callable[[np.ndarray], Any]) -> None:
    try:
        expected = call(tg.from_numpy(image.copy()))
    except TypeError as error:  # for bytes only
        with pytest.raises(TypeError, match=str(error)[:20]):
            call(to_device(image))
        return
    got = call(to_device(image))
    assert got.device.type == "cuda"
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
    assert np.allclose(got.cpu().numpy().astype(float), expected.numpy().astype(float), atol=1e-5)


def test_lenet(to_device: Callable[[np.ndarray], Any]) -> None:
    tg.manual_seed(0)
    net, images = models.lenet(), np.random.default_rng(1).random((2, 1, 32, 32), np.float32)
    expected = net(tg.from_numpy(images)).detach().numpy()
    got = net.to("cuda")(to_device(images))
    got.sum().backward()
    assert net.features[0].weight.grad.device.type == "cuda"
    assert np.allclose(got.detach().cpu().numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["MaskRCNN", "KeypointRCNN", "RetinaNet", "FCOS", "SSD"])
def test_detectors(kind: str, to_device: Callable[[np.ndarray], Any]) -> None:
    """What is found is the CPU's; in training everything stays on the device."""
    room = models.detection
    tg.manual_seed(0)
    backbone: Any = tg.nn.Sequential(tg.nn.Conv2d(3, 32, 8, stride=8))
    backbone.out_channels = [32] if kind == "SSD" else 32
    classes, sizes = 3, {"min_size": 32, "max_size": 64}
    if kind == "SSD":
        boxes = room.anchor_utils.DefaultBoxGenerator([[2]])
        model: Any = room.ssd.SSD(backbone, boxes, (48, 32), classes)
    elif kind == "FCOS":
        anchors = room.rpn.AnchorGenerator(((8,),), ((1.0,),))
        model = room.FCOS(backbone, classes, anchor_generator=anchors, score_thresh=0.0, **sizes)
    elif kind == "RetinaNet":
        model = room.RetinaNet(
            backbone, classes, anchor_generator=room.rpn.AnchorGenerator(((16,),), ((0.5, 1.0),)), **sizes
        )
    else:
        part = kind.removesuffix("RCNN").lower()
        pools: Any = {
            f"{name}_roi_pool": tg.vision.ops.MultiScaleRoIAlign(["0"], 2, 2, canonical_scale=16)
            for name in ("box", part)
        }
        anchors = room.rpn.AnchorGenerator(((16,),), ((0.5, 1.0),))
        if part == "mask":
            pools["mask_head"] = room.mask_rcnn.MaskRCNNHeads(32, [256], 1)
        else:
            pools["keypoint_head"] = room.keypoint_rcnn.KeypointRCNNHeads(32, [512])
        model = getattr(room, kind)(backbone, classes, rpn_anchor_generator=anchors, **pools, **sizes)
    image = np.random.default_rng(1).random((3, 32, 48), np.float32)
    masks = tg.zeros(1, 32, 48, dtype=tg.uint8)
    target = {
        "boxes": tg.tensor([[4.0, 5, 30, 28]]), "labels": tg.tensor([1]), "masks": masks, "keypoints": tg.ones(1, 17, 3) * 9
    }  # fmt: skip
    with tg.no_grad():
        expected = model.eval()([tg.from_numpy(image)])[0]
        found = model.to("cuda")([to_device(image)])[0]
    assert {value.device.type for value in found.values()} == {"cuda"}
    assert np.allclose(found["scores"].cpu().numpy(), expected["scores"].numpy(), atol=1e-4)
    losses = model.train()([to_device(image)], [{key: value.to("cuda") for key, value in target.items()}])
    sum(losses.values()).backward()
    assert backbone[0].weight.grad.device.type == "cuda"


def test_pooling_and_deformable_convolution(to_device: Callable[[np.ndarray], Any]) -> None:
    x, offset = (
        np.random.default_rng(n).random(shape, np.float32) for n, shape in ((0, (1, 4, 8, 8)), (1, (1, 8, 7, 7)))
    )
    rois, weight = np.array([[0, 1, 1, 6, 7]], np.float32), np.ones((2, 4, 2, 2), np.float32)
    ops = tg.vision.ops
    for call, more in (
        (lambda x, rois: ops.ps_roi_align(x, rois, 2), [rois]),
        (lambda x, rois: ops.ps_roi_pool(x, rois, 2), [rois]),
        (lambda x, rois: ops.roi_pool(x, rois, 2), [rois]),
        (ops.deform_conv2d, [offset, weight]),
    ):
        expected = call(*(tg.from_numpy(array) for array in (x, *more)))
        inputs = [to_device(array).requires_grad_() for array in (x, *more)]
        found = call(*inputs)
        found.sum().backward()
        assert inputs[0].grad.device.type == "cuda"
        assert np.allclose(found.detach().cpu().numpy(), expected.numpy(), atol=1e-5)
