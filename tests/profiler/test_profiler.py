"""The profiler: every operation once, nested as it ran; tables laid out as torch's; nothing left behind."""

from __future__ import annotations

import gzip
import inspect
import json
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.autograd import profiler_util as theirs
from torch.autograd.profiler_legacy import profile as torch_profile  # the newer one can take the process down

import tinygrad_edu as tg
from tinygrad_edu import compat, nn
from tinygrad_edu import profiler as pr
from tinygrad_edu.autograd.op import Op
from tinygrad_edu.profiler import recording
from tinygrad_edu.profiler.events import EventList, FunctionEvent


def step(t: Any, record: Any) -> None:
    """One step of training, the same for both."""
    net = t.nn.Sequential(t.nn.Linear(4, 8), t.nn.ReLU(), t.nn.Linear(8, 3))
    optimizer = t.optim.SGD(net.parameters(), lr=0.1)
    x, y = t.ones(5, 4), t.tensor([0, 1, 2, 0, 1])
    with record("forward"):
        loss = t.nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


COMMON = (
    "forward aten::linear aten::addmm aten::relu aten::cross_entropy_loss aten::log_softmax aten::nll_loss_nd AddmmBackward0 "
    "ReluBackward0 LogSoftmaxBackward0 NllLossBackward0 TBackward0 torch::autograd::AccumulateGrad Optimizer.step#SGD.step "
    "Optimizer.zero_grad#SGD.zero_grad aten::ones"
)


def counts(averages: Any) -> dict[str, int]:
    return {e.key: e.count for e in averages}


def test_a_training_step_has_torchs_rows() -> None:
    """All that we show, torch shows as often. (It shows more: steps inside its kernels.)"""
    with torch_profile() as p:
        step(torch, torch.profiler.record_function)
    want = counts(p.key_averages())
    with pr.profile(activities=[pr.ProfilerActivity.CPU]) as q:
        step(tg, pr.record_function)
    have = counts(q.key_averages())
    assert {name: have.get(name) for name in COMMON.split()} == {name: want[name] for name in COMMON.split()}
    assert set(have) <= set(want)


def test_events_are_nested_as_they_ran() -> None:
    with pr.profile(record_shapes=True) as p, pr.record_function("outer"):
        (tg.ones(3, 4) @ tg.ones(4, 5)).relu()
        time.sleep(0.01)
    events = {e.name: e for e in p.events()}
    outer = events["outer"]
    assert [child.name for child in outer.cpu_children] == ["aten::ones", "aten::ones", "aten::matmul", "aten::relu"]
    assert [child.name for child in events["aten::matmul"].cpu_children] == ["aten::mm"]
    assert events["aten::mm"].input_shapes == [[3, 4], [4, 5]]
    assert events["aten::mm"].cpu_parent is events["aten::matmul"]
    assert outer.cpu_time_total > 10_000  # microseconds
    assert outer.self_cpu_time_total == pytest.approx(
        outer.cpu_time_total - sum(c.cpu_time_total for c in outer.cpu_children)
    )
    for event in p.events():
        assert event.time_range.end >= event.time_range.start
        for child in event.cpu_children:
            assert event.time_range.start <= child.time_range.start <= child.time_range.end <= event.time_range.end
    total = sum(e.self_cpu_time_total for e in p.key_averages())
    assert total == pytest.approx(outer.cpu_time_total)
    assert p.events().total_average().self_cpu_time_total == pytest.approx(total)


def test_memory_is_torchs() -> None:
    def bytes_of(profile: Any, t: Any) -> dict[str, int]:
        with profile(profile_memory=True) as p:
            a = t.ones(10, 20)
            b = a @ a.t()
            c = b.relu()
            d = c + 1.0
            d.mul_(2.0)
            e = d.view(-1).sum()
            e.item()
        assert b.shape == (10, 10)
        return {e.key: e.cpu_memory_usage for e in p.key_averages()}

    have, want = bytes_of(pr.profile, tg), bytes_of(torch_profile, torch)
    assert {
        "aten::mm": 400,
        "aten::relu": 400,
        "aten::add": 400,
        "aten::sum": 4,
        "aten::ones": 800,
    }.items() <= have.items()
    assert {k: v for k, v in have.items() if k in want} == {k: v for k, v in want.items() if k in have}


