"""SummaryWriter against torch's: the same calls must leave the same events and files."""

from __future__ import annotations

import inspect
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from torch.utils.tensorboard import FileWriter as TorchFileWriter
from torch.utils.tensorboard import SummaryWriter as TorchWriter

import tinygrad_edu as tg
from tinygrad_edu.utils.tensorboard import FileWriter, SummaryWriter

RNG = np.random.default_rng(0)
PICTURE = RNG.random((3, 9, 7)).astype("float32")
FILMS = RNG.random((3, 2, 3, 4, 6)).astype("float32")
NUMBERS = RNG.standard_normal(500)
DTYPES = "float32 float64 float16 bfloat16 int8 int16 int32 int64 uint8 bool complex64 complex128"
LABELS, GUESSES = RNG.integers(0, 2, 200), RNG.random(200)


def figure(seed: int = 0) -> Any:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    made, axes = plt.subplots(figsize=(2, 1.5))
    axes.plot(np.random.default_rng(seed).random(5))
    return made


# each call takes a writer and the library whose tensors it gets
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "scalar": lambda w, t: [w.add_scalar("a/b", v, step, 12.5) for step, v in enumerate((1, 2.5, True, np.float32(0.1)))],
    "scalar of a tensor": lambda w, t: [w.add_scalar("t", t.tensor(v)) for v in (1.5, [2.5], [[3]])],
    "scalar in half": lambda w, t: [w.add_scalar("t", t.tensor(0.3, dtype=d)) for d in (t.float16, t.bfloat16, t.int8)],
    "scalar of a leaf": lambda w, t: w.add_scalar("t", t.tensor(2.0, requires_grad=True) * 2, t.tensor(3)),
    "scalar, new style": lambda w, t: w.add_scalar("n", 0.1, 3, new_style=True),
    "scalar, double": lambda w, t: w.add_scalar("n", 0.1, 3, new_style=True, double_precision=True),
    "scalars": lambda w, t: [w.add_scalars("run/x", {"sin": i, "cos": t.tensor(i / 2)}, i, 1.0) for i in range(3)],
    "tensors": lambda w, t: [
        w.add_tensor(d, t.tensor([[0, 1, 3]]).to(getattr(t, d)), 1)
        for d in DTYPES.split()
    ],
    "histogram": lambda w, t: w.add_histogram("h", t.tensor(NUMBERS), 1),
    "histogram of few": lambda w, t: [w.add_histogram("h", t.tensor(v)) for v in ([0.0], [1, 1], [-3, 0, 7], [1e-13, -1e-13])],
    "histogram, rules": lambda w, t: [w.add_histogram("h", NUMBERS, bins=b) for b in ("auto", "fd", "doane", 12)],
    "histogram, edges": lambda w, t: w.add_histogram("h", NUMBERS, bins=[-1, 0, 1]),
    "histogram, fewer": lambda w, t: [w.add_histogram("h", NUMBERS, max_bins=m) for m in (10, 64, 100, 700, 5000)],
    "histogram, fewer of few": lambda w, t: [w.add_histogram("h", NUMBERS, bins=b, max_bins=7) for b in (7, 8, 13, 15, 50)],
    "histogram, raw": lambda w, t: w.add_histogram_raw("h", 0, 3, 4, 6, 14, [1.0, 2.0, 3.0], [1, 2, 1], 2),
    "pr curve": lambda w, t: w.add_pr_curve("p", t.tensor(LABELS), t.tensor(GUESSES), 1),
    "pr curve, weighted": lambda w, t: [w.add_pr_curve("p", LABELS, GUESSES, 1, n, GUESSES + 1) for n in (5, 500)],
    "pr curve, raw": lambda w, t: w.add_pr_curve_raw("p", *np.arange(24.0).reshape(6, 4), 1, 4),
    "image": lambda w, t: w.add_image("i", t.tensor(PICTURE), 1),
    "image, uint8": lambda w, t: w.add_image("i", (PICTURE * 255).astype("uint8")),
    "image, out of range": lambda w, t: w.add_image("i", PICTURE * 3 - 1),
    "image, forms": lambda w, t: [
        w.add_image("i", t.tensor(PICTURE).permute(1, 2, 0), dataformats="HWC"),
        w.add_image("i", PICTURE[:1]),
        w.add_image("i", PICTURE[0], dataformats="HW"),
        w.add_image("i", PICTURE[0], dataformats="wh"),
    ],
    "images": lambda w, t: [
        w.add_images("i", t.tensor(np.stack([PICTURE * i / 10 for i in range(11)]))),
        w.add_images("i", np.stack([PICTURE[:1]] * 3)),
        w.add_images("i", np.stack([PICTURE] * 2).transpose(0, 2, 3, 1), dataformats="NHWC"),
    ],
    "boxes": lambda w, t: [
        w.add_image_with_boxes("i", np.ones((3, 40, 60)), t.tensor([[3, 4, 20, 30], [10, 5, 55, 20]]), labels=labels, rescale=r)
        for labels, r in ((None, 1), (["cat", "dog"], 1.5), (["one"], 1))
    ],
    "one box": lambda w, t: w.add_image_with_boxes("i", np.ones((3, 40, 60)), np.array([[3, 4, 50, 30]]), labels="a dog"),
    "figure": lambda w, t: w.add_figure("f", figure(), 1),
    "figures": lambda w, t: w.add_figure("f", [figure(1), figure(2)], 1, close=True),
    "audio": lambda w, t: [w.add_audio("s", t.tensor(v).reshape(1, -1), 1, 8000) for v in (np.sin(NUMBERS), NUMBERS * 2)],
    "text": lambda w, t: w.add_text("words", "**grüße** 1 < 2", 4),
    "custom scalars": lambda w, t: [
        w.add_custom_scalars({"A": {"x": ["Multiline", ["a", "b"]], "y": ["Margin", ["a", "b", "c"]]}}),
        w.add_custom_scalars_multilinechart(["a"]),
        w.add_custom_scalars_marginchart(["a", "b", "c"], "cat", "title"),
    ],
    "mesh": lambda w, t: w.add_mesh(
        "m", t.tensor(FILMS[0, 0]), colors=t.tensor(FILMS[0, 1]), faces=t.tensor([[[0, 1, 2]]]), config_dict={"b": 1, "a": [2]}
    ),
    "points": lambda w, t: w.add_mesh("m", t.tensor(FILMS[0, 0]), global_step=2),
    "hparams": lambda w, t: w.add_hparams(
        {"lr": 0.1, "n": 3, "name": "sgd", "flag": True, "none": None, "t": t.tensor([2.0])}, {"acc": 0.5, "loss": 1},
        {"name": ["sgd", "adam"], "n": [3, 4]}, "here", 7,
    ),
    "embedding": lambda w, t: [
        w.add_embedding(t.tensor(NUMBERS.reshape(100, 5)), [f"p{i}" for i in range(100)], tag="a/b%", global_step=3),
        w.add_embedding(t.tensor(FILMS[0, 0, 0]), label_img=t.tensor(np.stack([PICTURE[:, :7] / (i + 1) for i in range(4)])), tag="pictures"),
        w.add_embedding(np.eye(2), [["x", 1], ["y", 2]], metadata_header=["name", "size"]),
    ],
    "after close": lambda w, t: [w.add_scalar("a", 1), w.close(), w.close(), w.flush(), w.add_scalar("b", 2)],
}  # fmt: skip


