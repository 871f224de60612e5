"""The data sets against torchvision's: the same samples, printed forms and errors from the same folders."""

from __future__ import annotations

import gzip
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import tinygrad_edu as tg
from tests.oracle.vision_kit import facts, image, text_of, torchvision
from tinygrad_edu import vision

THEIRS, OURS = torchvision.datasets, vision.datasets
PACKAGES = ((THEIRS, torchvision.transforms), (OURS, vision.transforms))


def outcomes(call: Callable[[Any, Any], Any]) -> list[Any]:
    """What the call gives with torchvision's and with our data sets and transforms."""
    found = []
    for package in PACKAGES:
        try:
            found.append(facts(call(*package)))
        except Exception as error:  # whatever torchvision raises is the specification
            kind = RuntimeError if isinstance(error, RuntimeError) else type(error)
            found.append((kind, text_of(error)))
    return found


def same(call: Callable[[Any, Any], Any]) -> Any:
    theirs, ours = outcomes(call)
    assert ours == theirs
    return ours


# ------------------------------------------------------------------------------------------------------ FakeData
@pytest.mark.parametrize("arguments", [{}, {"size": 5}, {"random_offset": 9, "num_classes": 3}])
def test_fake_data(arguments: dict[str, Any]) -> None:
    arguments = {"image_size": (3, 9, 7), **arguments}
    for index in (0, 1, 4, -1):
        same(lambda d, t, index=index: list(d.FakeData(**arguments)[index]))
    same(lambda d, t: list(d.FakeData(**arguments, transform=t.ToTensor())[2]))
    same(lambda d, t: list(d.FakeData(**arguments, target_transform=lambda x: x * 2)[2]))
    same(lambda d, t: d.FakeData(**arguments)[5000])
    same(lambda d, t: repr(d.FakeData(**arguments, transform=t.ToTensor())))


def test_fake_data_leaves_the_generator_alone() -> None:
    tg.manual_seed(3)
    before = tg.get_rng_state()
    OURS.FakeData(3, (1, 2, 2))[0]
    assert bool((tg.get_rng_state() == before).all())


