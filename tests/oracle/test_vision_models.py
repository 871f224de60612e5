"""Models against torchvision's: keys, initial weights, outputs, gradients, older spellings."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision_ops import torchvision

import tinygrad_edu as tg
from tests.oracle.vision_kit import text_of
from tinygrad_edu.vision import models

THEIRS = torchvision.models
RNG = np.random.default_rng(0)

# what is built with real numbers, and the size of the images it then sees
BUILT: dict[str, tuple[dict[str, Any], int]] = {
    "alexnet": ({"num_classes": 7, "dropout": 0.2}, 64),
    "resnet18": ({"num_classes": 5}, 40),
}


def pair(name: str, **arguments: Any) -> tuple[Any, Any]:
    """The same model of either package, made after the same seed."""
    torch.manual_seed(3)
    theirs = getattr(THEIRS, name)(**arguments)
    tg.manual_seed(3)
    return theirs, getattr(models, name)(**arguments)


def small_linear_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """50 units where there are 4,096, in either package: AlexNet and VGG without their hundred million weights."""
    for package in (torch, tg):

        class Linear(package.nn.Linear):
            def __init__(self, a: int, b: int) -> None:
                super().__init__(*(50 if n == 4096 else n for n in (a, b)))

        monkeypatch.setattr(package.nn, "Linear", Linear)


def draw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in (torch, tg):
        for draw in ("kaiming_uniform_", "kaiming_normal_", "uniform_", "normal_", "trunc_normal_"):
            monkeypatch.setattr(package.nn.init, draw, lambda tensor, *args, **kwargs: tensor)


def assert_same_state(ours: Any, theirs: Any) -> None:
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for key, value in b.items():
        assert np.array_equal(a[key].numpy(), value.numpy()), key


@pytest.mark.parametrize("name", BUILT)
def test_initial_weights_and_outputs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small_linear_layers(monkeypatch)
    arguments, side = BUILT[name]
    theirs, ours = pair(name, **arguments)
    assert_same_state(ours, theirs)
    assert tg.rand(2).tolist() == torch.rand(2).tolist()  # as many numbers were drawn
    assert repr(ours) == repr(theirs)
    images = RNG.standard_normal((2, 3, side, side), np.float32)
    theirs.eval()
    ours.eval()
    with torch.no_grad(), tg.no_grad():
        a, b = ours(tg.from_numpy(images)).numpy(), theirs(torch.from_numpy(images)).numpy()
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= 2e-5 * max(1.0, np.abs(b).max())


SMALL: dict[str, tuple[dict[str, Any], int]] = {
    "mobilenet_v2": ({"num_classes": 5, "width_mult": 0.25}, 40),
    "squeezenet1_0": ({"num_classes": 5}, 40),
    "squeezenet1_1": ({"num_classes": 5}, 40),
    "DenseNet": ({"growth_rate": 8, "block_config": (2, 3), "num_init_features": 16, "num_classes": 5, "drop_rate": 0.2}, 40),
    "googlenet": ({"num_classes": 5, "init_weights": False}, 40),
    "efficientnet_b0": ({"num_classes": 5}, 40),
    "mobilenet_v3_small": ({"num_classes": 5, "dilated": True, "reduced_tail": True}, 40),
    "shufflenet_v2_x0_5": ({"num_classes": 5}, 40),
    "mnasnet0_5": ({"num_classes": 5}, 40),
    "VisionTransformer": (
        {"image_size": 32, "patch_size": 8, "num_layers": 2, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 32, "num_classes": 5,
         "representation_size": 7}, 32),
    "ConvNeXt": ({"stochastic_depth_prob": 0.3, "num_classes": 5}, 64),
    "SwinTransformer": (
        {"patch_size": [2, 2], "embed_dim": 16, "depths": [2, 3], "num_heads": [2, 4], "window_size": [3, 4], "dropout": 0.1,
         "attention_dropout": 0.1, "stochastic_depth_prob": 0.3, "num_classes": 5}, 15),
    "SwinTransformer V2": (
        {"patch_size": [2, 2], "embed_dim": 16, "depths": [2, 1], "num_heads": [2, 4], "window_size": [4, 3],
         "stochastic_depth_prob": 0.3, "num_classes": 5}, 6),
    "RegNet": ({"stem_width": 8, "num_classes": 5}, 40),
    "EfficientNet": ({"dropout": 0.2, "stochastic_depth_prob": 0.3, "last_channel": 32, "num_classes": 5}, 40),
    "Inception3": ({"num_classes": 5, "init_weights": False, "transform_input": True, "aux_logits": False}, 80),
    "MaxVit": (
        {"input_size": (28, 28), "stem_channels": 8, "partition_size": 7, "block_channels": [16], "block_layers": [2],
         "head_dim": 8, "stochastic_depth_prob": 0.2, "num_classes": 5}, 28),
    "InceptionAux": ({"in_channels": 3, "num_classes": 5}, 17),
}  # fmt: skip


def parts(name: str, file: Any) -> dict[str, Any]:
    """Arguments that are of classes from the architecture's own file."""
    if name == "ConvNeXt":
        return {"block_setting": [file.CNBlockConfig(8, 16, 2), file.CNBlockConfig(16, None, 1)]}
    if name == "SwinTransformer V2":
        return {"block": file.SwinTransformerBlockV2, "downsample_layer": file.PatchMergingV2}
    if name == "RegNet":
        made = file.BlockParams.from_init_params(5, 16, 12.5, 2.1, 8, bottleneck_multiplier=0.5, se_ratio=0.25)
        return {"block_params": made}
    if name == "EfficientNet":
        fused, plain = file.FusedMBConvConfig, file.MBConvConfig
        stages = [fused(1, 3, 1, 8, 8, 2), fused(4, 3, 2, 8, 16, 2), plain(4, 3, 2, 16, 24, 2)]
        return {"inverted_residual_setting": stages}
    return {}


