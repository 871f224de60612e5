"""Models for films, models too large to be made here with numbers, and all sets of weights, against torchvision's."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torchvision_ops import torchvision

import tinygrad_edu as tg
from tinygrad_edu.vision import models

THEIRS = torchvision.models
BOTH = ((torch, torchvision), (tg, tg.vision))


@pytest.mark.parametrize("kind", ["Conv3DSimple", "Conv3DNoTemporal", "Conv2Plus1D", "bottlenecks"])
def test_residual_networks_for_films(kind):
    made: list[Any] = []
    for t, v in BOTH:
        room = v.models.video.resnet
        block, conv = room.BasicBlock, getattr(room, kind, room.Conv2Plus1D)
        if kind == "bottlenecks":
            block = room.Bottleneck
        t.manual_seed(0)
        stem = room.R2Plus1dStem if kind == "Conv2Plus1D" else room.BasicStem
        model = room.VideoResNet(block, [conv] * 4, [2, 1, 1, 1], stem, 5)
        model.layer3 = model.layer4 = t.nn.Identity()
        model.fc = t.nn.Linear(128 * block.expansion, 5)
        start = {key: value.clone().numpy() for key, value in model.state_dict().items()}
        results = model(t.rand(2, 3, 4, 12, 12))
        results.sum().backward()
        made.append((repr(model), start, results.detach().numpy(), model.stem[0].weight.grad.numpy()))
    assert made[1][0] == made[0][0]
    assert list(made[1][1]) == list(made[0][1])
    for key, value in made[0][1].items():
        assert np.array_equal(made[1][1][key], value)
    np.testing.assert_allclose(made[1][2], made[0][2], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(made[1][3], made[0][3], rtol=1e-2, atol=1e-3 * np.abs(made[0][3]).max())


def test_s3d():
    made: list[Any] = []
    for t, v in BOTH:
        t.manual_seed(0)
        model = v.models.video.s3d(num_classes=3).eval()
        model.avgpool = t.nn.AvgPool3d((2, 1, 1))
        made.append([value.numpy() for value in model.state_dict().values()])
        with t.no_grad():
            made[-1].append(model(t.rand(1, 3, 16, 32, 32)).numpy())
    for theirs, ours in zip(*made, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["r3d_18", "mc3_18", "r2plus1d_18", "s3d", "vit_h_14", "maxvit_t", "regnet_y_128gf"])
def test_layers_of_large_models(name):
    made = []
    for t, v in BOTH:
        if name == "regnet_y_128gf" and t is torch:  # its widths are computed by tensors, with numbers
            sizes = v.models.regnet.BlockParams.from_init_params(27, 456, 160.83, 2.52, 264, se_ratio=0.25)
            make: Any = partial(v.models.RegNet, sizes, norm_layer=partial(t.nn.BatchNorm2d, eps=1e-05, momentum=0.1))
        else:
            make = v.models.get_model_builder(name)
        with t.device("meta"):
            model = make()
        made.append(({key: tuple(value.shape) for key, value in model.state_dict().items()}, repr(model)))
    assert made[0] == made[1]


def test_names_and_sets_of_weights():
    assert set(models.list_models(models)) - set(THEIRS.list_models(THEIRS)) == {"lenet"}
    assert not set(THEIRS.list_models(THEIRS)) - set(models.list_models(models))
    assert not {name for name in vars(THEIRS) if name.endswith("_Weights")} - set(vars(models))
    for kind in ("R3D_18_Weights", "MC3_18_Weights", "R2Plus1D_18_Weights", "S3D_Weights"):
        theirs, ours = (v.models.get_weight(f"{kind}.DEFAULT") for _, v in BOTH)
        assert (str(ours), ours.url) == (str(theirs), theirs.url)
        assert repr(ours.transforms()) == repr(theirs.transforms())
        for key in ("num_params", "min_size", "_metrics"):
            assert ours.meta[key] == theirs.meta[key]


def test_what_films_go_through():
    film = torch.randint(0, 255, (3, 3, 40, 60), dtype=torch.uint8)
    theirs, ours = (v.models.get_weight("R3D_18_Weights.DEFAULT").transforms() for _, v in BOTH)
    expected, found = theirs(film).numpy(), ours(tg.from_numpy(film.numpy())).numpy()
    assert found.shape == expected.shape
    assert np.mean(np.abs(found - expected) > 1e-4) < 1e-3  # a pixel may be rounded the other way
    assert ours(tg.from_numpy(film.numpy())[None]).shape == (1, *expected.shape)


def test_weights_for_images_of_one_size():
    with pytest.raises(ValueError, match="The parameter 'image_size' expected value 384 but got 224 instead"):
        models.vit_b_16(weights="IMAGENET1K_SWAG_E2E_V1", image_size=224)
