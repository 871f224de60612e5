"""Detectors against torchvision's: the same weights from a seed, losses, gradients and detections, reprs, messages."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torchvision_kernels  # noqa: F401  torchvision's detectors run with them
from torchvision_ops import torchvision

import tinygrad_edu as tg
from tinygrad_edu.vision.models import detection

BOTH = ((torch, torchvision), (tg, tg.vision))
THEIRS = torchvision.models.detection


# --------------------------------------------------------------------------------------- tiny models
def pyramid(t: Any, channels: int, out_channels: Any = None) -> Any:
    """A backbone of two levels; features rise to the right and down, so that no two places of an empty margin are alike."""

    class Backbone(t.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = t.nn.Conv2d(3, channels, 3, stride=8, padding=1)
            self.second = t.nn.Conv2d(channels, channels, 3, stride=2, padding=1)
            self.out_channels = out_channels or channels

        def forward(self, x: Any) -> Any:
            fine = self.first(x).relu()
            fine = fine + t.linspace(0, 1, fine.shape[-1]) + t.linspace(0, 0.7, fine.shape[-2])[:, None]
            return OrderedDict(fine=fine, coarse=self.second(fine))

    return Backbone()


def r_cnn(t: Any, v: Any, kind: str) -> Any:
    """An R-CNN."""
    d = v.models.detection

    def pool(size: int) -> Any:
        levels = ["fine", "coarse"]
        return v.ops.MultiScaleRoIAlign(levels, size, 2, canonical_scale=40, canonical_level=3)

    parts: dict[str, Any] = {}
    if kind == "MaskRCNN":
        parts = {"mask_roi_pool": pool(4), "mask_head": d.mask_rcnn.MaskRCNNHeads(8, (8,), 1)}
        parts["mask_predictor"] = d.mask_rcnn.MaskRCNNPredictor(8, 8, 4)
    if kind == "KeypointRCNN":
        parts = {"keypoint_roi_pool": pool(4), "keypoint_head": d.keypoint_rcnn.KeypointRCNNHeads(8, (8,))}
        parts["keypoint_predictor"] = d.keypoint_rcnn.KeypointRCNNPredictor(8, 5)
    return getattr(d, kind)(
        pyramid(t, 8), min_size=(48, 64) if kind == "FasterRCNN" else 48, max_size=100, rpn_batch_size_per_image=32, box_batch_size_per_image=32,
        rpn_anchor_generator=d.rpn.AnchorGenerator(((16,), (32,)), ((0.5, 1.0, 2.0),) * 2), rpn_post_nms_top_n_train=60,
        rpn_post_nms_top_n_test=60, box_roi_pool=pool(3), box_head=d.faster_rcnn.TwoMLPHead(72, 16),
        box_predictor=d.faster_rcnn.FastRCNNPredictor(16, 4), box_score_thresh=0.2, box_detections_per_img=12, **parts,
    )  # fmt: skip


def one_stage(t: Any, v: Any, kind: str) -> Any:
    """A detector without proposals, with larger numbers than it starts with: they order what is found."""
    d = v.models.detection
    sizes = {"min_size": 64, "max_size": 100}
    if kind == "FCOS":
        anchors = d.rpn.AnchorGenerator(((8,), (16,)), ((1.0,),) * 2)
        model = d.FCOS(pyramid(t, 32), 4, anchor_generator=anchors, score_thresh=0.05, **sizes)
    elif kind == "SSD":
        boxes = d.anchor_utils.DefaultBoxGenerator([[2], [2, 3]])
        model = d.ssd.SSD(pyramid(t, 8, [8, 8]), boxes, (64, 48), 4)
    else:
        anchors = d.rpn.AnchorGenerator(((16, 20), (32, 40)), ((0.5, 1.0),) * 2)
        model = d.RetinaNet(pyramid(t, 8), 4, anchor_generator=anchors, score_thresh=0.005, **sizes)
        if kind == "overlap":
            model.head.regression_head._loss_type = "giou"
    with t.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.12)
    return model


def some_images(t: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    """Two images of different sizes and what is in them."""
    images = [t.rand(3, 50, 60), t.rand(3, 40, 70)]
    masks = [t.zeros(2, 50, 60, dtype=t.uint8), t.zeros(1, 40, 70, dtype=t.uint8)]
    masks[0][0, 10:30, 5:30], masks[0][1, 20:45, 20:55], masks[1][0, 5:30, 10:40] = 1, 1, 1
    boxes = [t.tensor([[5.0, 10, 30, 30], [20, 20, 55, 45]]), t.tensor([[10.0, 5, 40, 30]])]
    labels = [t.tensor([1, 2]), t.tensor([3])]
    points = [
        t.cat([t.rand(n, 5, 2) * t.tensor([w, h]), (t.rand(n, 5, 1) > 0.3).float()], 2)
        for n, w, h in ((2, 60.0, 50.0), (1, 70.0, 40.0))
    ]
    keys = ("boxes", "labels", "masks", "keypoints")
    return images, [dict(zip(keys, each)) for each in zip(boxes, labels, masks, points)]


def same(found: Any, expected: Any, **tolerances: float) -> None:
    found, expected = (x.detach().numpy() for x in (found, expected))
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, **{"rtol": 1e-3, "atol": 1e-4, **tolerances})


MODELS = [(r_cnn, kind) for kind in ("FasterRCNN", "MaskRCNN", "KeypointRCNN")]
MODELS += [(one_stage, kind) for kind in ("RetinaNet", "overlap", "FCOS", "SSD")]


@pytest.mark.parametrize(("build", "kind"), MODELS)
def test_losses_gradients_and_detections(build, kind):
    made = []
    for t, v in BOTH:
        t.manual_seed(3)
        model = build(t, v, kind).double()
        start = {key: value.clone() for key, value in model.state_dict().items()}
        images, targets = some_images(t)
        images = [image.double() for image in images]  # rounding would order what is found
        targets = [{**target, "boxes": target["boxes"].double()} for target in targets]
        losses = model(images, targets)
        sum(losses.values()).backward()
        gradients = {name: p.grad for name, p in model.named_parameters()}
        nothing = [targets[0], {key: value[:0] for key, value in targets[1].items()}]
        with t.no_grad():
            losses |= {f"{name}, one image empty": loss for name, loss in model(images, nothing).items()}
            model.eval()
            found = model(images)
        made.append((repr(model), start, losses, gradients, found))
    (text, *dicts, detections), (our_text, *our_dicts, our_detections) = made
    assert our_text == text
    for expected, found in zip([*dicts, *detections], [*our_dicts, *our_detections], strict=True):
        assert list(found) == list(expected)
        for key in expected:
            same(found[key], expected[key])
    assert len(our_detections[0]["boxes"])


NAMES = torchvision.models.list_models(THEIRS)


@pytest.mark.parametrize("name", NAMES)
def test_models_by_name_are_put_together_as_torchvision_does(name):
    made = []
    for t, v in BOTH:
        with t.device("meta"):
            model = v.models.get_model(name, weights_backbone=None)
        shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
        made.append((shapes, repr(model), [p.requires_grad for p in model.parameters()]))
    assert made[0] == made[1]


def test_sets_of_weights_and_names():
    assert tg.vision.models.list_models(detection) == NAMES
    assert not set(vars(THEIRS)) - set(vars(detection)) - {"annotations"}
    for kind in (name for name in vars(THEIRS) if name.endswith("_Weights")):
        expected, found = getattr(THEIRS, kind), getattr(detection, kind)
        assert [str(member) for member in found] == [str(member) for member in expected]
        assert tg.vision.models.get_weight(f"{kind}.DEFAULT") is found.DEFAULT
        for theirs, ours in zip(expected, found):
            assert ours.url == theirs.url
            assert repr(ours.transforms()) == repr(theirs.transforms())
            for key in ("num_params", "categories", "min_size", "_metrics", "keypoint_names"):
                assert ours.meta.get(key) == theirs.meta.get(key)
    picture = detection.SSD300_VGG16_Weights.DEFAULT.transforms()(tg.full((3, 2, 2), 255, dtype=tg.uint8))
    assert picture.dtype == tg.float32
    assert picture.max() == 1


def test_trained_weights_freeze_the_norm_layers(tmp_path, monkeypatch):
    """The first sets were trained without eps; what there is of older files has other names."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    sets = detection.FasterRCNN_MobileNet_V3_Large_FPN_Weights
    model = detection.fasterrcnn_mobilenet_v3_large_fpn(num_classes=91, weights_backbone=None)
    state = {
        key.replace("head.conv.0.0", "head.conv").replace("blocks.0.0.", "blocks.0."): value
        for key, value in model.state_dict().items()
    }
    tg.save(state, tmp_path / "hub" / "checkpoints" / sets.DEFAULT.url.rpartition("/")[2])
    loaded = detection.fasterrcnn_mobilenet_v3_large_fpn(weights=sets.DEFAULT)
    norms = {m for m in loaded.modules() if isinstance(m, tg.vision.ops.FrozenBatchNorm2d)}
    assert norms
    assert loaded.rpn.head.conv[0][0].weight.equal(model.rpn.head.conv[0][0].weight)
    assert not next(loaded.backbone.parameters()).requires_grad
    detection._utils.overwrite_eps(loaded, 0.25)
    assert {m.eps for m in norms} == {0.25}
    tg.save(loaded.state_dict(), tmp_path / "mine.pth")
    plain = detection.fasterrcnn_mobilenet_v3_large_fpn(weights=tmp_path / "mine.pth")
    assert plain.backbone.body["0"][1].weight.equal(loaded.backbone.body["0"][1].weight)
    assert next(plain.backbone.parameters()).requires_grad