@pytest.mark.parametrize("name", SMALL)
def test_other_architectures(name: str) -> None:
    """Keys, initial weights, repr, and outputs evaluating and training."""
    arguments, side = SMALL[name]
    built = []
    for package, m in ((torch, THEIRS), (tg, models)):
        make = getattr(m.inception if name == "InceptionAux" else m, name.partition(" ")[0])  # type: ignore[attr-defined]
        more = {**arguments, **parts(name, sys.modules[make.__module__])}
        package.manual_seed(3)  # type: ignore[attr-defined]
        built.append(make(**more))
    theirs, ours = built
    assert_same_state(ours, theirs)
    assert repr(ours) == repr(theirs)
    if name == "VisionTransformer":  # its last layer starts as zeros
        weights = RNG.standard_normal((5, 7), np.float32)
        theirs.heads.head.weight.data, ours.heads.head.weight.data = torch.tensor(weights), tg.tensor(weights)
    images = RNG.standard_normal((2, 3, side, side), np.float32)
    for train in (False, True):
        torch.manual_seed(1)
        tg.manual_seed(1)
        b, a = theirs.train(train)(torch.from_numpy(images)), ours.train(train)(tg.from_numpy(images))
        assert type(a).__name__ == type(b).__name__.lstrip("_")
        for mine, other in zip(*((v if isinstance(v, tuple) else (v,)) for v in (a, b)), strict=True):
            assert np.allclose(mine.detach().numpy(), other.detach().numpy(), rtol=2e-3, atol=2e-3)


