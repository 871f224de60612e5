"""Sparse tensors of random places and numbers: values, order of places, gradients and files as with torch; nothing dense reads one."""

from __future__ import annotations

import io
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from oracle.test_programs import same

import tinygrad_edu as tg
from tinygrad_edu.ops import registry
from tinygrad_edu.sparse.dispatch import TABLE


@pytest.fixture(autouse=True)
def _beta_is_no_news():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch says once that CSR is in beta
        yield


class Sample:
    """The same random sparse tensors on both sides: not in order, with places that occur twice, some hybrid, some empty."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.m = int(rng.integers(1, 5)), int(rng.integers(1, 5))
        self.nnz = int(rng.integers(0, 9)) if seed % 7 else 0
        self.dense = (3,) if seed % 3 == 2 else ()
        self.dtype = ("float32", "float64")[seed % 2]
        self.rng = rng
        self.sets = [self._numbers() for _ in range(2)]
        self.matrix = rng.integers(-4, 5, (self.m, 3)).astype(self.dtype)
        self.full = rng.integers(-4, 5, (self.n, self.m, *self.dense)).astype(self.dtype)

    def _numbers(self) -> tuple[Any, Any]:
        places = np.stack([self.rng.integers(0, k, self.nnz) for k in (self.n, self.m)])
        return places, self.rng.integers(-5, 6, (self.nnz, *self.dense)).astype(self.dtype) / 2

    def on(self, side: Any) -> dict[str, Any]:
        shape = (self.n, self.m, *self.dense)
        made = {
            name: side.sparse_coo_tensor(side.tensor(i), side.tensor(v), shape) for name, (i, v) in zip("ab", self.sets)
        }
        return made | {"d": side.tensor(self.matrix), "f": side.tensor(self.full), "torch": side}


FORMS = """
a.coalesce()
a + b
a - b
a + b.coalesce()
a.coalesce() + b.coalesce()
a.add(b, alpha=0.5)
a * b
a.coalesce() * b.coalesce()
a * b.coalesce()
b * a
f + a
a * f
f - 2 * a
a.to_dense()
a.transpose(0, 1)
a.permute(1, 0, *range(2, a.dim()))
a.unsqueeze(1)
a.unsqueeze(-1)
a[0]
a[:, -1]
a[-1, 0]
a.index_select(0, torch.tensor([0, 0]))
a.index_select(1, torch.tensor([0]))
torch.cat([a, b])
torch.cat([a, b, a], 1)
torch.stack([a, b], 1)
a.sum()
a.sum(0)
a.sum(-1)
torch.sparse.sum(a, [0, 1])
torch.sparse.sum(a, 1)
torch.sparse.softmax(a, 1)
torch.sparse.softmax(a, 0).to_dense()
torch.sparse.log_softmax(a, 1)
a.norm()
a.abs()
a.sign()
-a
a / 3
a // 2
a ** 2
a.narrow_copy(0, 0, 1)
f.sparse_mask(a)
a.sparse_mask(b)
a.double().coalesce()
f.to_sparse()
f.to_sparse(1)
list(a)
""".strip().splitlines()
OF_MATRICES = """
a @ d
torch.sparse.mm(a, d)
d.t() @ a.t()
a @ b.t()
a.mv(d[:, 0])
torch.sparse.addmm(torch.ones(a.size(0), 3, dtype=a.dtype), a, d, beta=0.5, alpha=2)
a.smm(d)
torch.hspmm(a, d)
a.coalesce().to_sparse_csr()
a.coalesce().to_sparse_csc()
a.to_sparse_csr() @ d
a.to_sparse_csr() + b.to_sparse_csr()
a.to_sparse_csr() * 2
a.to_sparse_csr() @ b.to_sparse_csr().to_dense().t()
(a.to_sparse_csr() @ b.t().to_sparse_csr()).to_dense()
a.to_sparse_csr().t().to_dense()
a.to_sparse_csc().to_dense()
""".strip().splitlines()


def shown(form: str, names: dict[str, Any], after: Callable[[Any], Any] = lambda value: value) -> str:
    try:
        value = after(eval(form, dict(names)))
    except Exception as error:
        return f"{type(error).__name__}: {str(error).partition(' This could be')[0]}"
    return repr(value)


def test_every_operation_on_random_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinygrad_edu.dtypes.module_name", "torch")
    wrong, compared = [], 0
    for seed in range(24):
        sample = Sample(seed)
        ours, theirs = sample.on(tg), sample.on(torch)
        for form in FORMS + (OF_MATRICES if not sample.dense else []):
            compared += 1
            mine, other = shown(form, ours), shown(form, theirs)
            if not same(mine, other):
                wrong.append(f"seed {seed}: {form}\n{other}\nours\n{mine}")
    assert not wrong, f"{len(wrong)} of {compared}:\n" + "\n".join(wrong[:8])
    assert compared > 1300


# ------------------------------------------------------------------------------------ gradients
LOSSES: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "sparse.mm": lambda t, s, d, w: (t.sparse.mm(s, d) * w).sum(),
    "matmul": lambda t, s, d, w: ((s @ d) * w).sum(),
    "to_dense": lambda t, s, d, w: (s.to_dense() @ d * w).sum(),
    "scaled": lambda t, s, d, w: ((s * 3 - s / 2).to_dense() @ d * w).sum(),
    "added": lambda t, s, d, w: ((s + s.coalesce()).to_dense() @ d * w).sum(),
    "turned": lambda t, s, d, w: (t.sparse.mm(s.t(), w) * d).sum(),
    "addmm": lambda t, s, d, w: (t.sparse.addmm(w, s, d, beta=0.5, alpha=2.0) * w).sum(),
    "sum": lambda t, s, d, w: (t.sparse.sum(s, 1).to_dense() * w[:, 0]).sum(),
    "softmax": lambda t, s, d, w: (t.sparse.softmax(s, 1).to_dense() @ d * w).sum(),
    "log_softmax": lambda t, s, d, w: (t.sparse.log_softmax(s, 0).to_dense() @ d * w).sum(),
    "values": lambda t, s, d, w: (s.coalesce().values() ** 2).sum(),
    "sparse of sparse": lambda t, s, d, w: (t.sparse.mm(s, s.t()).to_dense() @ w).sum(),
    "times dense": lambda t, s, d, w: ((s * (w[:, :1] @ d[:, :1].t())).to_dense() ** 2).sum(),
    "csr": lambda t, s, d, w: (t.sparse.mm(s.to_dense().to_sparse_csr(), d) * w).sum(),
}  # fmt: skip


def slopes(side: Any, seed: int, loss: Any) -> dict[str, Any]:
    """Gradients of the values a sparse tensor is made of, of a sparse leaf, and of a dense operand."""
    rng = np.random.default_rng(seed)
    n, m, nnz = 4, 3, 7
    places = side.tensor(np.stack([rng.integers(0, n, nnz), rng.integers(0, m, nnz)]))
    values = side.tensor(rng.normal(size=nnz), requires_grad=True)
    d, w = (side.tensor(rng.normal(size=(k, 2)), requires_grad=True) for k in (m, n))
    loss(side, side.sparse_coo_tensor(places, values, (n, m)), d, w).backward()
    leaf = side.sparse_coo_tensor(places, values.detach(), (n, m)).requires_grad_()
    loss(side, leaf, d.detach(), w.detach()).backward()
    found = {"values": values.grad, "d": d.grad, "w": w.grad}
    if leaf.grad is not None:
        found |= {"leaf": leaf.grad.to_dense(), "layout": str(leaf.grad.layout).rpartition(".")[2]}
    return found


def test_gradients() -> None:
    wrong = []
    for name, loss in LOSSES.items():
        for seed in range(4):
            ours, theirs = slopes(tg, seed, loss), slopes(torch, seed, loss)
            assert list(ours) == list(theirs), name
            for what, g in theirs.items():
                mine = ours[what]
                alike = (
                    mine == g if isinstance(g, str) or g is None else np.allclose(mine.numpy(), g.numpy(), 1e-9, 1e-12)
                )
                if not alike:
                    wrong.append(f"{name}, seed {seed}: {what}\n{g}\nours\n{mine}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:6])


def test_a_product_with_a_constant_matrix_can_be_differentiated_twice() -> None:
    def second(side: Any) -> Any:
        s = side.sparse_coo_tensor([[0, 1, 1], [1, 0, 2]], side.tensor([2.0, 3.0, -1.0]), (2, 3))
        x = side.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
        (g,) = side.autograd.grad((side.sparse.mm(s, x) ** 3).sum(), x, create_graph=True)
        (g**2).sum().backward()
        return x.grad

    assert np.allclose(second(tg).numpy(), second(torch).numpy())


# ------------------------------------------------------------------------------------ files
def _kinds(side: Any) -> dict[str, Any]:
    coo = side.sparse_coo_tensor([[1, 1, 0], [0, 2, 0]], [1.5, 2.5, -3.0], (2, 3))
    hybrid = side.sparse_coo_tensor([[1, 1]], side.ones(2, 2, dtype=side.float64), (3, 2))
    return {
        "coo": coo, "coalesced": coo.coalesce(), "hybrid": hybrid, "empty": side.sparse_coo_tensor((2, 3)),
        "csr": coo.to_dense().to_sparse_csr(), "csc": coo.to_dense().to_sparse_csc(), "int": coo.to(side.int32),
    }  # fmt: skip


@pytest.mark.parametrize("old", [False, True])
def test_files_go_both_ways(old: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinygrad_edu.dtypes.module_name", "torch")
    for source, target in ((tg, torch), (torch, tg)):
        buffer = io.BytesIO()
        source.save(_kinds(source), buffer, _use_new_zipfile_serialization=not old)
        buffer.seek(0)
        found = target.load(buffer)
        for name, t in _kinds(target).items():
            assert repr(found[name]) == repr(t), name
            if t.layout is target.sparse_coo:
                assert found[name].is_coalesced() == t.is_coalesced(), name


def test_a_file_with_indices_outside_is_refused() -> None:
    buffer = io.BytesIO()
    torch.save(torch.sparse_coo_tensor([[5]], [1.0], (3,)), buffer)
    buffer.seek(0)
    with pytest.raises(RuntimeError, match="size is 3 but found index 5"):
        tg.load(buffer)


def test_pickled_and_copied() -> None:
    for name, t in _kinds(tg).items():
        again = pickle.loads(pickle.dumps(t))
        assert repr(again) == repr(t), name
        assert again._raw.values is not t._raw.values


# ------------------------------------------------------------------------------------ nothing dense reads one
# they hand back what they got, tell something of it, are made of what there is, or took it for a flag
HARMLESS = (
    "dequantize dim_order is_distributed new_empty_strided resolve_conj resolve_neg to alpha_dropout asarray chain_matmul detach "
    "dropout feature_alpha_dropout feature_dropout get_device margin_ranking_loss pairwise_distance poisson_nll_loss real "
    "resize_as_ unique gaussian_nll_loss l1_loss triplet_margin_loss tanhshrink triplet_margin_with_distance_loss LinAlgError "
    "vecdot is_pinned"
)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "complex64", "int64"])
@pytest.mark.parametrize("dense", [(), (3,), (9,)])
def test_coalesce_adds_in_the_same_order(dtype: str, dense: tuple[int, ...]) -> None:
    """Down to the last digit, however many numbers meet in a place and however they were mixed."""
    for seed, several in enumerate((3, 12, 15, 16, 17, 40, 400, 3000)):
        rng = np.random.default_rng(seed)
        where = rng.integers(0, 2 + several // 20, (2, several))
        numbers = 50 * rng.standard_normal((several, *dense))
        both = []
        for library in (torch, tg):
            values = library.tensor(numbers).to(getattr(library, dtype))
            sparse = library.sparse_coo_tensor(
                library.tensor(where), values, (200, 200, *dense), check_invariants=False
            )
            both.append(sparse.coalesce().values().tolist())
        assert both[0] == both[1], several


def test_no_dense_operation_computes_with_a_sparse_tensor() -> None:
    """What `TABLE` does not answer is refused: no result, and no error that speaks of how a tensor is made here."""
    d = tg.ones(2, 2)
    harmless = HARMLESS.split()
    wrong, tried = [], 0
    for layout in ("sparse_coo", "sparse_csr"):
        for table in (
            registry.methods,
            registry.functions,
            registry.functional,
            registry.linalg,
            registry.fft,
            registry.special,
        ):
            for name in sorted(table.keys() - TABLE.keys()):
                for others in ((), (0,), (d,), (0, 1), (d, d), ((2, 2),)):
                    t = tg.tensor([[0.0, 2.0], [3.0, 0.0]]).to_sparse(layout=getattr(tg, layout))
                    tried += 1
                    call = getattr(t, name) if table is registry.methods else (lambda *a, f=table[name], t=t: f(t, *a))
                    try:
                        call(*others)
                    except AttributeError as error:
                        wrong.append(f"{name}{others}: AttributeError {error}")
                    except Exception:
                        continue
                    else:
                        if name not in harmless:
                            wrong.append(f"{name}{others}: a result")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:20])
    assert tried > 5000
