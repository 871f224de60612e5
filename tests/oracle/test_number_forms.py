"""Lines a learner types about arithmetic, reductions, orders and statistics: the same text (or the same error) as torch's."""

from __future__ import annotations

import pytest
from oracle.harness import compare_form

X = "x = torch.tensor([[3., 1., 2.], [-1., 5., 0.]]); "
G = "x = torch.tensor([[3., 1., 2.], [-1., 5., 0.]], requires_grad=True); "
I = "i = torch.tensor([3, 1, 2, 3]); "
FORMS = [
    # arithmetic and its spelling
    X + "x + 1", X + "1 - x", X + "2 / x", X + "x // 2", X + "x % 2", X + "-x", X + "+x", X + "abs(x)", X + "x ** 2", X + "2 ** x", X + "x ** -1",
    I + "i / 2", I + "i // 2", I + "i % 2", I + "-7 // i", I + "i ** 2", I + "i * 1.5", I + "i + True", I + "7 % i", I + "i ** -1", I + "2 ** i",
    I + "~i", I + "i & 1", I + "i | 4", I + "i ^ 3", I + "i << 1", I + "i >> 1", I + "1 << i", I + "i == 3", I + "i != 3", I + "i > 2.5", I + "3 <= i",
    I + "i.add_(1)", I + "i.add_(1.5)", I + "i /= 2", I + "i += 1; i", I + "i *= 2; i", I + "i -= True", X + "x += 1; x.sub_(1)", X + "x.mul_(2).add_(1)",
    G + "x + 1", G + "x * x", G + "1 / x", G + "x - 2", G + "2 - x", G + "x / 2", G + "x ** 2", G + "2 ** x", G + "-x", G + "x.exp()", G + "x.sum()",
    G + "x.mean(0)", G + "x.max()", G + "x.max(1)", G + "x.sort()", G + "x.clamp(0, 1)", G + "x.abs()", G + "x.relu()", G + "x.std()", G + "x.norm()",
    G + "x.prod()", G + "x.cumsum(0)", G + "x.topk(2)", G + "torch.where(x > 0, x, 0.)", G + "x.var(1, keepdim=True)", G + "x.median()", G + "x.add_(1)",
    G + "x.sum().item()", G + "(x > 0).sum()", G + "x.argmax()", G + "x.detach().floor_()", G + "x.floor_divide(2)", G + "torch.maximum(x, -x)",
    "torch.tensor([True, False]) + torch.tensor([True, True])", "torch.tensor(True) + 1", "torch.tensor([1, 2]) + torch.tensor(0.5)",
    "torch.tensor([1., 2.]) + torch.tensor(1, dtype=torch.int64)", "torch.tensor([1, 2], dtype=torch.int8) + 300", "torch.tensor([1, 2]) * 2j",
    "torch.tensor([1., 2.], dtype=torch.float16) * 3.3", "torch.tensor(5) / torch.tensor(2)", "torch.tensor([7, -7]).div(2, rounding_mode='trunc')",
    "torch.tensor([1e38]) * 10", "torch.tensor([0.]) / 0", "torch.tensor([-1.]).sqrt()", "torch.tensor([0.]).log()", "torch.tensor(5) % 0", "torch.tensor(5) // 0",
    "torch.tensor([5]) / 0", "torch.tensor(3).pow(2)", "torch.tensor([1, 2]).float().mean()", "torch.tensor([1, 2]).mean()", "torch.tensor([1, 2]).std()",
    "torch.add(torch.ones(2), torch.ones(2), alpha=3)", "torch.ones(2, 3) + torch.ones(3, 2)", "torch.ones(2) + 'a'", "torch.ones(2) + None", "'a' + torch.ones(2)",
    "torch.ones(2) @ 2", "torch.ones(2) * [1, 2]", "torch.exp(1)", "torch.exp(torch.tensor(1))", "torch.sqrt(torch.tensor([4, 9]))", "torch.sigmoid(torch.tensor(0))",
    "torch.round(torch.tensor([0.5, 1.5, -0.5]))", "torch.round(torch.tensor([1.2345]), decimals=2)", "torch.floor(torch.tensor([-0.5]))", "torch.tensor([-0.3]).ceil()",
    "torch.clamp(torch.arange(5), 1, 3)", "torch.arange(5).clamp(min=1.5)", "torch.arange(5.).clip(max=2)", "torch.arange(3).clamp()", "torch.sign(torch.tensor([-2., 0., 3.]))",
    "torch.lerp(torch.zeros(2), torch.ones(2), 0.3)", "torch.addcmul(torch.ones(2), torch.ones(2), torch.ones(2), value=0.1)", "torch.hypot(torch.tensor([3.]), torch.tensor([4.]))",
    "torch.nan_to_num(torch.tensor([float('nan'), float('inf'), 1.]))", "torch.isnan(torch.tensor([float('nan'), 1.]))", "torch.isclose(torch.tensor([1.]), torch.tensor([1.0001]))",
    "torch.allclose(torch.ones(2), torch.ones(2))", "torch.equal(torch.ones(2), torch.ones(3))", "torch.allclose(torch.ones(2), torch.ones(2).double())", "torch.erf(torch.tensor([0.5, 1.]))",
    "torch.special.expit(torch.zeros(2))", "torch.lgamma(torch.tensor([1., 2., 0.5]))", "torch.logit(torch.tensor([0.2]))", "torch.xlogy(torch.tensor([0., 1.]), torch.tensor([0., 2.]))",
    "torch.gcd(torch.tensor([12]), torch.tensor([18]))", "torch.logical_not(torch.tensor([0, 2]))", "torch.bitwise_not(torch.tensor([1.]))", "torch.tensor([1.]) & 1", "~torch.tensor([1.])",
    "torch.frexp(torch.tensor([3., 0.]))", "torch.heaviside(torch.tensor([-1., 0., 2.]), torch.tensor([0.5]))", "torch.fmod(torch.tensor([-3.]), 2)", "torch.remainder(torch.tensor([-3.]), 2)",
    # reductions
    X + "x.sum()", X + "x.sum(1)", X + "x.sum(dim=1, keepdim=True)", X + "x.sum((0, 1))", X + "x.sum(axis=0)", X + "x.sum(0, keepdims=True)", X + "x.sum(2)", X + "x.sum(-3)",
    X + "x.sum(dim=[0, 0])", X + "x.sum('a')", X + "x.mean(dtype=torch.float64)", X + "x.min(0)", X + "x.max(dim=1, keepdim=True)", X + "x.max(torch.zeros(3))", X + "x.amax((0, 1))",
    X + "torch.aminmax(x)", X + "torch.aminmax(x, dim=0)", X + "x.argmax(1)", X + "x.argmin()", X + "x.argmax(dim=5)", X + "x.all()", X + "x.any(1)", X + "x.var()", X + "x.std(0)",
    X + "x.std(unbiased=False)", X + "torch.var_mean(x, 1)", X + "x.median(1)", X + "x.mode()", X + "x.kthvalue(2)", X + "x.norm()", X + "x.norm(1, 0)", X + "x.norm(p=float('inf'))",
    X + "torch.linalg.norm(x)", X + "torch.linalg.vector_norm(x, 3)", X + "torch.dist(x, x + 1)", X + "x.cumsum(1)", X + "x.cumprod(0)", X + "x.cummax(1)", X + "x.logcumsumexp(1)", X + "x.logsumexp(1)",
    X + "x.count_nonzero()", X + "torch.count_nonzero(x, dim=0)", X + "x.prod(1)", X + "x.nansum()", X + "x.softmax(1)", X + "torch.sum(x, dtype=torch.int64)", X + "x.max(3)", X + "x.cumsum()",
    "torch.tensor([]).sum()", "torch.tensor([]).mean()", "torch.tensor([]).max()", "torch.tensor([]).prod()", "torch.zeros(0, 3).max(0)", "torch.zeros(0, 3).max(1)", "torch.tensor([]).median()", "torch.tensor([]).std()",
    "torch.tensor([]).argmax()", "torch.tensor([True, False]).sum()", "torch.tensor([1, 2, 3], dtype=torch.uint8).sum()", "torch.tensor([True]).mean()", "torch.tensor(3.).sum(0)", "torch.tensor(3.).max(0)",
    "torch.tensor([1.]).std()", "torch.tensor([1., 2.]).var(correction=0)", "torch.tensor([float('nan'), 1.]).max()", "torch.tensor([float('nan'), 1.]).median()", "torch.tensor([float('nan'), 1.]).nanmedian()",
    "torch.sum([1, 2])", "torch.max(3)", "torch.mean(torch.ones(2), dim='x')", "torch.all(torch.tensor([1, 0], dtype=torch.uint8))", "torch.any(torch.tensor([0., 0.5]))",
    # orders
    X + "x.sort()", X + "x.sort(0, True)", X + "x.sort(descending=True).values", X + "x.argsort(1)", X + "x.argsort(descending=True)", X + "x.topk(2)", X + "x.topk(2, largest=False).indices", X + "x.topk(9)",
    X + "torch.msort(x)", X + "v, idx = x.sort(); print(v, idx)", I + "i.sort()", I + "i.topk(3)", I + "i.unique()", I + "i.unique(return_counts=True)", I + "torch.unique(i, return_inverse=True, return_counts=True)",
    I + "torch.unique_consecutive(i)", I + "i.bincount()", I + "torch.bincount(i, minlength=6)", I + "torch.bincount(i, weights=torch.ones(4))", "torch.bincount(torch.tensor([1.]))", "torch.bincount(torch.tensor([-1]))",
    "torch.tensor([2, 2, 1, 1, 3]).mode()", "torch.tensor([1, 1, 1, 1]).topk(2)", "torch.tensor([1., 1., 1.]).max(0)", "torch.tensor([5, 5, 5]).argmax()", "torch.tensor([3, 3, 1]).min(0)", "torch.tensor([True, False]).sort()",
    # statistics
    X + "torch.quantile(x, 0.5)", X + "torch.quantile(x, torch.tensor([0.25, 0.75]), dim=1)", X + "torch.quantile(x, 0.4, interpolation='nearest')", X + "torch.quantile(x, 2)", X + "torch.histc(x, 4)",
    X + "torch.histogram(x, 3)", X + "torch.cov(x)", X + "torch.corrcoef(x)", X + "torch.renorm(x, 2, 0, 1.)", X + "x.quantile(0.5, 0, keepdim=True)", "torch.histc(torch.tensor([1., 2., 1.]), bins=4, min=0, max=3)",
    "torch.trapezoid(torch.tensor([1., 5., 10.]))", "torch.gradient(torch.tensor([1., 2., 4., 8.]))", "torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2]))", "torch.cumulative_trapezoid(torch.arange(4.))",
    # the results' types
    X + "type(x.max(0)).__name__", X + "isinstance(x.max(0), tuple)", X + "x.max(0)[1]", X + "x.sort()[0]", X + "len(x.topk(1))", X + "a, b = torch.std_mean(x); print(a, b)", X + "x.max(0).indices.dtype", X + "x.sum().dtype",
    X + "x.argmax().dtype", X + "(x > 1).dtype", X + "x.bool().sum().dtype", X + "x.int().sum().dtype", X + "x.int().prod().dtype", X + "x.half().sum().dtype", X + "x.int().cumsum(0).dtype", X + "(x.int() / 2).dtype",
    X + "(x.int() + 1.5).dtype", X + "(x.int() + x.double()).dtype", X + "(x + x.double()[0, 0]).dtype", X + "torch.result_type(x, 2j)", X + "x.sum(out=torch.zeros(()))", X + "torch.add(x, 1, out=torch.zeros(2, 3))",
    X + "torch.sum(x, 0, out=torch.zeros(2))", X + "torch.exp(x, out=torch.zeros(2, 3, dtype=torch.int64))", G + "torch.exp(x, out=torch.zeros(2, 3))", X + "torch.max(x, 0, out=(torch.zeros(3), torch.zeros(3, dtype=torch.int64)))",
]  # fmt: skip


@pytest.mark.parametrize("code", FORMS)
def test_form(code):
    compare_form(code)