def test_boxes() -> None:
    """The helpers of torchvision.ops around boxes, and its small layers."""
    corners = RNG.random((6, 2), np.float32) * 50
    boxes = np.concatenate([corners, corners + RNG.random((6, 2), np.float32) * 40], axis=1)
    found = []
    for package, ops in ((torch, torchvision.ops), (tg, tg.vision.ops)):
        b, scores = package.tensor(boxes), package.tensor(np.linspace(0.1, 0.9, 6, dtype=np.float32))
        masks = package.tensor(boxes[:, None, :] > 20)
        logits, targets = package.tensor(boxes[0] / 30 - 1), package.tensor([0.0, 1.0, 1.0, 0.0])
        found.append(
            [ops.box_area(b), ops.box_iou(b, b[:3]), ops.generalized_box_iou(b, b), ops.clip_boxes_to_image(b, (40, 30)),
             ops.remove_small_boxes(b, 20), ops.masks_to_boxes(masks),
             *(ops.box_convert(b, i, o) for i in ("xyxy", "xywh", "cxcywh") for o in ("xyxy", "xywh", "cxcywh")),
             ops.sigmoid_focal_loss(logits, targets, reduction="mean"), scores]
        )  # fmt: skip
    for mine, other in zip(found[1], found[0], strict=True):
        assert np.allclose(mine.numpy(), other.numpy(), rtol=1e-5, atol=1e-5)
    kept = tg.vision.ops.nms(
        found[1][1].new_tensor([[0, 0, 2, 2], [0, 0, 2, 2.1], [5, 5, 6, 6]]), tg.tensor([0.5, 0.9, 0.1]), 0.5
    )
    assert kept.tolist() == [1, 2]  # PyTorch's own is in the compiled part, which tests do without


def test_a_step_of_training() -> None:
    """In double precision: the batch norms of so few pixels magnify every rounding."""
    torch.manual_seed(0)
    theirs = THEIRS.ResNet(THEIRS.resnet.BasicBlock, [1, 1, 1, 1], num_classes=4, zero_init_residual=True)
    tg.manual_seed(0)
    ours = models.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=4, zero_init_residual=True)
    images, labels = RNG.standard_normal((4, 3, 32, 32)), np.array([0, 3, 1, 2])
    losses = []
    for package, model in ((torch, theirs.double()), (tg, ours.double())):
        optimizer = package.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(2):
            optimizer.zero_grad()
            output = model(package.from_numpy(images))
            loss = package.nn.functional.cross_entropy(output, package.from_numpy(labels))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert losses[2:] == pytest.approx(losses[:2], rel=1e-6)
    a, b = ours.state_dict(), theirs.state_dict()
    for key in b:
        assert np.allclose(a[key].numpy(), b[key].numpy(), rtol=1e-5, atol=1e-7), key