def test_freed_memory_is_counted_where_it_is_freed() -> None:
    with pr.profile(profile_memory=True) as p:
        with pr.record_function("here"):
            a = tg.ones(100)
            del a
        b = tg.ones(50)
        del b
    found = {e.key: (e.cpu_memory_usage, e.self_cpu_memory_usage) for e in p.key_averages()}
    assert found == {"here": (0, -400), "aten::ones": (600, 600), "[memory]": (-200, -200)}


def made_up(ours: bool, flops: bool) -> Any:
    """The same events in both libraries."""
    rows = (
        ("aten::mm", 0.0, 1500.25, 1024, [[2, 3], [3, 4]], ["a/very/long/path.py(3): f", "b.py(9): g"]),
        ("aten::a_name_that_is_much_longer_than_any_column_can_ever_be", 2000.0, 2000.5, -12, [], []),
        ("aten::mm", 3000.0, 5e6, 5 << 30, [[7, 3], [3, 4]], ["c.py(1): <module>"]),
        ("top", 5.5e6, 5.6e6, 0, [], []), ("inner", 5.51e6, 5.52e6, 3 << 20, [[]], []),
    )  # fmt: skip
    events, top = [], None
    for number, (name, start, end, memory, shapes, stack) in enumerate(rows):
        if ours:
            event: Any = FunctionEvent(number, name, 1, start, top if name == "inner" else None)
            event.time_range.end = end
            event.input_shapes, event.stack, event.self_cpu_memory_usage = shapes, stack, memory
            event.flops = 4000 * number
            if event.cpu_parent is not None:
                event.cpu_parent.cpu_children.append(event)
        else:
            event = theirs.FunctionEvent(
                number,
                name,
                1,
                start,
                end,
                input_shapes=shapes,
                stack=stack,
                cpu_memory_usage=memory,
                flops=4000 * number,
            )
        top = event if name == "top" else top
        events.append(event)
    if ours:
        return EventList(events, profile_memory=True, with_flops=flops)
    events[3].cpu_memory_usage = 3 << 20  # torch's counts what is inside
    made = theirs.EventList(events, profile_memory=True, with_flops=flops)
    made._build_tree()
    return made


TABLES: list[dict[str, Any]] = [
    {}, {"sort_by": "self_cpu_time_total"}, {"sort_by": "cpu_time"}, {"sort_by": "cuda_time_total"}, {"sort_by": "count", "row_limit": 1},
    {"row_limit": -1, "header": "A title"}, {"row_limit": 0}, {"top_level_events_only": True}, {"time_unit": "ms"},
    {"time_unit": "s"}, {"time_unit": "us"}, {"max_name_column_width": 20, "max_shapes_column_width": 12, "max_src_column_width": 10},
    {"sort_by": "self_cpu_memory_usage"},
]  # fmt: skip


def test_tables_are_laid_out_as_torchs() -> None:
    wrong = []
    for options in TABLES:
        for how in ({}, {"group_by_input_shapes": True}, {"group_by_stack_n": 1}, {"group_by_stack_n": 5}, None):
            flops = how is not None and "group_by_stack_n" not in how  # torch mixes up the two last columns
            a, b = made_up(False, flops), made_up(True, flops)
            if how is not None:
                a, b = a.key_averages(**how), b.key_averages(**how)
            want, have = a.table(**options), b.table(**options)
            if want != have:
                wrong.append(f"{options}, {how}:\n{want}\n{have}")
    assert not wrong, "\n".join(wrong[:3])
    assert str(made_up(True, False)) == str(made_up(False, False))
    assert EventList().table() == ""


