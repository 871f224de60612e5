"""Low-level and former names of torch, short-time spectra and windows: values, printed forms and errors are torch's."""

from __future__ import annotations

import pytest
from oracle.harness import compare, compare_form

WINDOWS = ("hann", "hamming", "bartlett", "blackman", "kaiser")


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("arguments", ["0", "1", "5", "50, False", "9, dtype=torch.float64, requires_grad=True", "4, dtype=torch.float16",
                                       "4, dtype=torch.bfloat16", "-1", "4, dtype=torch.int64", "4, dtype=torch.complex64", "2.5"])  # fmt: skip
def test_window(name: str, arguments: str) -> None:
    compare_form(f"torch.{name}_window({arguments})")


@pytest.mark.parametrize("arguments", ["x, 8", "torch.ones(2, 3, 4), 8, return_complex=True, center=False",
    "x.int(), 8, return_complex=True", "x, 128, return_complex=True", "x, 128, return_complex=True, center=False",
    "x, 8, hop_length=0, return_complex=True", "x, 8, win_length=9, return_complex=True",
    "x, 8, window=torch.ones(7), return_complex=True", "x, 8, window=torch.hann_window(8), return_complex=True",
    "x, 8, win_length=5, normalized=True, pad_mode='constant', return_complex=True", "x, 8, return_complex=False",
    "x, 8, window=torch.ones(8, dtype=torch.complex64)",
    "x, 8, window=torch.ones(8, dtype=torch.complex64), return_complex=True, onesided=True"])  # fmt: skip
def test_stft(arguments: str) -> None:
    compare_form(
        f"x = torch.arange(64.).square() % 7\nr = torch.stft({arguments}); r.shape, r.dtype, r.abs().sum().item() // 0.1"
    )


@pytest.mark.parametrize("arguments", ["X, 8, window=w", "X, 8", "X.real, 8", "X, 8, hop_length=0", "X, 8, hop_length=9",
    "X, 8, win_length=9", "X, 16", "X, 8, window=torch.ones(7)", "X, 8, window=w, center=False", "X, 8, window=w, length=100",
    "X, 8, onesided=False", "X, 8, return_complex=True", "X[0], 8", "X[:, :0], 8",
    "X, 8, window=torch.ones(8, dtype=torch.complex64)"])  # fmt: skip
def test_istft(arguments: str) -> None:
    compare_form(
        "x, w = torch.arange(64.).square() % 7, torch.hann_window(8)\nX = torch.stft(x, 8, window=w, return_complex=True)\n"
        f"r = torch.istft({arguments}); r.shape, r.dtype, r.sum().item() // 0.1"
    )


@pytest.mark.parametrize("code", [
    "torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 1))", "torch.frobenius_norm(x, dim=1)",
    "torch.frobenius_norm(x, dim=(0, 1), keepdim=True)", "torch.frobenius_norm(x)", "torch.nuclear_norm(x)",
    "torch.norm_except_dim(x, 2, 0)", "torch.norm_except_dim(x, 2, 1)", "torch.norm_except_dim(x, 2, -1)",
    "torch.constant_pad_nd(x, (1, 0))", "torch.constant_pad_nd(x, (1,), 2)", "torch.get_device(x)", "torch.is_distributed(x)",
    "x.dim_order()", "x.t().dim_order()", "x.to_dense()", "x.resize(3, 2)", "x.resize_as(torch.ones(3, 2))",
    "x.map2_(x, x, lambda a, b, c: a + b * c)", "torch.hash_tensor(x)", "torch.hash_tensor(x, 1, keepdim=True)",
    "torch.hash_tensor(torch.tensor([-1], dtype=torch.int8))", "torch.hash_tensor(torch.ones(0))", "torch.hash_tensor(x, mode=1)",
    "torch.layer_norm(x, (3,))", "torch.group_norm(x.view(1, 2, 3), 2)", "torch.embedding(x, torch.tensor([1, 0]))",
    "torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)", "torch.kl_div(x.log_softmax(1), x.sigmoid(), 2)",
    "torch.conv_tbc(torch.ones(5, 2, 3), torch.ones(2, 3, 4), torch.zeros(4), 1)", "torch.solve(x, x)", "torch.eig(x)",
    "torch.symeig(x)", "torch.lstsq(x, x)", "torch.matrix_rank(x)",
    "torch.grid_sampler(torch.arange(9.).view(1, 1, 3, 3), torch.zeros(1, 1, 1, 2), 0, 0, False)",
])  # fmt: skip
def test_name(code: str) -> None:
    compare_form(f"x = torch.arange(6.).reshape(2, 3)\n{code}")


def test_copies_of_views_have_memory_and_nodes_of_their_own() -> None:
    calls = {"alias": (), "as_strided": ((2,), (1,)), "diagonal": (), "expand": ((2, 2, 3),), "permute": ((1, 0),), "select": (0, 1),
             "slice": (0, 0, 1), "split": (1,), "split_with_sizes": ((1, 1),), "squeeze": (), "t": (), "transpose": (0, 1),
             "unbind": (), "unfold": (0, 2, 1), "unsqueeze": (0,), "view": ((3, 2),)}  # fmt: skip
    for name, args in calls.items():

        def run(m: object, name: str = name, args: tuple[object, ...] = args) -> object:
            x = m.arange(6.0).reshape(2, 3).requires_grad_()  # type: ignore[attr-defined]
            made = getattr(m, f"{name}_copy")(x, *args)
            first = made if hasattr(made, "backward") else made[0]
            first.sum().backward()
            return type(first.grad_fn).__name__, first._is_view(), first.stride(), first.detach(), x.grad

        compare(run)