# ------------------------------------------------------------------------------------------ the parts
def outcome(f: Any) -> str:
    """What it warns of, and the error it raises."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            f()
            error = "no error"
        except Exception as e:
            error = f"{type(e).__name__}: {e}"
    text = " / ".join([*(str(w.message) for w in caught), error])
    return text.replace("torchvision", "tinygrad_edu.vision").replace("torch.", "tinygrad_edu.")


def mistakes(t: Any, v: Any) -> list[str]:
    d = v.models.detection
    utils, layer = d._utils, t.nn.ReLU()
    layer.out_channels = 8
    model = r_cnn(t, v, "MaskRCNN")
    images, box, one = [t.rand(3, 50, 60)], t.tensor([[1.0, 2, 30, 40]]), t.ones(1, dtype=t.int64)
    other = one_stage(t, v, "RetinaNet")
    names, mobile = d.backbone_utils, v.models.mobilenet_v3_small()
    vgg = SimpleNamespace(features=t.nn.Sequential(t.nn.MaxPool2d(2)))

    def learning(model: Any, target: Any, images: Any = images) -> Any:
        t.manual_seed(0)
        return lambda: model(images, target)

    return [outcome(f) for f in (
        lambda: d.FasterRCNN(t.nn.ReLU(), 2), lambda: d.FasterRCNN(layer), lambda: d.RetinaNet(t.nn.ReLU(), 2),
        lambda: d.FasterRCNN(layer, 2, box_predictor=layer), lambda: d.FasterRCNN(layer, 2, rpn_anchor_generator=3),
        lambda: d.FasterRCNN(layer, 2, box_roi_pool=3), lambda: d.MaskRCNN(layer, 2, mask_roi_pool=3),
        lambda: d.MaskRCNN(layer, 2, mask_predictor=layer), lambda: d.KeypointRCNN(layer, 2, keypoint_roi_pool=3),
        lambda: d.KeypointRCNN(layer, 2, keypoint_predictor=layer, num_keypoints=3),
        lambda: d.RetinaNet(layer, 2, anchor_generator=3), lambda: d.FCOS(layer, 2, anchor_generator=3),
        lambda: d.FCOS(layer, 2, anchor_generator=d.rpn.AnchorGenerator((8, 16), ((1.0, 2.0),) * 2)),
        lambda: d.ssd.SSD(pyramid(t, 8, [8, 8]), d.anchor_utils.DefaultBoxGenerator([[2]]), (64, 48), 4),
        lambda: d.fasterrcnn_mobilenet_v3_large_fpn(weights="nope"),
        lambda: d.fasterrcnn_resnet50_fpn(weights="DEFAULT", num_classes=4),
        lambda: d.keypointrcnn_resnet50_fpn(weights="DEFAULT", num_keypoints=4),
        lambda: names._resnet_fpn_extractor(t.nn.Module(), 6),
        lambda: names._resnet_fpn_extractor(t.nn.Module(), 1, returned_layers=[0]),
        lambda: names.mobilenet_backbone(backbone_name="mobilenet_v3_small", pretrained=False, fpn=False),
        lambda: names._mobilenet_extractor(mobile, True, 9),
        lambda: names._mobilenet_extractor(mobile, True, 1, returned_layers=[9]),
        lambda: names._validate_trainable_layers(False, 3, 5, 3),
        lambda: names._validate_trainable_layers(True, 6, 5, 3),
        learning(model, None), learning(other, None), learning(model, [{"boxes": [1]}]), learning(other, [{"boxes": [1]}]),
        learning(model, [{"boxes": box[0]}]), learning(other, [{"boxes": box[0]}]), learning(model, [{"boxes": box}]),
        learning(model, [{"boxes": t.tensor([[3.0, 2, 4, 4], [1, 2, 1, 40]]), "labels": one}]),
        learning(model, [{"boxes": box, "labels": one}]), learning(model, [{"boxes": box, "labels": one.float()}]),
        learning(model, [{"boxes": box.int(), "labels": one}]),
        learning(model, [{"boxes": box, "labels": one}], [t.ones(3, 50, 60, dtype=t.uint8)]),
        learning(model, [{"boxes": box, "labels": one}], [t.rand(1, 3, 50, 60)]),
        learning(model, [{"boxes": box, "labels": one}], t.rand(50, 60)),
        lambda: utils.Matcher(0.3, 0.5), lambda: utils.Matcher(0.5, 0.3)(t.zeros(0, 3)),
        lambda: utils.Matcher(0.5, 0.3)(t.zeros(3, 0)),
        lambda: utils.BoxCoder((1, 1, 1, 1)).decode(t.zeros(3, 4), t.zeros(3, 4)),
        lambda: utils.BoxCoder((1, 1, 1, 1)).decode([1], [t.zeros(3, 4)]),
        lambda: utils._box_loss("x", None, None, None, None),
        lambda: d.anchor_utils.DefaultBoxGenerator([[2]], steps=[1, 2]),
        lambda: d.faster_rcnn.FastRCNNPredictor(4, 2)(t.rand(1, 4, 2, 1)),
        lambda: d.rpn.AnchorGenerator((8, 16), (1.0,)).grid_anchors([[1, 1]], [[1, 1]]),
        lambda: d.ssd._vgg_extractor(vgg, False, 9), lambda: d.ssdlite._mobilenet_extractor(mobile, 9, None),
        lambda: v.ops.nms(t.zeros(4), t.zeros(4), 0.5), lambda: v.ops.nms(t.zeros(4, 3), t.zeros(4), 0.5),
    )]  # fmt: skip


def test_mistakes_are_named_as_torchvision_names_them(monkeypatch):
    monkeypatch.setattr(detection.fasterrcnn_resnet50_fpn.weights, "get_state_dict", None)  # nothing is to be fetched
    theirs, ours = (mistakes(t, v) for t, v in BOTH)
    assert ours[:-2] == theirs[:-2]
    assert ours[-2:] == [
        "RuntimeError: boxes should be a 2d tensor, got 1D",
        "RuntimeError: boxes should have 4 elements in dimension 1, got 3",
    ]


def parts(t: Any, v: Any) -> list[Any]:
    """What boxes become in the hands of the parts."""
    d = v.models.detection
    utils, made = d._utils, d.image_list.ImageList(t.zeros(2, 3, 32, 48), [(30, 48), (32, 20)])
    t.manual_seed(0)
    overlaps, boxes, real = t.rand(3, 9), t.rand(6, 4).cumsum(1), t.rand(6, 4).cumsum(1)
    maps = [t.zeros(2, 8, 4, 6), t.zeros(2, 8, 2, 3)]
    coder, linear = utils.BoxCoder((10.0, 10, 5, 5)), utils.BoxLinearCoder()
    sampled = utils.BalancedPositiveNegativeSampler(4, 0.5)([t.tensor([1, 0, 0, -1, 2, 3, 0, 0]), t.tensor([0, 0, 1])])
    whole = d.anchor_utils.DefaultBoxGenerator([[2], [2, 3]], steps=[8, 16])
    shares = d.anchor_utils.DefaultBoxGenerator([[2], [3]], clip=False)
    flat = d.anchor_utils.DefaultBoxGenerator([[2]])
    grid = d.rpn.AnchorGenerator((8, 16), (0.5, 1.0))
    transform = d.transform.GeneralizedRCNNTransform((32, 40), 64, [0.5] * 3, [0.5] * 3, size_divisible=10)
    batch, targets = transform(
        [t.rand(3, 20, 30), t.rand(3, 20, 20)],
        [{"boxes": boxes, "keypoints": t.ones(1, 2, 3)}, {"boxes": real.double(), "masks": t.ones(1, 20, 20).byte()}],
    )
    fixed = d.transform.GeneralizedRCNNTransform(32, 64, [0.5] * 3, [0.5] * 3, fixed_size=(48, 24))
    heads = d.roi_heads
    places = t.tensor([[2.0, 1, 5, 7], [-3, -2, 4, 4]])
    losses = [
        utils._box_loss(kind, coder, boxes, real, t.rand(6, 4), {"beta": 0.3, "eps": 1e-6})
        for kind in ("l1", "smooth_l1", "ciou", "diou", "giou")
    ]
    return [
        utils.Matcher(0.9, 0.5, True)(overlaps), utils.Matcher(0.9, 0.5)(overlaps), utils.SSDMatcher(0.6)(overlaps),
        *sampled[0], *sampled[1], *coder.encode([boxes[:2], boxes[2:]], [real[:2], real[2:]]),
        coder.decode(t.rand(6, 8), [boxes[:4], boxes[4:]]), coder.decode(t.zeros(0, 8), [boxes[:0]]),
        linear.encode(boxes, real), linear.decode(t.rand(6, 4), boxes), *losses,
        *whole(made, maps), *shares(made, maps), *flat(made, maps[:1]), *grid(made, maps), *grid.cell_anchors,
        batch.tensors, *targets[0].values(), *targets[1].values(), fixed([t.rand(3, 20, 30)])[0].tensors,
        heads.paste_masks_in_image(t.rand(2, 1, 4, 4), places, (8, 9)),
        heads.paste_masks_in_image(t.rand(0, 1, 4, 4), places[:0], (8, 9)),
        *heads.keypoints_to_heatmap(t.rand(2, 3, 3) * 6, places, 5), *heads.heatmaps_to_keypoints(t.rand(2, 3, 4, 4), places),
        t.tensor([whole.scales, shares.scales]), t.tensor(grid.aspect_ratios), t.tensor(batch.image_sizes),
        v.ops.batched_nms(t.rand(1500, 4).cumsum(1), t.rand(1500), t.randint(0, 3, (1500,)), 0.3),
    ]  # fmt: skip


def test_parts():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, ours = (parts(t, v) for t, v in BOTH)
    for expected, found in zip(theirs, ours, strict=True):
        same(found, expected)
    texts = [
        (
            repr(d.anchor_utils.DefaultBoxGenerator([[2]])),
            repr(d.transform.GeneralizedRCNNTransform(8, 9, [1.0], [2.0])),
        )
        for d in (THEIRS, detection)
    ]
    assert texts[0] == texts[1]


def test_backbones_by_name():
    made = []
    for t, v in BOTH:
        utils = v.models.detection.backbone_utils
        t.manual_seed(0)
        x = t.rand(1, 3, 64, 64)
        networks = [
            utils.resnet_fpn_backbone(
                backbone_name="resnet18", weights=None, trainable_layers=2, returned_layers=[2, 4]
            ),
            utils.mobilenet_backbone(backbone_name="mobilenet_v3_small", weights=None, fpn=True, trainable_layers=1),
            utils.mobilenet_backbone(backbone_name="mobilenet_v3_small", weights=None, fpn=False, trainable_layers=0),
        ]
        results = [network(x) for network in networks]
        learning = [[name for name, p in network.named_parameters() if p.requires_grad] for network in networks]
        made.append((learning, [*results[0].values(), *results[1].values(), results[2]]))
    assert made[0][0] == made[1][0]
    for expected, found in zip(made[0][1], made[1][1], strict=True):
        same(found, expected)