def test_layers_shapes_and_counts_of_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the meta device, where a billion weights cost nothing."""
    draw_nothing(monkeypatch)
    widths = THEIRS.regnet.BlockParams.from_init_params

    def off_meta(*args: Any, **kwargs: Any) -> Any:  # torchvision computes these with tensors
        with torch.device("cpu"):
            return widths(*args, **kwargs)

    monkeypatch.setattr(THEIRS.regnet.BlockParams, "from_init_params", off_meta)
    names = [name for name in models.list_models() if hasattr(THEIRS, name)]
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how GoogLeNet's weights are drawn
        for name in names:
            with torch.device("meta"), tg.device("meta"):
                theirs, ours = getattr(THEIRS, name)(), getattr(models, name)()
            shapes = [[(key, tuple(v.shape)) for key, v in m.state_dict().items()] for m in (ours, theirs)]
            counts = {member.meta["num_params"] for member in models.get_model_weights(name)}
            count = sum(p.numel() for p in ours.parameters())
            if shapes[0] != shapes[1] or repr(ours) != repr(theirs) or (count not in counts and name != "googlenet"):
                wrong.append(name)
    assert not wrong
    assert len(names) > 50


SEGMENTING = tuple(models.list_models(module=models.segmentation))  # type: ignore[arg-type]


def test_layers_and_weights_of_segmentation_models(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_nothing(monkeypatch)
    assert list(SEGMENTING) == THEIRS.list_models(module=THEIRS.segmentation)
    for name in SEGMENTING:
        more = {} if name.startswith("lraspp") else {"aux_loss": True}
        with torch.device("meta"), tg.device("meta"):
            theirs, ours = (m.get_model(name, weights_backbone=None, **more) for m in (THEIRS, models))
        a, b = ([(k, tuple(v.shape)) for k, v in m.state_dict().items()] for m in (ours, theirs))
        assert (a, repr(ours)) == (b, repr(theirs)), name
        mine, other = (m.get_model_weights(name).DEFAULT for m in (models, THEIRS))
        assert (mine.url, mine.meta["_metrics"], repr(mine.transforms())) == (
            other.url, other.meta["_metrics"], repr(other.transforms())
        )  # fmt: skip
        assert mine.meta["num_params"] == sum(p.numel() for p in ours.parameters())
        assert models.get_weight(f"{type(mine).__name__}.DEFAULT") is mine
        told = []
        for m in (models, THEIRS):
            with pytest.raises(ValueError) as refused:
                m.get_model(name, weights="DEFAULT", num_classes=3)
            told.append(str(refused.value))
        assert told[0] == told[1]


@pytest.mark.parametrize(("name", "more"), [("lraspp", {}), ("deeplabv3", {"aux_loss": True})])
def test_segmentation(name: str, more: dict[str, Any]) -> None:
    """Results evaluating and training, and the preset that pictures go through."""
    theirs, ours = (
        (
            package.manual_seed(3),
            m.get_model(f"{name}_mobilenet_v3_large", weights_backbone=None, num_classes=4, **more),
        )[1]
        for package, m in ((torch, THEIRS), (tg, models))
    )
    picture = RNG.integers(0, 255, (2, 3, 40, 48), np.uint8)
    preset = {"resize_size": 64, "mean": (0.4, 0.5, 0.6)}
    theirs_seen = sys.modules["torchvision.transforms._presets"].SemanticSegmentation(**preset)(torch.tensor(picture))
    images = tg.vision.transforms.presets.SemanticSegmentation(**preset)(tg.tensor(picture))
    assert np.abs(images.numpy() - theirs_seen.numpy()).max() < 1.01 / 255 / 0.224  # bytes round the last digit
    for train in (False, True):
        torch.manual_seed(1)
        tg.manual_seed(1)
        b, a = theirs.train(train)(theirs_seen), ours.train(train)(tg.from_numpy(theirs_seen.numpy()))
        assert list(a) == list(b)
        for key in b:
            assert np.allclose(a[key].detach().numpy(), b[key].detach().numpy(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("asked", [None, False, True])
@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_trained_networks_with_helper_outputs(name: str, asked: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes with trained weights: the input's normalization, and whether helper outputs stay."""
    draw_nothing(monkeypatch)

    def made(package: Any, m: Any) -> Any:
        with package.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            whole = getattr(m, name)(init_weights=False).state_dict()
            monkeypatch.setattr(m.WeightsEnum, "get_state_dict", lambda *args, **kwargs: whole)
            try:
                net = getattr(m, name)(weights="DEFAULT", **({} if asked is None else {"aux_logits": asked}))
            except ValueError as error:
                return str(error)
        return net.transform_input, net.aux_logits, list(net.state_dict())

    assert made(tg, models) == made(torch, THEIRS)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_vgg_features(batch_norm: bool) -> None:
    """The convolutions of VGG11 and the drawing of all its weights, without its hundred million linear ones."""
    torch.manual_seed(0)
    theirs = THEIRS.vgg.make_layers(THEIRS.vgg.cfgs["A"], batch_norm=batch_norm)
    tg.manual_seed(0)
    ours = models.vgg.make_layers(models.vgg.cfgs["A"], batch_norm=batch_norm)
    assert_same_state(ours, theirs)
    assert repr(ours) == repr(theirs)
    images = RNG.standard_normal((1, 3, 32, 32), np.float32)
    a = ours.eval()(tg.from_numpy(images)).detach().numpy()
    assert np.allclose(a, theirs.eval()(torch.from_numpy(images)).detach().numpy(), atol=1e-6)
    assert models.vgg.cfgs == THEIRS.vgg.cfgs


def test_vgg_initialises_as_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    small_linear_layers(monkeypatch)
    torch.manual_seed(1)
    theirs = THEIRS.VGG(THEIRS.vgg.make_layers([4, "M", 512], True), num_classes=5)
    tg.manual_seed(1)
    ours = models.VGG(models.vgg.make_layers([4, "M", 512], True), num_classes=5)
    assert_same_state(ours, theirs)
    images = RNG.standard_normal((1, 3, 28, 28), np.float32)
    a, b = ours.eval()(tg.from_numpy(images)).detach().numpy(), theirs.eval()(torch.from_numpy(images)).detach().numpy()
    assert np.allclose(a, b, atol=1e-6)