def test_errors_and_exceptions_leave_nothing_behind() -> None:
    before = (
        Op.__call__,
        Op.call1,
        tg.relu,
        nn.functional.linear,
        tg.Tensor.__mul__,
        tg.Tensor.backward,
        tg.optim.SGD.step,
    )

    def fails() -> None:
        tg.ones(2).relu()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), pr.profile() as p:
        fails()
    assert counts(p.key_averages())["aten::relu"] == 1
    with pr.profile(), pytest.raises(RuntimeError, match="a profiler is running already"), pr.profile():
        raise AssertionError("not reached")
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), pr.profile():
        tg.ones(2, 3) @ tg.ones(2, 3)
    after = (
        Op.__call__,
        Op.call1,
        tg.relu,
        nn.functional.linear,
        tg.Tensor.__mul__,
        tg.Tensor.backward,
        tg.optim.SGD.step,
    )
    assert before == after
    assert recording.running is None
    with pr.record_function("outside of any profile"):
        tg.ones(1)
    with pytest.raises(AssertionError, match="No valid profiler activities"):
        pr.profile(activities=[])


def test_results_are_the_same_while_measured() -> None:
    def numbers() -> list[Any]:
        tg.manual_seed(3)
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(32, 2))
        optimizer = tg.optim.Adam(net.parameters())
        for _ in range(2):
            loss = (net(tg.rand(3, 1, 6, 6)) ** 2).mean() + tg.nn.functional.dropout(tg.ones(5)).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return [loss.item(), *(p.tolist() for p in net.parameters())]

    plain = numbers()
    with pr.profile(record_shapes=True, profile_memory=True, with_stack=True, with_flops=True):
        measured = numbers()
    assert plain == measured


def test_schedule_is_torchs() -> None:
    plans: list[dict[str, int]] = [
        {"wait": 1, "warmup": 1, "active": 2}, {"wait": 0, "warmup": 1, "active": 1, "repeat": 2},
        {"wait": 2, "warmup": 1, "active": 3, "repeat": 1, "skip_first": 3},
        {"wait": 4, "warmup": 1, "active": 1, "skip_first": 1, "skip_first_wait": 1},
    ]  # fmt: skip
    for plan in plans:
        ours, wanted = pr.schedule(**plan), torch.profiler.schedule(**plan)
        assert [ours(i).name for i in range(20)] == [wanted(i).name for i in range(20)]
    for library in (pr, torch.profiler):
        with pytest.raises(AssertionError, match=r"Invalid profiler schedule arguments\. Got wait=-1"):
            library.schedule(wait=-1, warmup=0, active=1)
        with pytest.warns(UserWarning, match="won't be using warmup"):
            library.schedule(wait=1, warmup=0, active=1)


def test_steps_are_recorded_as_planned(tmp_path: Path) -> None:
    found: list[Any] = []

    def ready(p: Any) -> None:
        named = counts(p.key_averages())
        found.append((p.step_num, named.get("aten::relu"), sorted(n for n in named if n.startswith("ProfilerStep"))))

    plan = pr.schedule(wait=1, warmup=1, active=2, repeat=2)
    with pr.profile(schedule=plan, on_trace_ready=ready, activities=[pr.ProfilerActivity.CPU]) as p:
        for _ in range(10):
            tg.ones(2).relu()
            p.step()
    assert [entry[:2] for entry in found] == [(4, 2), (8, 2)]
    assert found[0][2] == ["ProfilerStep#2", "ProfilerStep#3"]
    handler = pr.tensorboard_trace_handler(str(tmp_path / "logs"), worker_name="me")
    with pr.profile(on_trace_ready=handler):
        tg.ones(2).relu()
    (written,) = (tmp_path / "logs").iterdir()
    assert written.name.startswith("me.")
    assert written.name.endswith(".pt.trace.json")
    assert any(e["name"] == "aten::relu" for e in json.loads(written.read_text())["traceEvents"])


