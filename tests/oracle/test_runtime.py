"""What surrounds the operations: type questions, switches, ``torch.cuda`` without a GPU, checkpointing, shared memory."""

from __future__ import annotations

import multiprocessing

import pytest
import torch
from oracle.harness import compare, compare_form

import tinygrad_edu as tg

FORMS = {
    "finfo": "for d in (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128): print(torch.finfo(d))",
    "finfo-numbers": """
for d in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
    f = torch.finfo(d); print(f.bits, f.max, f.min, f.eps, f.tiny, f.smallest_normal, f.resolution, f.dtype)
print(torch.finfo().dtype, torch.finfo(torch.float32) == torch.finfo(torch.float32), torch.finfo(torch.float32) == torch.finfo(torch.float64))
""",
    "finfo-of-int": "torch.finfo(torch.int8)",
    "finfo-of-number": "torch.finfo(3)",
    "iinfo": """
for d in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
    i = torch.iinfo(d); print(i, i.bits, i.max, i.min, i.dtype)
""",
    "iinfo-of-float": "torch.iinfo(torch.float32)",
    "iinfo-of-bool": "torch.iinfo(torch.bool)",
    "iinfo-of-number": "torch.iinfo(3)",
    "is": """
x = torch.ones(2); print(torch.is_tensor(x), torch.is_tensor(3), torch.is_floating_point(x), torch.is_floating_point(x.long()), torch.is_complex(x))
print(torch.numel(torch.ones(2, 3)), torch.is_nonzero(torch.tensor([2.])), torch.is_nonzero(torch.tensor(False)), torch.is_signed(x), torch.is_inference(x))
""",
    "is-nonzero-many": "torch.is_nonzero(torch.ones(2))",
    "is-nonzero-none": "torch.is_nonzero(torch.ones(0))",
    "numel-error": "torch.numel(3)",
    "is-floating-error": "torch.is_floating_point(3)",
    "typename": "print(torch.typename(torch.ones(1)), torch.typename(3), torch.typename('a'), torch.typename(torch.ones(1).double()))",
    "result-type": """
a, b, c = torch.ones(2, dtype=torch.int32), torch.tensor(1.5), torch.ones(1, dtype=torch.float16)
print(torch.result_type(a, b), torch.result_type(a, 1), torch.result_type(a, 1.0), torch.result_type(c, b), torch.result_type(1, 2), torch.result_type(True, 2.5))
""",
    "promote": "print(torch.promote_types(torch.uint8, torch.int8), torch.can_cast(torch.double, torch.float), torch.can_cast(torch.float, torch.int))",
    "threads": "torch.set_num_threads(0)",
    "threads-interop": "torch.set_num_interop_threads(-1)",
    "deterministic": """
torch.use_deterministic_algorithms(True, warn_only=True); print(torch.are_deterministic_algorithms_enabled())
print(torch.is_deterministic_algorithms_warn_only_enabled()); torch.use_deterministic_algorithms(False); print(torch.are_deterministic_algorithms_enabled())
""",
    "matmul-precision": """
print(torch.get_float32_matmul_precision()); torch.set_float32_matmul_precision("high"); print(torch.get_float32_matmul_precision())
torch.set_float32_matmul_precision("highest")
""",
    "backends": """
c = torch.backends.cudnn; print(c.is_available(), c.enabled, c.deterministic, c.benchmark, c.version()); c.deterministic = True; c.benchmark = True
print(c.deterministic, c.benchmark); c.deterministic = c.benchmark = False; print(torch.backends.mps.is_available(), torch.backends.cuda.matmul.allow_tf32)
""",
    "cuda": """
c = torch.cuda; print(c.is_available(), c.device_count(), c.is_initialized(), c.memory_allocated(), c.max_memory_allocated(), c.memory_reserved())
c.empty_cache(); c.manual_seed(3); c.manual_seed_all(3); print(c.get_rng_state_all(), c.get_arch_list())
""",
    "version": "print(torch.version.cuda, torch.version.hip, torch.version.debug)",
    "math": "print(torch.pi, torch.inf, torch.nan, torch.e, torch.newaxis)",
    "shared": """
x = torch.ones(3); print(x.is_shared(), x.is_pinned()); y = x.share_memory_(); print(y is x, x.is_shared(), x); x.add_(1); print(x, x[1:].is_shared())
""",
    "pinned": "torch.ones(2).pin_memory()",
}  # fmt: skip


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS.keys())
def test_form(code):
    compare_form(code)


@pytest.mark.parametrize("call", [
    lambda m: m.cuda.current_device(), lambda m: m.cuda.get_device_name(), lambda m: m.cuda.synchronize(), lambda m: m.ones(1).cuda(),
    lambda m: m.cuda.set_device(0), lambda m: m.cuda.mem_get_info(), lambda m: m.nn.Module().to("cuda"), lambda m: m.zeros(1, device="cuda"),
])  # fmt: skip
def test_without_a_gpu_cuda_raises_what_torch_raises(call):
    if torch.cuda.is_available() or tg.cuda.is_available():
        pytest.skip("LEFT OUT: there is a GPU")
    results = []
    for m in (torch, tg):
        try:
            call(m)
        except Exception as error:  # of any kind: compared below
            results.append((type(error), str(error)))
        else:
            results.append(None)
    theirs, ours = results
    if theirs is None:
        assert ours is None
        return
    assert ours[0] in (theirs[0], AssertionError)
    assert ours[1] in (theirs[1], "Torch not compiled with CUDA enabled")  # or the name that torch's build lacks


