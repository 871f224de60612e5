"""Several processes: collectives, training that gives the same parameters on 1, 2 and 4 of them, a failure that stops all."""

import datetime
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

import tinygrad_edu as tg
from tinygrad_edu import distributed, nn
from tinygrad_edu.course.cli import main as command_line
from tinygrad_edu.distributed.run import find_mpiexec

HERE = Path(__file__).parent
SECONDS = 60


def run(processes, *command):
    command = [find_mpiexec(), "-n", str(processes), sys.executable, *map(str, command)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.needs_mpi
@pytest.mark.parametrize("processes", [1, 4])
def test_collectives(processes):
    done = run(processes, HERE / "collectives_program.py")
    assert done.stdout.strip() == f"{processes} processes: all right", done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.needs_mpi
def test_training_gives_the_same_parameters_on_any_number_of_processes(tmp_path):
    found = {}
    for processes in (1, 2, 4):
        file = tmp_path / f"{processes}.pt"
        done = run(processes, HERE / "training_program.py", file)
        assert done.returncode == 0, done.stdout + done.stderr
        found[processes] = tg.load(file)
    for processes in (2, 4):
        for name, value in found[1].items():
            assert tg.allclose(found[processes][name], value, rtol=0, atol=1e-12), f"{name} on {processes} processes"
    assert found[1]["steps"].item() == 12


@pytest.mark.needs_mpi
@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("raise RuntimeError('the third one fails')", "RuntimeError: the third one fails"),
        ("raise SystemExit(7)", "rank 2 ended with 7"),
    ],
)
def test_a_failure_in_one_process_stops_all(tmp_path, failure, message):
    program = tmp_path / "program.py"
    program.write_text(
        "import tinygrad_edu as tg\n"
        "tg.distributed.init_process_group('mpi')\n"
        "for step in range(10):\n"
        "    if tg.distributed.get_rank() == 2 and step == 3:\n"
        f"        {failure}\n"
        "    tg.distributed.all_reduce(tg.ones(3))\n"
        "print('never reached')\n"
    )
    start = time.perf_counter()
    done = run(3, *(["-m", "tinygrad_edu.distributed.run"] if "Exit" in failure else []), program)
    assert time.perf_counter() - start < 30
    assert done.returncode != 0
    assert message in done.stderr
    assert "never reached" not in done.stdout
    if "Exit" not in failure:
        assert f'File "{program}", line 5' in done.stderr, "with its traceback"


@pytest.mark.needs_mpi
def test_launch(tmp_path, capfd):
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys, tinygrad_edu as tg\ntg.distributed.init_process_group()\n"
        "os.write(1, f'{tg.distributed.get_world_size()} {sys.argv[1:]}\\n'.encode())\n"  # in one piece: two write at once
    )
    result = CliRunner().invoke(command_line, ["launch", "-n", "2", str(program), "--lr", "0.1"])
    assert result.exit_code == 0
    assert capfd.readouterr().out.splitlines() == ["2 ['--lr', '0.1']"] * 2
    program.write_text("raise SystemExit(3)\n")
    assert CliRunner().invoke(command_line, ["launch", "-n", "2", str(program)]).exit_code != 0


@pytest.fixture
def alone(tmp_path):
    """Both packages' world of one process."""
    distributed.init_process_group("mpi")
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{tmp_path / 'meet'}", rank=0, world_size=1, timeout=datetime.timedelta(seconds=30)
    )
    yield
    for package in (tg, torch):
        if package.distributed.is_initialized():
            package.distributed.destroy_process_group()


def outcome(function, package):
    try:
        return str(function(package, package.distributed))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def test_a_world_of_one_is_torchs(alone):
    def put(name, *args):
        def call(p, d):
            t = p.tensor([1.0, 2.0])
            getattr(d, name)(*(a(p, t) if callable(a) else a for a in args))
            return t

        return call

    cases = {
        "all_reduce": put("all_reduce", lambda p, t: t),
        "average": put("all_reduce", lambda p, t: t, lambda p, t: p.distributed.ReduceOp.MAX),
        "broadcast": put("broadcast", lambda p, t: t, 0),
        "all_gather": lambda p, d: (lambda out: (d.all_gather(out, p.ones(2)), out)[1])([p.zeros(2)]),
        "gather": lambda p, d: (lambda out: (d.gather(p.ones(2), out), out)[1])([p.zeros(2)]),
        "scatter": lambda p, d: (lambda out: (d.scatter(out, [p.ones(2)]), out)[1])(p.zeros(2)),
        "barrier": lambda p, d: d.barrier(),
        "rank": lambda p, d: (d.get_rank(), d.get_world_size(), d.is_initialized(), d.is_available()),
        "twice": lambda p, d: d.init_process_group("gloo"),
        "not a tensor": lambda p, d: d.all_reduce(3),
        "not a list": lambda p, d: d.all_gather(p.ones(1), p.ones(1)),
        "no list": lambda p, d: d.gather(p.ones(2)),
        "no list to hand out": lambda p, d: d.scatter(p.ones(2)),
        "empty output": lambda p, d: d.scatter_object_list([], [1]),
        "to itself": lambda p, d: d.send(p.ones(1), 0),
        "objects": lambda p, d: (lambda out: (d.all_gather_object(out, "x"), out)[1])([None]),
        "async": lambda p, d: d.all_reduce(p.ones(1), async_op=True).wait(),
        "ended": lambda p, d: (d.destroy_process_group(), d.is_initialized())[1],
        "after the end": lambda p, d: d.all_reduce(p.ones(1)),
        "rank after the end": lambda p, d: d.get_rank(),
        "no group": lambda p, d: p.nn.parallel.DistributedDataParallel(p.nn.Linear(1, 1)),
    }
    found = []
    for name, case in cases.items():
        ours, theirs = outcome(case, tg).replace("tinygrad_edu", "torch"), outcome(case, torch)
        if ours != theirs:
            found.append(f"{name}:\n  {ours}\n  {theirs}")
    assert not found, "\n".join(found)