def events(folder: Path) -> dict[str, list[Any]]:
    """All events below a folder, without the times at which they were written."""
    found: dict[str, list[Any]] = {}
    for path in sorted(folder.rglob("*tfevents*")):
        for raw in RawEventFileLoader(str(path)).Load():
            event = Event.FromString(raw)
            if event.wall_time > 1e6:
                event.wall_time = 0
            found.setdefault(str(path.parent.relative_to(folder)), []).append(event)
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and "tfevents" not in p.name
    }


@pytest.mark.filterwarnings("ignore:Casting complex values:UserWarning")
def test_events_are_torchs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = []
    for number, (name, call) in enumerate(CALLS.items()):
        told = []
        for writer, library, who in ((TorchWriter, torch, "torch"), (SummaryWriter, tg, "ours")):
            with writer(str(tmp_path / who / str(number))) as opened:
                call(opened, library)
            told.append(
                (events(tmp_path / who / str(number)), files(tmp_path / who / str(number)), capsys.readouterr().out)
            )
        (theirs, their_files, their_words), (ours, our_files, our_words) = told
        assert sum(map(len, theirs.values())) > 0
        if len(theirs) == 1 and len(theirs["."]) < 2 and not their_files:
            wrong.append(f"{name}: torch wrote nothing but the file's version")
        if list(theirs) != list(ours) or [len(e) for e in theirs.values()] != [len(e) for e in ours.values()]:
            wrong.append(f"{name}: files {theirs} / {ours}")
        else:
            for place, told_there in theirs.items():
                for a, b in zip(told_there, ours[place]):
                    if a.HasField("source_metadata"):  # the module that wrote it
                        continue
                    if a != b:
                        wrong.append(f"{name} in {place}:\n{str(a)[:600]}\n--- ours\n{str(b)[:600]}")
        if their_files != our_files or their_words != our_words:
            wrong.append(f"{name}: {sorted(their_files)} {their_words!r} / {sorted(our_files)} {our_words!r}")
    assert not wrong, "\n".join(wrong)


