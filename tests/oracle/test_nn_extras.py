"""Less common parts of nn, optim and amp: adaptive softmax, wrappers, normalized weights, folding, averages, loss scaling."""

from __future__ import annotations

import pytest
from oracle.harness import compare, compare_form


def adaptive(m):
    m.manual_seed(0)
    layer = m.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], 2.0, head_bias=True)
    x = m.randn(6, 8, requires_grad=True)
    out, loss = layer(x, m.tensor([0, 3, 5, 12, 19, 9]))
    loss.backward()
    one = layer(x[0].detach(), m.tensor(12))
    grads = [p.grad for p in layer.parameters()]
    return out, loss, x.grad, grads, one.output, layer.log_prob(x), layer.predict(x), layer.predict(x * 50), repr(layer)


def wrappers(m):
    m.manual_seed(0)
    model = m.nn.Sequential(m.nn.Conv2d(1, 3, 3), m.nn.BatchNorm2d(3), m.nn.ReLU())
    data = m.nn.DataParallel(model)
    x = m.randn(2, 1, 5, 5)
    found = [data(x), dict(data.state_dict()), repr(data)]
    synced = m.nn.SyncBatchNorm.convert_sync_batchnorm(model)
    return [*found, synced(x), dict(synced.state_dict()), repr(synced), m.nn.SyncBatchNorm(2)(m.randn(3, 2))]


def spectral(m):
    m.manual_seed(0)
    model = m.nn.Sequential(
        m.nn.utils.spectral_norm(m.nn.Conv2d(2, 4, 3)),
        m.nn.utils.spectral_norm(m.nn.ConvTranspose2d(4, 2, 3), n_power_iterations=3),
    )
    found = [dict(model.state_dict()), repr(model)]
    for _ in range(3):
        out = model(m.randn(2, 2, 6, 6))
        out.square().mean().backward()
    found += [
        out,
        [p.grad for p in model.parameters()],
        dict(model.state_dict()),
        [n for n, _ in model.named_parameters()],
    ]
    model.eval()
    found.append(model(m.ones(1, 2, 6, 6)))
    m.nn.utils.remove_spectral_norm(model[0])
    return [*found, list(model.state_dict()), model[0].weight]


def weighted(m):
    m.manual_seed(0)
    found = []
    for dim in (0, 1, None, -1):
        layer = m.nn.utils.weight_norm(m.nn.Conv1d(3, 4, 2), dim=dim)
        out = layer(m.randn(2, 3, 5))
        out.square().mean().backward()
        found += [out, dict(layer.state_dict()), [p.grad for p in layer.parameters()], repr(layer)]
    return [*found, list(m.nn.utils.remove_weight_norm(layer).state_dict())]


def folded(m):
    m.manual_seed(0)
    found = []
    for layer, norm, x in (
        (m.nn.Conv2d(2, 3, 3, bias=False), m.nn.BatchNorm2d(3), m.randn(4, 2, 5, 5)), (m.nn.Linear(3, 4), m.nn.BatchNorm1d(4), m.randn(5, 3)),
    ):  # fmt: skip
        norm(layer(x))
        fuse = m.nn.utils.fuse_conv_bn_eval if x.dim() == 4 else m.nn.utils.fuse_linear_bn_eval
        fused = fuse(layer.eval(), norm.eval())
        found += [fused(x), dict(fused.state_dict())]
    return found


def averaged(m):
    u = m.optim.swa_utils
    found = []
    for options in (
        {},
        {"avg_fn": u.get_ema_avg_fn(0.9)},
        {"multi_avg_fn": u.get_ema_multi_avg_fn(0.9)},
        {"use_buffers": True},
        {"multi_avg_fn": u.get_swa_multi_avg_fn()},
    ):
        m.manual_seed(0)
        model = m.nn.Sequential(m.nn.Linear(3, 4), m.nn.BatchNorm1d(4), m.nn.Linear(4, 1))
        mean = u.AveragedModel(model, **options)
        optimizer = m.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(4):
            optimizer.zero_grad()
            model(m.randn(6, 3)).square().mean().backward()
            optimizer.step()
            mean.update_parameters(model)
        found += [dict(mean.state_dict()), repr(mean)]
        u.update_bn([(m.randn(5, 3),), (m.randn(5, 3),)], mean)
        found.append(dict(mean.state_dict()))
    return found


def rates(m):
    found = []
    for options in ({}, {"anneal_epochs": 3}, {"anneal_strategy": "linear", "anneal_epochs": 4}, {"anneal_epochs": 0}):
        optimizer = m.optim.SGD([m.ones(1, requires_grad=True)], lr=0.5)
        schedule = m.optim.swa_utils.SWALR(optimizer, 0.05, **options)
        path = []
        for _ in range(7):
            optimizer.step()
            schedule.step()
            path.append(schedule.get_last_lr())
        found.append(path)
    return found


def scaled(m):
    m.manual_seed(0)
    x = m.ones(3, requires_grad=True)
    optimizer, scaler = m.optim.SGD([x], lr=0.1), m.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    found = []
    for factor in (1.0, 2.0, float("inf"), 3.0, 4.0, 5.0):
        optimizer.zero_grad()
        loss = scaler.scale((x * factor).sum())
        loss.backward()
        if factor == 4.0:
            scaler.unscale_(optimizer)
            m.nn.utils.clip_grad_norm_([x], 1.0)
        scaler.step(optimizer)
        scaler.update()
        found += [loss.detach(), x.detach().clone(), scaler.get_scale(), scaler.state_dict()]
    return found