def test_sampler_is_torchs():
    found = []
    for n in (0, 1, 5, 12, 13):
        for replicas in (1, 2, 3, 8):
            for options in (
                {},
                {"shuffle": False},
                {"drop_last": True},
                {"shuffle": False, "drop_last": True},
                {"seed": 7},
            ):
                for rank in range(replicas):
                    made = []
                    for package in (tg, torch):
                        try:
                            sampler = package.utils.data.distributed.DistributedSampler(
                                range(n), replicas, rank, **options
                            )
                            sampler.set_epoch(3)
                            made.append((len(sampler), list(sampler)))
                        except Exception as error:
                            made.append((type(error).__name__, str(error)))
                    if made[0] != made[1]:
                        found.append((n, replicas, rank, options, made))
    for package in (tg, torch):
        with pytest.raises(ValueError, match=r"Invalid rank 2, rank should be in the interval \[0, 1\]"):
            package.utils.data.distributed.DistributedSampler(range(4), 2, 2)
    assert found == []


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(1, 4, 3), nn.GroupNorm(2, 4), nn.Linear(4, 3)

    def forward(self, x, scale=1.0, pair=None):
        out = self.head(self.norm(self.conv(x)).relu().mean((2, 3))) * scale
        return {"out": out, "twice": (out * 2, pair)}


def test_data_parallel_on_simulated_devices():
    tg.manual_seed(0)
    module, x = Block(), tg.randn(7, 1, 6, 6)
    module(x)["twice"][0].pow(2).sum().backward()
    want = {name: p.grad.clone() for name, p in module.named_parameters()}
    for devices in (["cpu"], ["cpu"] * 2, ["cpu"] * 3, ["cpu"] * 9):
        module.zero_grad()
        parallel = nn.DataParallel(module, device_ids=devices)
        out = parallel(x, **({"scale": 1.0} if len(devices) < len(x) else {}))
        assert tg.allclose(out["out"], module(x)["out"], atol=1e-6)
        out["twice"][0].pow(2).sum().backward()
        for name, p in module.named_parameters():
            assert tg.allclose(p.grad, want[name], atol=1e-4), f"{name} on {len(devices)} devices"
    assert list(parallel.state_dict()) == list(torch.nn.DataParallel(torch.nn.Sequential()).state_dict()) + [
        f"module.{n}" for n in module.state_dict()
    ]
    norm = nn.DataParallel(nn.BatchNorm1d(2), device_ids=["cpu", "cpu"])
    norm(x := tg.randn(6, 2))
    first = nn.BatchNorm1d(2)
    first(x[:3])
    assert tg.equal(norm.module.running_mean, first.running_mean), "the first device's statistics are kept, as in torch"
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        nn.DataParallel(nn.Linear(3, 1), device_ids=["cpu", "cpu"])(tg.ones(4, 2))
    scattered = nn.parallel.scatter({"a": (tg.arange(4), 5)}, ["cpu", "cpu"])
    assert [s["a"][0].tolist() for s in scattered] == [[0, 1], [2, 3]]
    assert scattered[1]["a"][1] == 5


@pytest.mark.parametrize("missing", [False, True])
def test_ddp_alone(missing, alone):
    """Unused parameters: an error in torch's words at the next forward, unless they are looked for."""

    def steps(package):
        class Half(package.nn.Module):
            def __init__(self):
                super().__init__()
                self.used, self.unused = package.nn.Linear(1, 1), package.nn.Linear(1, 1)

            def forward(self, x):
                return self.used(x)

        net = package.nn.parallel.DistributedDataParallel(Half(), find_unused_parameters=missing)
        for _ in range(2):
            net(package.ones(1, 1)).sum().backward()
        return net.module.unused.weight.grad is None, list(net.state_dict())

    def told(package):
        try:
            return str(steps(package))
        except RuntimeError as error:
            return str(error)

    ours, theirs = told(tg), told(torch)
    assert (
        ours.replace("\n", " ").split("Parameter indices")[0].split()
        == theirs.replace("\n", " ").split("Parameter indices")[0].split()
    )
    for package in (tg, torch):
        with pytest.raises(
            RuntimeError,
            match="DistributedDataParallel is not needed when a module doesn't have any parameter that requires",
        ):
            package.nn.parallel.DistributedDataParallel(package.nn.ReLU())


def test_zero_alone(alone):
    """A divided optimizer of one process: parameters, state and its errors are torch's."""

    def steps(package, optimizer):
        p, q = package.nn.Parameter(package.ones(2)), package.nn.Parameter(package.ones(3))
        made = optimizer([p], package.optim.Adam, lr=0.1)
        made.add_param_group({"params": [q], "lr": 0.5})
        for step in range(3):
            p.grad, q.grad = package.full((2,), step + 1.0), package.full((3,), step - 1.0)
            made.step()
        try:
            made.state_dict()
        except RuntimeError as error:
            said = str(error)
        made.consolidate_state_dict()
        return p.tolist(), q.tolist(), said, str(made.state_dict()["state"]), made.param_groups[1]["lr"], made.rank

    from tinygrad_edu.optim.zero import ZeroRedundancyOptimizer as Ours

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's module uses what torch deprecates
        from torch.distributed.optim import ZeroRedundancyOptimizer as Theirs
    assert steps(tg, Ours) == steps(torch, Theirs)