# ------------------------------------------------------------------------------------------------ checkpoint
def network(m, x, w):
    return ((x * w).exp().sin() + m.nn.functional.dropout(x, 0.5)).tanh() @ w.t()


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("preserve", [True, False])
def test_checkpoint(reentrant, preserve):
    def run(m):
        m.manual_seed(2)
        x, w = (
            (m.arange(6.0).reshape(2, 3) / 6).requires_grad_(),
            (m.arange(6.0).reshape(2, 3) / 5 - 0.4).requires_grad_(),
        )
        y = m.utils.checkpoint.checkpoint(
            lambda x: network(m, x, w), x * 2, use_reentrant=reentrant, preserve_rng_state=preserve
        )
        (y.sum() * 3).backward()
        return y.detach(), x.grad if preserve else None, w.grad if preserve else None, m.rand(1) if preserve else None

    compare(run, rtol=1e-5, atol=1e-5)


def test_checkpoint_equals_no_checkpoint():
    def run(use):
        tg.manual_seed(4)
        x, w = tg.randn(4, 4, requires_grad=True), tg.randn(4, 4, requires_grad=True)

        def f(x):
            return network(tg, x, w)

        y = tg.utils.checkpoint.checkpoint(f, x, use_reentrant=False) if use else f(x)
        (gx,) = tg.autograd.grad(y.sum(), x, create_graph=True)
        (gx * gx).sum().backward()
        return y.detach(), gx.detach(), x.grad, w.grad

    for a, b in zip(run(True), run(False), strict=True):
        assert a.equal(b)


def test_checkpoint_saves_memory():
    import tracemalloc

    def chain(x):
        for _ in range(10):
            x = x.sin().exp()
        return x

    def most(use):
        x = tg.ones(100_000, requires_grad=True)
        tracemalloc.start()
        for _ in range(3):
            y = tg.utils.checkpoint.checkpoint(chain, x, use_reentrant=False) if use else chain(x)
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        y.sum().backward()
        return held

    assert most(True) < most(False) / 5


CHECKPOINT_FORMS = {
    "implicit": "print(checkpoint(lambda x: x * 2, torch.ones(1, requires_grad=True)).detach())",
    "no-grad-inputs": "y = checkpoint(lambda x: x * 2, torch.ones(1), use_reentrant=True); print(y)",
    "keywords": "print(checkpoint(lambda x, k: x * k, torch.ones(1), use_reentrant=False, k=3))",
    "keywords-reentrant": "checkpoint(lambda x, k: x * k, torch.ones(1), use_reentrant=True, k=3)",
    "several": """
a = torch.ones(2, requires_grad=True); p, q, r = checkpoint(lambda a, n: (a * n, a.exp(), n), a, 3, use_reentrant=False); (p.sum() + q.sum()).backward()
print(a.grad, r)
""",
    "in-no-grad": "\nwith torch.no_grad(): print(checkpoint(lambda x: x * 2, torch.ones(1, requires_grad=True), use_reentrant=False))",
    "sequential": """
fs = [lambda x: x * 2, lambda x: x.exp(), lambda x: x.sin(), lambda x: x + 1]; x = torch.ones(2, requires_grad=True)
y = torch.utils.checkpoint.checkpoint_sequential(fs, 2, x, use_reentrant=False); y.sum().backward(); print(y.detach(), x.grad)
""",
    "twice": """
x = torch.ones(2, requires_grad=True); y = checkpoint(lambda x: x.exp() * x, x, use_reentrant=False); y.sum().backward(retain_graph=True); y.sum().backward()
print(x.grad)
""",
}  # fmt: skip


@pytest.mark.parametrize("code", CHECKPOINT_FORMS.values(), ids=CHECKPOINT_FORMS.keys())
def test_checkpoint_form(code):
    compare_form(
        "import importlib\ncheckpoint = importlib.import_module(torch.__name__ + '.utils.checkpoint').checkpoint\n"
        + code
    )


def test_checkpoint_of_a_function_that_changes():
    calls = []

    def f(x):
        calls.append(1)
        return x.exp() if len(calls) == 1 else x.sin().exp()

    y = tg.utils.checkpoint.checkpoint(f, tg.ones(2, requires_grad=True), use_reentrant=False)
    with pytest.raises(tg.utils.checkpoint.CheckpointError, match="took other steps than forward"):
        y.sum().backward()


# ------------------------------------------------------------------------------------------------ shared memory
def _write(tensor, module):
    tensor[0] = 5
    module.weight.data[0] = 7


class Holder(tg.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = tg.nn.Parameter(tg.zeros(3))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_shared_tensors_are_not_copied_to_processes(method):
    x, module = tg.zeros(3).share_memory_(), Holder().share_memory()
    process = multiprocessing.get_context(method).Process(target=_write, args=(x, module))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert x.tolist() == [5, 0, 0]
    assert module.weight.tolist() == [7, 0, 0]
    assert module.weight.requires_grad