MISTAKES: dict[str, Callable[[Any, Any], Any]] = {
    "two numbers": lambda w, t: w.add_scalar("a", t.tensor([1.0, 2.0])),
    "a matrix": lambda w, t: w.add_scalar("a", np.ones((2, 3))),
    "a list": lambda w, t: w.add_scalar("a", [1]),
    "nothing to count": lambda w, t: w.add_histogram("a", t.tensor([])),
    "nothing in the bins": lambda w, t: w.add_histogram("a", t.tensor([9.0, 8.0]), bins=[0, 1, 2]),
    "unequal buckets": lambda w, t: w.add_histogram_raw("a", 0, 1, 1, 1, 1, [1, 2], [1]),
    "formats": lambda w, t: w.add_image("a", t.zeros(3, 4, 4), dataformats="HW"),
    "twice the same": lambda w, t: w.add_image("a", t.zeros(3, 4, 4), dataformats="HHW"),
    "two channels": lambda w, t: w.add_images("a", np.zeros((1, 2, 4, 4))),
    "hparams, no dict": lambda w, t: w.add_hparams([1], {}),
    "hparams, a value": lambda w, t: w.add_hparams({"a": [1]}, {}),
    "hparams, choices": lambda w, t: w.add_hparams({"a": 1}, {"m": 1}, {"a": ["x"]}),
    "hparams, unknown choice": lambda w, t: w.add_hparams({"a": 1}, {"m": 1}, {"b": [1]}),
    "hparams, choices no dict": lambda w, t: w.add_hparams({"a": 1}, {"m": 1}, [1]),
    "stereo": lambda w, t: w.add_audio("a", np.zeros((2, 3))),
    "margin": lambda w, t: w.add_custom_scalars_marginchart(["a", "b"]),
    "margin, layout": lambda w, t: w.add_custom_scalars({"c": {"t": ["Margin", ["a"]]}}),
    "labels": lambda w, t: w.add_embedding(np.eye(3), ["a"]),
    "pictures": lambda w, t: w.add_embedding(np.eye(3), label_img=t.zeros(2, 3, 4, 4)),
    "header": lambda w, t: w.add_embedding(np.eye(1), [["a", 1]], metadata_header=["x"]),
    "no matrix": lambda w, t: w.add_embedding(np.ones(3)),
    "quantized": lambda w, t: w.add_tensor("q", t.zeros(1, dtype=t.uint16)),
}  # fmt: skip


def test_errors_are_torchs(tmp_path: Path) -> None:
    def said(writer: Any, library: Any, call: Any, folder: Path) -> tuple[str, str]:
        with writer(str(folder)) as opened:
            try:
                call(opened, library)
            except Exception as error:
                return type(error).__name__, str(error).replace("tinygrad_edu.", "torch.")
        return "", "no error"

    wrong = []
    for name, call in MISTAKES.items():
        theirs = said(TorchWriter, torch, call, tmp_path / "torch" / name)
        ours = said(SummaryWriter, tg, call, tmp_path / "ours" / name)
        if theirs != ours or not theirs[0]:
            wrong.append(f"{name}: {theirs} / {ours}")
    assert not wrong, "\n".join(wrong)


def test_signatures_are_torchs() -> None:
    def told(cls: Any) -> dict[str, list[tuple[str, Any]]]:
        methods = {n: f for n, f in inspect.getmembers(cls, inspect.isfunction) if n[0] != "_" or n == "__init__"}
        return {n: [(p.name, p.default) for p in inspect.signature(f).parameters.values()] for n, f in methods.items()}

    for theirs, ours in ((TorchWriter, SummaryWriter), (TorchFileWriter, FileWriter)):
        want = told(theirs)
        del want["add_onnx_graph"]  # docs/differences.md
        assert told(ours) == want