def test_chrome_trace(tmp_path: Path) -> None:
    with pr.profile(record_shapes=True, with_stack=True) as p, pr.record_function("mine"):
        tg.ones(2, 2) @ tg.ones(2, 2)
    p.add_metadata_json("settings", '{"lr": 0.1}')
    for name in ("trace.json", "trace.json.gz"):
        p.export_chrome_trace(str(tmp_path / name))
    trace = json.loads((tmp_path / "trace.json").read_text())
    assert trace["settings"] == {"lr": 0.1}
    with gzip.open(tmp_path / "trace.json.gz", "rt") as file:
        assert json.load(file)["traceEvents"] == trace["traceEvents"]
    calls = {e["name"]: e for e in trace["traceEvents"] if e["ph"] == "X"}
    assert calls["mine"]["cat"] == "user_annotation"
    assert calls["aten::mm"]["cat"] == "cpu_op"
    assert calls["aten::mm"]["args"]["Input Dims"] == [[2, 2], [2, 2]]
    inside = calls["aten::mm"]
    assert calls["mine"]["ts"] <= inside["ts"]
    assert inside["ts"] + inside["dur"] <= calls["mine"]["ts"] + calls["mine"]["dur"]
    assert inside["args"]["Call stack"].startswith(f"{__file__}(")
    p.export_stacks(str(tmp_path / "stacks"))
    assert "test_profiler.py" in (tmp_path / "stacks").read_text()
    with pytest.raises(ValueError, match="metric should be one of"):
        p.export_stacks(str(tmp_path / "stacks"), "fun")


def test_loaders_optimizers_flops_and_decorators() -> None:
    @pr.record_function("decorated")
    def again(x: Any) -> Any:
        return x @ x

    loader = tg.utils.data.DataLoader(tg.utils.data.TensorDataset(tg.arange(6.0)), batch_size=2)
    with pr.profile(with_flops=True) as p:
        for _ in loader:
            again(tg.ones(3, 3))
    found = {e.key: e for e in p.key_averages()}
    assert found["enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__"].count == 4  # the fourth ends the loop
    assert found["decorated"].count == 3
    assert found["aten::mm"].flops == 3 * 2 * 27
    assert "Total FLOPs" in p.key_averages().table()


def test_the_older_form() -> None:
    profiler = tg.autograd.profiler
    with profiler.profile(record_shapes=True) as p, profiler.record_function("part"):
        tg.ones(2).sum()
    assert counts(p.key_averages()) == {"part": 1, "aten::ones": 1, "aten::sum": 1}
    assert p.total_average().count == 3
    assert str(p).startswith("----")
    with profiler.profile(enabled=False) as off:
        tg.ones(2)
    with pytest.raises(RuntimeError, match="didn't finish"):
        off.key_averages()


def parameters(function: Any) -> dict[str, Any]:
    found = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in found if p.kind is not p.VAR_KEYWORD}


def test_signatures_and_names_are_torchs() -> None:
    """Ours may lack what is deprecated or about other devices; what is there has torch's place and default."""
    missing: dict[str, set[str]] = {}
    for name in ("profile", "record_function", "schedule", "tensorboard_trace_handler"):
        want, have = parameters(getattr(torch.profiler, name)), parameters(getattr(pr, name))
        assert {n: d for n, d in want.items() if n in have} == have, name
        missing[name] = set(want) - set(have)
    assert missing == {
        "profile": {"execution_trace_observer", "use_cuda", "custom_trace_id_callback", "post_processing_timeout_s"},
        "record_function": set(), "schedule": set(), "tensorboard_trace_handler": {"use_python_export"},
    }  # fmt: skip
    table = parameters(theirs.EventList.table)
    assert parameters(EventList.table) == table
    modules = {
        "torch.profiler": pr,
        "torch.autograd.profiler": tg.autograd.profiler,
        "torch.utils.benchmark": tg.utils.benchmark,
    }
    assert {name: compat._ours(name) for name in modules} == modules


def test_measuring_costs_little() -> None:
    """A call that is measured takes some microseconds more; one that is not takes no more than before."""
    x = tg.ones(4)

    def seconds() -> float:
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(200):
                x + x
            best = min(best, (time.perf_counter() - start) / 200)
        return best

    before = seconds()
    with pr.profile():
        during = seconds()
    after = seconds()
    assert during - before < 100e-6
    assert after < before * 3 + 5e-6
