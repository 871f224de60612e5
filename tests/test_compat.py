"""Programs that say ``import torch`` run on this package."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import tinygrad_edu as tg

ROOT = Path(__file__).parents[1]


def run(code, *arguments, check=True):
    """What a program prints that starts with ``install_as_torch()``."""
    program = "import tinygrad_edu\ntinygrad_edu.install_as_torch()\n" + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert not check or done.returncode == 0, done.stderr
    return done.stdout if check else done.stderr


def test_imports():
    out = run("""
        import torch, torchvision
        import torch.nn as nn, torch.nn.functional as F, torch.optim as optim, torch.utils.data as data
        import torch.optim.lr_scheduler as lr_scheduler, torch.backends.cudnn as cudnn, torch.cuda, torch.multiprocessing as mp
        import torchvision.transforms as T, torchvision.datasets as datasets
        from torch import Tensor, nn, optim, tensor
        from torch.nn import Module, Parameter
        from torch.nn.parameter import Parameter as P
        from torch.nn.modules.module import Module as M
        from torch.nn.init import xavier_uniform_
        from torch.nn.utils import clip_grad_norm_
        from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence
        from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split
        from torch.utils.data.dataset import Subset
        from torch.utils.data.sampler import SubsetRandomSampler
        from torch.utils.data.dataloader import default_collate
        from torch.utils.checkpoint import checkpoint
        from torch.optim import Adam, Optimizer
        from torch.optim.lr_scheduler import StepLR, ReduceLROnPlateau
        from torch.optim.optimizer import Optimizer as O
        from torch.autograd import Function, Variable, grad
        from torch.autograd.functional import jacobian
        print(Parameter is P, Module is M, Optimizer is O, torch.nn is nn, torch.utils.data is data, torch.Tensor is Tensor)
        import tinygrad_edu
        print(torch is tinygrad_edu, torchvision is tinygrad_edu.vision, torch.nn.functional is F)
    """)
    assert out.split() == ["True"] * 9


def test_methods_of_a_program_are_not_asked_about():
    """What a program puts into Tensor before there is a class with ``__torch_function__`` runs as it stands."""
    out = run("""
        import torch
        torch.Tensor.both = lambda self, other: (type(self).__name__, type(other).__name__)
        class A(torch.Tensor): pass
        class B(torch.Tensor): pass
        print(torch.ones(1).as_subclass(A).both(torch.ones(1).as_subclass(B)))
    """)
    assert out == "('A', 'B')\n"


def test_names():
    out = run("""
        import torch
        from torch import nn
        print(torch.float32, torch.device("cpu"), torch.ones(2).dtype, type(torch.ones(1)), torch.Size([1]), torch.ones(1).type())
        print(torch.__version__ >= "2.0", type(nn.Sequential()), type(nn.Parameter()))
        x = nn.Parameter(torch.ones(1)); x.grad_fn
        try: nn.Module().load_state_dict({"a": 1})
        except RuntimeError as e: print(e)
        try: nn.Module().register_parameter("a", 3)
        except TypeError as e: print(e)
    """)
    assert out.splitlines() == [
        "torch.float32 cpu torch.float32 <class 'torch.Tensor'> torch.Size([1]) torch.FloatTensor",
        "True <class 'torch.nn.modules.container.Sequential'> <class 'torch.nn.parameter.Parameter'>",
        "Error(s) in loading state_dict for Module:",
        '\tUnexpected key(s) in state_dict: "a". ',
        "cannot assign 'int' object to parameter 'a' (torch.nn.Parameter or None required)",
    ]


@pytest.mark.parametrize(
    "name", ["torch.quantization", "torch.dtypes", "torch.backend", "torch.nothing.at_all", "torchvision.io2"]
)
def test_what_is_missing_is_said(name):
    errors = run(f"import {name}", check=False)
    assert f"ModuleNotFoundError: No module named '{name}" in errors or f"'{name.rpartition('.')[0]}" in errors
    assert "tinygrad_edu stands in for torch" in errors


def test_no_second_copy_of_a_module():
    out = run("""
        import sys, torch, torch.nn.functional, torch.utils.data, torch.optim.lr_scheduler
        ours = {name: m for name, m in sys.modules.items() if name.startswith("torch")}
        print(all(m is sys.modules[m.__name__] or m.__name__.startswith("tinygrad_edu") for m in ours.values()))
        print(torch.nn.__spec__.name, torch.nn.__name__)
    """)
    assert out.split() == ["True", "tinygrad_edu.nn", "torch.nn"]  # the name is what an AttributeError shows


def test_twice_is_once():
    assert (
        run("print(tinygrad_edu.install_as_torch() is tinygrad_edu, tinygrad_edu.__version__.count('2.13'))")
        == "True 1\n"
    )


def test_not_beside_the_real_torch():
    pytest.importorskip("torch")
    code = "import torch, tinygrad_edu\ntinygrad_edu.install_as_torch()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert "RuntimeError: torch has been imported already" in done.stderr


def test_pickles_and_copies():
    out = run("""
        import copy, io, pickle, torch
        from torch import nn
        m = nn.Sequential(nn.ModuleList(), nn.ParameterList([torch.ones(2)]))
        print(pickle.loads(pickle.dumps(m)), copy.deepcopy(m)[1][0].requires_grad, pickle.loads(pickle.dumps(torch.float16)))
        o = torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9); m[1][0].grad = torch.ones(2); o.step()
        print(pickle.loads(pickle.dumps(o.state_dict()))["state"][0])
    """)
    assert "ParameterList" in out
    assert "True torch.float16" in out
    assert "{'momentum_buffer': tensor([1., 1.])}" in out


def test_classes_tell_the_modules_that_have_them_in_torch(tmp_path):
    out = run(f"""
        import pickle, torch, torchvision
        from torch import fx, jit, nn
        from torchvision import datasets, models, transforms
        print(datasets.FakeData, transforms.ToTensor, transforms.RandAugment, models.ResNet, models.VisionTransformer)
        print(fx.Proxy, fx.GraphModule, fx.Tracer, jit.TopLevelTracedModule, jit.RecursiveScriptModule)
        import torch.fx.graph_module, torch.fx._symbolic_trace, torch.jit._trace, torch.jit._script
        print(torch.fx.graph_module.GraphModule is fx.GraphModule, torch.jit._trace.TopLevelTracedModule is jit.TopLevelTracedModule)
        made = transforms.Compose([transforms.Resize(4), transforms.RandomCrop(2), transforms.RandAugment()])
        print(pickle.loads(pickle.dumps(datasets.FakeData(3, transform=made))).transform.transforms[1])
        torch.save(models.squeezenet1_0(num_classes=1), {str(tmp_path / "whole.pt")!r})
    """)
    assert out.split("\n")[:4] == [
        "<class 'torchvision.datasets.fakedata.FakeData'> <class 'torchvision.transforms.transforms.ToTensor'> "
        "<class 'torchvision.transforms.autoaugment.RandAugment'> <class 'torchvision.models.resnet.ResNet'> "
        "<class 'torchvision.models.vision_transformer.VisionTransformer'>",
        "<class 'torch.fx.proxy.Proxy'> <class 'torch.fx.graph_module.GraphModule'> <class 'torch.fx._symbolic_trace.Tracer'> "
        "<class 'torch.jit._trace.TopLevelTracedModule'> <class 'torch.jit._script.RecursiveScriptModule'>",
        "True True",
        "RandomCrop(size=(2, 2), padding=None)",
    ]
    with pytest.warns(UserWarning, match="weights_only"):  # read by a program in which nothing is called torch
        whole = tg.load(tmp_path / "whole.pt", weights_only=False)
    assert type(whole) is tg.vision.models.SqueezeNet


def test_a_script_runs_unmodified(tmp_path):
    """A plain training script, with workers, a schedule, clipping, a checkpoint."""
    script = tmp_path / "train.py"
    script.write_text(
        textwrap.dedent("""
        import argparse
        import helper
        import torch
        from torch import nn, optim
        from torch.utils.data import DataLoader, TensorDataset

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.w = nn.Parameter(torch.zeros(2, 1))
                self.b = nn.Parameter(torch.zeros(1))

            def forward(self, x):
                return x @ self.w + self.b

        if __name__ == "__main__":
            parser = argparse.ArgumentParser()
            parser.add_argument("--epochs", type=int, default=1)
            args = parser.parse_args()
            torch.manual_seed(0)
            device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
            x = torch.randn(64, 2)
            y = x @ torch.tensor([[2.0], [-1.0]]) + 0.5
            model = Net().to(device)
            optimizer = optim.Adam(model.parameters(), lr=0.1)
            scheduler = optim.lr_scheduler.StepLR(optimizer, 10, 0.5)
            for epoch in range(args.epochs):
                for a, b in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True, num_workers=1):
                    optimizer.zero_grad()
                    loss = ((model(a) - b) ** 2).mean()
                    loss.backward()
                    optimizer.step()
                scheduler.step()
            print(helper.say(model.w.detach().flatten().tolist(), model.b.item()), scheduler.get_last_lr())
    """)
    )
    (tmp_path / "helper.py").write_text("def say(w, b): return [round(v, 1) for v in (*w, b)]\n")
    done = subprocess.run(
        [sys.executable, "-m", "tinygrad_edu.compat", str(script), "--epochs", "20"], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[2.0, -1.0, 0.5] [0.025]\n"


def test_usage():
    done = subprocess.run(
        [sys.executable, "-m", "tinygrad_edu.compat"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert "usage: python -m tinygrad_edu.compat script.py" in done.stderr


def test_importing_the_package_stays_light():
    code = "import sys, tinygrad_edu; print([m for m in sys.modules if m.split('.')[0] in sys.argv[1:]])"
    heavy = [
        "PIL",
        "cupy",
        "matplotlib",
        "multiprocessing",
        "pandas",
        "scipy",
        "torch",
        "torchvision",
        "IPython",
        "numba",
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *heavy],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "[]\n", done.stderr