def test_names_for_programs_written_for_torch() -> None:
    from tinygrad_edu.compat import _ours

    modules = {name: _ours(f"torch.utils.tensorboard{name}") for name in ("", ".writer")}
    assert [module.SummaryWriter for module in modules.values() if module] == [SummaryWriter] * 2
    assert tg.utils.tensorboard.SummaryWriter is SummaryWriter


def test_read_back_by_tensorboard(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(5):
            writer.add_scalar("loss", 1 / (step + 1), step)
        writer.add_histogram("w", tg.arange(10.0), 2)
        writer.add_image("i", tg.rand(3, 5, 6), 1)
        writer.add_text("t", "hello")
    read = EventAccumulator(str(tmp_path))
    read.Reload()
    assert [(e.step, round(e.value, 6)) for e in read.Scalars("loss")] == [(s, round(1 / (s + 1), 6)) for s in range(5)]
    histogram = read.Histograms("w")[0].histogram_value
    assert (histogram.min, histogram.max, histogram.num, histogram.sum) == (0.0, 9.0, 10.0, 45.0)
    picture = read.Images("i")[0]
    assert (picture.width, picture.height, picture.encoded_image_string[1:4]) == (6, 5, b"PNG")
    assert read.Tensors("t/text_summary")[0].tensor_proto.string_val == [b"hello"]


def test_folder_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with SummaryWriter(comment="_LR_0.1") as writer:
        pattern = rf"runs/[A-Z][a-z]{{2}}\d\d_\d\d-\d\d-\d\d_{re.escape(socket.gethostname())}_LR_0\.1"
        assert re.fullmatch(pattern, writer.get_logdir())
        assert Path(writer.get_logdir()).is_dir()
    with SummaryWriter(tmp_path / "own", comment="no", filename_suffix=".mine") as writer:
        assert writer.get_logdir() == tmp_path / "own"
    assert all(p.name.endswith(".mine") for p in (tmp_path / "own").iterdir())


def test_purge_step_hides_what_a_crashed_run_wrote(tmp_path: Path) -> None:
    for first, last, purge in ((0, 6, None), (3, 5, 3)):
        with SummaryWriter(tmp_path, purge_step=purge, filename_suffix=f".{first}") as writer:
            for step in range(first, last):
                writer.add_scalar("x", step + 100 * first, step)
    read = EventAccumulator(str(tmp_path))
    read.Reload()
    assert [(e.step, e.value) for e in read.Scalars("x")] == [(0, 0), (1, 1), (2, 2), (3, 303), (4, 304)]


def test_video_is_an_animation(tmp_path: Path) -> None:
    """torch needs the package moviepy for it; Pillow is enough."""
    import io

    from PIL import Image

    with SummaryWriter(tmp_path) as writer:
        writer.add_video("v", tg.tensor(FILMS), fps=5)
        writer.add_video("grey", (FILMS[:1, :, :1] * 255).astype("uint8"))
    shown = {v.tag: v.image for event in events(tmp_path)["."] for v in event.summary.value}
    # three films of 4 x 6 and an empty fourth one beside them
    assert (shown["v"].height, shown["v"].width, shown["v"].colorspace) == (4, 24, 3)
    with Image.open(io.BytesIO(shown["v"].encoded_image_string)) as film:
        assert (film.format, film.n_frames, film.size, film.info["duration"]) == ("GIF", 2, (24, 4), 200)
        frame = np.asarray(film.convert("RGB"), dtype=float)
    assert np.abs(frame[:4, :6] - FILMS[0, 0].transpose(1, 2, 0) * 255).max() < 12  # a GIF has 256 colours
    assert not frame[:, 18:].any()
    assert (shown["grey"].height, shown["grey"].width) == (4, 6)


def test_file_writer_and_reopen(tmp_path: Path) -> None:
    writer = FileWriter(tmp_path, filename_suffix=".a")
    assert writer.get_logdir() == str(tmp_path)
    writer.add_event(Event(step=3), walltime=2.0)
    writer.close()
    assert [e.step for e in events(tmp_path)["."] if e.wall_time == 2.0] == [3]


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        n for n in sys.modules if n.partition(".")[0] == "tensorboard" or n.startswith("tinygrad_edu.utils.tensorboard")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "tinygrad-edu\[tensorboard\]"'):
        __import__("tinygrad_edu.utils.tensorboard")