def test_dilation_and_groups() -> None:
    made = []
    for package, seeds in ((THEIRS, torch), (models, tg)):
        seeds.manual_seed(0)
        block = package.resnet.Bottleneck
        made.append(package.ResNet(block, [1, 1, 2, 1], 2, replace_stride_with_dilation=[False, True, True]))
    theirs, ours = made
    assert_same_state(ours, theirs)
    assert repr(ours) == repr(theirs)
    images = RNG.standard_normal((1, 3, 33, 33), np.float32)
    a, b = ours.eval()(tg.from_numpy(images)).detach().numpy(), theirs.eval()(torch.from_numpy(images)).detach().numpy()
    assert np.allclose(a, b, rtol=1e-4, atol=1e-4 * np.abs(b).max())
    for model in (theirs, ours):
        convolutions = [m for m in model.modules() if type(m).__name__ == "Conv2d" and m.dilation != (1, 1)]
        assert [(m.dilation, m.padding) for m in convolutions] == [((2, 2), (2, 2))] * 2
    torch.manual_seed(0)
    b = THEIRS.ResNet(THEIRS.resnet.Bottleneck, [1, 1, 1, 1], groups=4, width_per_group=8, num_classes=2)
    tg.manual_seed(0)
    a = models.ResNet(models.resnet.Bottleneck, [1, 1, 1, 1], groups=4, width_per_group=8, num_classes=2)
    assert_same_state(a, b)


def test_weights_go_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_linear_layers(monkeypatch)
    theirs, ours = pair("alexnet", num_classes=2)
    with torch.no_grad():
        theirs.classifier[6].bias.fill_(0.5)
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    loaded = models.alexnet(weights=tmp_path / "theirs.pth", num_classes=2)
    assert_same_state(loaded, theirs)
    tg.save({"epoch": 3, "state_dict": ours.state_dict()}, tmp_path / "ours.pth")
    assert_same_state(models.alexnet(weights=str(tmp_path / "ours.pth"), num_classes=2), ours)
    tg.save(ours.state_dict(), tmp_path / "plain.pth")
    theirs.load_state_dict(torch.load(tmp_path / "plain.pth"))
    assert_same_state(ours, theirs)
    tg.io.save_safetensors(dict(ours.state_dict()), tmp_path / "ours.safetensors")
    assert_same_state(models.alexnet(weights=tmp_path / "ours.safetensors", num_classes=2), ours)
    with pytest.raises(RuntimeError, match=r"size mismatch for classifier\.6\.weight"):
        models.alexnet(weights=tmp_path / "theirs.pth", num_classes=3)
    tg.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(RuntimeError, match="holds a list; expected a state_dict"):
        models.alexnet(weights=tmp_path / "list.pth")


# ------------------------------------------------------------------------------------------- the sets of weights
SETS = [name for name in dir(models) if name.endswith("_Weights")]


@pytest.mark.parametrize("name", SETS)
def test_sets_of_weights(name: str) -> None:
    ours, theirs = getattr(models, name), getattr(THEIRS, name)
    assert [member.name for member in ours] == [member.name for member in theirs]
    for member in ours:
        other = theirs[member.name]
        assert member.url == other.url
        assert repr(member) == repr(other)
        assert member.meta["num_params"] == other.meta["num_params"]
        assert member.meta["min_size"] == other.meta["min_size"]
        assert str(member.meta["_metrics"]) == str(other.meta["_metrics"])  # one accuracy is nan
        assert repr(member.transforms()) == repr(other.transforms())
    assert ours.DEFAULT.name == theirs.DEFAULT.name