@pytest.mark.parametrize(
    "run", [adaptive, wrappers, spectral, weighted, folded, averaged, rates, scaled], ids=lambda f: f.__name__
)
def test_the_same(run):
    compare(run, rtol=1e-5, atol=1e-5)


FORMS = {
    "cutoffs": "nn.AdaptiveLogSoftmaxWithLoss(8, 20, [])",
    "cutoffs order": "nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 4])",
    "cutoffs end": "nn.AdaptiveLogSoftmaxWithLoss(8, 20, [30])",
    "target": "nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4])(torch.ones(2, 8), torch.tensor([1, 20]))",
    "target size": "nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4])(torch.ones(2, 8), torch.tensor([1]))",
    "target dims": "nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4])(torch.ones(2, 8), torch.ones(2, 2).long())",
    "fractional": "nn.FractionalMaxPool2d(3)",
    "fractional both": "nn.FractionalMaxPool2d(3, 2, 0.5)",
    "fractional ratio": "nn.FractionalMaxPool3d(3, output_ratio=(0.5, 1.5, 0.5))",
    "fractional kernel": "nn.FractionalMaxPool3d(0, 2)",
    "fractional large": "F.fractional_max_pool2d(torch.ones(1, 1, 5, 5), 3, output_size=4)",
    "fractional samples": "F.fractional_max_pool2d(torch.ones(2, 1, 5, 5), (3, 3), output_size=(2, 2), _random_samples=torch.ones(1, 1, 2))",
    "sync dims": "nn.SyncBatchNorm(2)(torch.ones(2))",
    "weight twice": "import warnings; warnings.simplefilter('ignore'); nn.utils.weight_norm(nn.utils.weight_norm(nn.Linear(1, 1)))",
    "weight none": "nn.utils.remove_weight_norm(nn.Linear(1, 1))",
    "spectral twice": "nn.utils.spectral_norm(nn.utils.spectral_norm(nn.Linear(1, 1)))",
    "spectral none": "nn.utils.remove_spectral_norm(nn.Linear(1, 1))",
    "spectral steps": "nn.utils.spectral_norm(nn.Linear(1, 1), n_power_iterations=0)",
    "spectral bias": "nn.utils.spectral_norm(nn.Linear(1, 1, bias=False), 'bias')",
    "fuse": "nn.utils.fuse_conv_bn_eval(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1))",
    "decay": "torch.optim.swa_utils.get_ema_avg_fn(2.0)",
    "averages": "torch.optim.swa_utils.AveragedModel(nn.Linear(1, 1), avg_fn=print, multi_avg_fn=print)",
    "anneal": "torch.optim.swa_utils.SWALR(torch.optim.SGD([torch.ones(1)]), 0.1, anneal_strategy='up')",
    "anneal epochs": "torch.optim.swa_utils.SWALR(torch.optim.SGD([torch.ones(1)]), 0.1, anneal_epochs=-1)",
    "linear loss": "nn.LinearCrossEntropyLoss(2, 3, weight=torch.ones(2))",
    "linear loss smoothing": "nn.LinearCrossEntropyLoss(2, 3, label_smoothing=2.0)",
    "linear loss input": "F.linear_cross_entropy(torch.ones(2, 3), torch.ones(4, 2), torch.zeros(2).long())",
    "linear loss bias": "F.linear_cross_entropy(torch.ones(2, 3), torch.ones(4, 3), torch.zeros(2).long(), linear_bias=torch.ones(3))",
    "scaler off": "s = torch.amp.GradScaler('cpu', enabled=False); print(s.state_dict(), s.get_scale(), s.is_enabled(), s.scale(3))",
    "scaler no loss": "torch.amp.GradScaler('cpu').step(torch.optim.SGD([torch.ones(1)]))",
    "scaler growth": "torch.amp.GradScaler('cpu', growth_factor=0.5)",
    "scaler backoff": "torch.amp.GradScaler('cpu', backoff_factor=2.0)",
    "scaler twice": """
x = torch.ones(1, requires_grad=True); s, o = torch.amp.GradScaler("cpu"), torch.optim.SGD([x]); s.scale(x.sum()).backward(); s.step(o)
try: s.step(o)
except RuntimeError as e: print(e)
s.update(); s.update()
""",
    "scaler load": "torch.amp.GradScaler('cpu').load_state_dict({})",
    "autocast off": "with torch.autocast('cpu', enabled=False): print(torch.ones(2) @ torch.ones(2))",
    "autocast type": "torch.autocast(3)",
    "autocast dtype": "torch.autocast('cpu', dtype=torch.float32); None",
    "old names": "s = torch.cuda.amp.GradScaler(enabled=False); print(s.get_scale())\nwith torch.cuda.amp.autocast(enabled=False): print(1)",
    "accelerator": "print(torch.accelerator.is_available(), torch.accelerator.device_count(), torch.accelerator.current_accelerator())",
    "muon": "torch.optim.Muon([torch.ones(2)])",
    "muon lr": "torch.optim.Muon([torch.ones(2, 2)], adjust_lr_fn='x')",
    "adafactor": "torch.optim.Adafactor([torch.ones(2)], d=0.5)",
    "complex": """
p = torch.ones(2, 2, dtype=torch.complex64, requires_grad=True); p.grad = torch.ones_like(p); torch.optim.Adafactor([p]).step()
""",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_form(name):
    compare_form(FORMS[name])