# ------------------------------------------------------------------------------------------------------- folders
@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """dog: two pictures and a text, one deeper; cat: one; empty: none."""
    for name in ("dog/b.png", "dog/a.JPG", "dog/deep/er/c.bmp", "cat/z.webp", "dog/notes.txt", "top.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".txt":
            path.write_text("no picture")
        else:
            image("RGB" if "a" in name else "L").save(path)
    return tmp_path


def relative(root: Path, samples: Any) -> Any:
    return [(os.path.relpath(path, root), target) for path, target in samples]


def test_image_folder(pictures: Path) -> None:
    facts_of = same(
        lambda d, t: [
            (data := d.ImageFolder(pictures, transform=t.ToTensor(), target_transform=hex)).classes,
            data.class_to_idx,
            data.samples,
            data.imgs,
            data.targets,
            len(data),
            [list(data[i]) for i in range(len(data))],
            repr(data),
        ]
    )
    assert relative(pictures, facts_of[2])[0] == ("cat/z.webp", 0)
    assert len(facts_of[2]) == 4


def read_text(path: str) -> str:
    return Path(path).name


CALLS: list[Callable[[Any, Any], Any]] = [
    lambda d, t: d.ImageFolder("nowhere"),
    lambda d, t: d.DatasetFolder(".", read_text),
    lambda d, t: d.DatasetFolder(".", read_text, (".png",), is_valid_file=lambda p: True),
    lambda d, t: d.DatasetFolder(".", read_text, (".txt",)),
    lambda d, t: d.DatasetFolder(".", read_text, (".txt", ".md"), allow_empty=True).samples,
    lambda d, t: d.DatasetFolder(".", read_text, ".png").samples,
    lambda d, t: d.DatasetFolder(".", read_text, is_valid_file=lambda p: "z" in p),
    lambda d, t: list(d.DatasetFolder(".", read_text, (".png", ".webp"))[1]),
    lambda d, t: d.ImageFolder(".", is_valid_file=lambda p: p.endswith("p"), allow_empty=True).samples,
    lambda d, t: d.ImageFolder(".", loader=read_text)[0],
    lambda d, t: d.ImageFolder("dog/deep").samples,
    lambda d, t: d.ImageFolder("dog/deep/er"),
    lambda d, t: d.folder.make_dataset(".", {}, (".png",)),
    lambda d, t: d.folder.make_dataset(".", None, (".png", ".webp")),
    lambda d, t: d.folder.make_dataset(".", {"absent": 3}, (".png",), allow_empty=True),
    lambda d, t: d.DatasetFolder.make_dataset(".", None),
    lambda d, t: d.folder.find_classes("."),
    lambda d, t: [d.folder.is_image_file(name) for name in ("a.PNG", "a.gif", "png")],
    lambda d, t: d.folder.has_file_allowed_extension("a.TAR.gz", ".gz"),
    lambda d, t: d.folder.default_loader("dog/a.JPG"),
    lambda d, t: d.folder.default_loader("dog/notes.txt"),
]


@pytest.mark.parametrize("call", CALLS)
def test_folders(call: Callable[[Any, Any], Any], pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pictures)
    same(call)


# --------------------------------------------------------------------------------------------------------- CIFAR
def md5(path: Path) -> str:
    return OURS.utils.calculate_md5(path)


@pytest.fixture(params=[10, 100])
def cifar(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """A small set in CIFAR's layout, and both packages told its checksums."""
    kind = f"CIFAR{request.param}"
    ours = getattr(OURS, kind)
    folder = tmp_path / ours.base_folder
    folder.mkdir()
    random = np.random.default_rng(0)
    lists: dict[str, list[list[str]]] = {"train_list": [], "test_list": []}
    for name in lists:
        for file, _ in getattr(ours, name):
            batch = {
                "data": random.integers(0, 256, (4, 3072), dtype=np.uint8),
                ours.labels_key: random.integers(0, request.param, 4).tolist(),
            }
            (folder / file).write_bytes(pickle.dumps(batch, protocol=2))
            lists[name].append([file, md5(folder / file)])
    names = {ours.meta["key"]: [f"class {i}" for i in range(request.param)]}
    (folder / ours.meta["filename"]).write_bytes(pickle.dumps(names, protocol=2))
    meta = {**ours.meta, "md5": md5(folder / ours.meta["filename"])}
    for package in (OURS, THEIRS):
        for name, value in {**lists, "meta": meta}.items():
            monkeypatch.setattr(getattr(package, kind), name, value)
    return kind, tmp_path


def test_cifar(cifar: tuple[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    kind, root = cifar
    for train in (True, False):
        got = same(
            lambda d, t, train=train: [
                (data := getattr(d, kind)(root, train, t.ToTensor(), hex)).data.tolist(),
                data.data.shape,
                data.targets,
                data.classes,
                data.class_to_idx,
                list(data[0]),
                list(data[-1]),
                repr(data),
            ]
        )
        assert got[1][1:] == [32, 32, 3]
    assert capsys.readouterr().out == ""
    same(lambda d, t: list(getattr(d, kind)(root)[0]))
    base = root / getattr(OURS, kind).base_folder
    meta = base / getattr(OURS, kind).meta["filename"]
    meta.write_bytes(meta.read_bytes()[:-5])
    same(lambda d, t: getattr(d, kind)(root))
    test = base / getattr(OURS, kind).test_list[0][0]
    test.unlink()
    same(lambda d, t: getattr(d, kind)(root))


def test_the_lists_are_torchvisions() -> None:
    for kind in ("CIFAR10", "CIFAR100"):
        for name in ("base_folder", "url", "filename", "tgz_md5", "train_list", "test_list", "meta"):
            assert getattr(getattr(OURS, kind), name) == getattr(getattr(THEIRS, kind), name)


def test_torchvision_reads_the_shipped_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for packed in (Path(__file__).parents[2] / "datasets" / "shapes").glob("*.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    for name in ("train_list", "test_list"):
        file = getattr(THEIRS.CIFAR10, name)[0][0]
        monkeypatch.setattr(THEIRS.CIFAR10, name, [[file, md5(folder / file)]])
    meta = {**THEIRS.CIFAR10.meta, "md5": md5(folder / "batches.meta")}
    monkeypatch.setattr(THEIRS.CIFAR10, "meta", meta)
    theirs, ours = THEIRS.CIFAR10(tmp_path), OURS.CIFAR10(tmp_path / "nothing")
    assert np.array_equal(theirs.data, ours.data)
    assert theirs.targets == ours.targets
    assert theirs.classes == ours.classes


# ----------------------------------------------------------------------------------------------------- utilities
UTILITIES: list[Callable[[Any, Any], Any]] = [
    lambda d, t: sorted(d.utils.list_dir(".")),
    lambda d, t: sorted(d.utils.list_dir("dog", prefix=True)),
    lambda d, t: sorted(d.utils.list_files("dog", ".png")),
    lambda d, t: sorted(d.utils.list_files("dog", (".png", ".txt"), prefix=True)),
    lambda d, t: d.utils.calculate_md5("dog/notes.txt"),
    lambda d, t: d.utils.check_integrity("dog/notes.txt"),
    lambda d, t: d.utils.check_integrity("nothing"),
    lambda d, t: d.utils.check_integrity("dog/notes.txt", "0" * 32),
    lambda d, t: d.utils.extract_archive("plain"),
    lambda d, t: d.utils.extract_archive("top.png"),
]


@pytest.mark.parametrize("call", UTILITIES)
def test_utilities(call: Callable[[Any, Any], Any], pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pictures)
    same(call)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("as_text", [True, False])
def test_archives_unpack_alike(suffix: str, as_text: bool, tmp_path: Path) -> None:
    from tests.vision.test_archives import packed

    content = {"a.txt": b"one", "b/c.txt": b"two" * 1000}
    results = []
    for package in (THEIRS, OURS):
        folder = tmp_path / package.__name__
        folder.mkdir()
        archive = packed(folder / f"data{suffix}", content)
        made = package.utils.extract_archive(str(archive) if as_text else archive, remove_finished=True)
        assert isinstance(made, str) == as_text
        found = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
        results.append((os.path.relpath(made, folder), found))
    assert results[0] == results[1]


# --------------------------------------------------------------------------- torchvision's own in our DataLoader
def test_torchvisions_data_sets_in_our_loader(pictures: Path) -> None:
    steps = torchvision.transforms.Compose([torchvision.transforms.Resize((4, 4)), torchvision.transforms.ToTensor()])
    data = THEIRS.ImageFolder(pictures, transform=steps)
    images, targets = next(iter(tg.utils.data.DataLoader(data, batch_size=3)))
    assert tuple(images.shape) == (3, 3, 4, 4)
    assert targets.tolist() == [0, 1, 1]
    assert float(images[0].sum()) == pytest.approx(float(data[0][0].sum()), rel=1e-6)


def test_ours_in_torchs_loader(pictures: Path) -> None:
    steps = vision.transforms.Compose([vision.transforms.Resize((4, 4)), np.array])
    data = OURS.ImageFolder(pictures, transform=steps)
    images, _ = next(iter(torch.utils.data.DataLoader(data, batch_size=2)))
    assert images.shape == (2, 4, 4, 3)
    assert isinstance(OURS.ImageFolder(pictures)[0][0], Image.Image)