def test_the_transforms_of_a_set() -> None:
    from tests.oracle.vision_kit import image

    a = models.ResNet18_Weights.DEFAULT.transforms()(image("RGB", 300, 260))
    b = THEIRS.ResNet18_Weights.DEFAULT.transforms()(image("RGB", 300, 260))
    assert np.array_equal(a.numpy(), b.numpy())


def nothing_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No downloads and nothing drawn: the weights that are asked for do not fit, and the error tells which they are."""
    draw_nothing(monkeypatch)
    for package in (models.WeightsEnum, THEIRS.WeightsEnum):
        monkeypatch.setattr(package, "get_state_dict", lambda self, **kwargs: {"asked": self.url})


SPELLINGS: list[Callable[[Any], Any]] = [
    lambda m: m.resnet18(pretrained=False, num_classes=2),
    lambda m: m.resnet18(False, num_classes=2),
    lambda m: m.resnet18(None, True, num_classes=2),
    lambda m: m.resnet18(pretrained=True),
    lambda m: m.resnet18(weights="IMAGENET1K_V1"),
    lambda m: m.resnet18(weights="ResNet18_Weights.DEFAULT"),
    lambda m: m.resnet18(weights=m.ResNet18_Weights.DEFAULT, num_classes=2),
    lambda m: m.resnet18(weights=m.ResNet34_Weights.DEFAULT),
    lambda m: m.resnet18(weights="nothing"),
    lambda m: m.resnet18(weights=True),
    lambda m: m.resnet18(unknown=True),
    lambda m: m.resnet18(replace_stride_with_dilation=[True]),
    lambda m: m.resnet18(replace_stride_with_dilation=[False, True, False]),
    lambda m: m.resnet18(width_per_group=32),
    lambda m: m.get_model("ResNet18", num_classes=2),
    lambda m: m.get_model("nothing"),
    lambda m: m.get_weight("ResNet50_Weights.IMAGENET1K_V1").url,
    lambda m: m.get_weight("ResNet50_Weights"),
    lambda m: m.get_weight("Nothing_Weights.DEFAULT"),
    lambda m: m.get_model_weights("resnet50").DEFAULT.url,
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_and_errors(spelling: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_downloaded(monkeypatch)
    results = []
    for package in (THEIRS, models):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                made = spelling(package)
                made = made if isinstance(made, str) else repr(made)[:200]
            except Exception as error:  # whatever torchvision raises is the specification
                made = type(error), text_of(error)[:1000]
        results.append((made, [(w.category, str(w.message)) for w in caught]))
    assert results[1] == results[0]


def test_register() -> None:
    assert models.list_models(include=["resnet*", "vgg1?"]) == [
        "resnet101", "resnet152", "resnet18", "resnet34", "resnet50", "vgg11", "vgg13", "vgg16", "vgg19",
    ]  # fmt: skip
    assert set(models.list_models()) - {"lenet"} <= set(THEIRS.list_models())
    assert models.get_model_builder("resnet18") is models.resnet18


# ------------------------------------------------------------------------------------------------------- LeNet
def test_lenet() -> None:
    net = models.lenet()
    assert sum(p.numel() for p in net.parameters()) == 61_706
    assert len(list(net.parameters())) == 10
    assert tuple(next(iter(net.parameters())).shape) == (6, 1, 5, 5)
    assert net(tg.zeros(2, 1, 32, 32)).shape == (2, 10)
    assert models.LeNet(num_classes=3, padding=2)(tg.zeros(1, 1, 28, 28)).shape == (1, 3)
    assert models.LeNet(in_channels=3)(tg.zeros(1, 3, 32, 32)).shape == (1, 10)
    tg.manual_seed(0)
    ours = models.lenet()
    torch.manual_seed(0)
    layers = torch.nn
    theirs = layers.ModuleDict({
        "features": layers.Sequential(layers.Conv2d(1, 6, 5), layers.ReLU(), layers.MaxPool2d(2), layers.Conv2d(6, 16, 5)),
        "classifier": layers.Sequential(
            layers.Linear(400, 120), layers.ReLU(), layers.Linear(120, 84), layers.ReLU(), layers.Linear(84, 10)
        ),
    })  # fmt: skip
    assert_same_state(ours, theirs)
