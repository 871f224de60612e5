"""Layers are torch's: parameters drawn from the same random stream, state_dict, repr, outputs, gradients, train and eval."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from oracle.harness import compare, compare_form

import tinygrad_edu as tg

SHAPES = {1: (2, 4, 9), 2: (2, 4, 7, 6), 3: (2, 4, 5, 4, 6)}


def wave(m, *shape, grad=True, double=False):
    """Numbers without pattern, the same for both sides."""
    numbers = np.sin(np.arange(math.prod(shape)) * 1.7 + 0.3).reshape(shape)
    return m.from_numpy(numbers if double else numbers.astype(np.float32)).requires_grad_(grad)


def flat(value):
    if isinstance(value, (tuple, list)):
        return [t for v in value for t in flat(v)]
    return [] if value is None else [value]


def exercise(m, make, shapes, ev=False, double=False, call=None):
    """Everything that a layer shows: repr, state, outputs with their nodes, gradients, state after; with ``double`` (in
    float64, where rounding hides nothing) the gradients of gradients too."""
    m.manual_seed(3)
    layer = make(m.nn, m)
    if double:
        layer.double()
    before = {name: t.clone() for name, t in layer.state_dict().items()}
    layer.eval() if ev else layer.train()
    inputs = [wave(m, *shape, double=double) for shape in shapes]
    m.manual_seed(5)
    outs = flat(call(m, layer, *inputs) if call else layer(*inputs))
    names = [type(o.grad_fn).__name__ if o.requires_grad else None for o in outs]
    used = [o for o in outs if o.requires_grad]
    leaves = [*inputs, *layer.parameters()]
    first = again = None
    if used:
        loss = sum((o * wave(m, *o.shape, grad=False, double=double)).sum() for o in used)
        first = m.autograd.grad(loss, leaves, create_graph=double, allow_unused=True)
        if double:
            curved = [(g * g).sum() for g in first if g is not None and g.requires_grad]
            again = m.autograd.grad(sum(curved), leaves, allow_unused=True) if curved else [None] * len(leaves)
            again = [m.zeros_like(p) if g is None else g for g, p in zip(again, leaves)]
        first = [m.zeros_like(p) if g is None else g.detach() for g, p in zip(first, leaves)]
    shown = [o.detach() for o in outs]
    return (
        repr(layer),
        list(before),
        list(before.values()),
        shown,
        names,
        first,
        again,
        list(layer.state_dict().values()),
    )


def same(make, *shapes, tolerance=2e-5, second=True, **options):
    for double in (False, True) if second else (False,):
        run = partial(exercise, make=make, shapes=shapes, double=double, **options)
        compare(run, rtol=tolerance, atol=1e-9 if double else 2e-5, strides="", compare_warnings=False)


def build(name, *args, **kwargs):
    return lambda nn, m: getattr(nn, name)(*args, **kwargs)


SIMPLE = [
    ("Linear", (3, 2), {}, (4, 3)), ("Linear", (3, 2, False), {}, (4, 5, 3)),
    ("Bilinear", (3, 4, 5), {}, (2, 3), (2, 4)), ("Identity", (1, 2), {"a": 3}, (2, 3)), ("Flatten", (), {}, (2, 3, 4)),
    ("Flatten", (0, 1), {}, (2, 3, 4)), ("Unflatten", (1, (2, 2)), {}, (3, 4)),
    *((name, (), {}, (3, 4)) for name in (
        "ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Softplus", "Softsign", "Hardtanh",
        "Hardsigmoid", "Hardswish", "PReLU", "LogSigmoid", "Tanhshrink", "Softshrink", "Hardshrink", "RReLU", "GLU",
    )),
    *((name, (1,), {}, (3, 4)) for name in ("Softmax", "LogSoftmax", "Softmin")), ("Softmax2d", (), {}, (2, 3, 2, 2)),
    ("LeakyReLU", (0.3,), {}, (3, 4)), ("ELU", (0.5,), {}, (3, 4)), ("PReLU", (4,), {}, (3, 4)), ("PReLU", (3, 0.1), {}, (2, 3, 4)),
    ("Threshold", (0.1, 20), {}, (3, 4)), ("Softplus", (2.0, 1.0), {}, (3, 4)), ("GELU", ("tanh",), {}, (3, 4)), ("Hardtanh", (-0.5, 0.7), {}, (3, 4)),
    *((name, (), {}, (4, 3, 5, 2)) for name in ("Dropout", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout")),
    ("Dropout", (0.2,), {}, (4, 5)), ("Dropout1d", (0.3,), {}, (4, 3, 5)), ("Dropout3d", (0.3,), {}, (4, 3, 2, 2, 2)),
    ("LayerNorm", (4,), {}, (2, 3, 4)), ("LayerNorm", ((3, 4),), {"bias": False}, (2, 3, 4)), ("LayerNorm", (4,), {"elementwise_affine": False}, (2, 4)),
    ("GroupNorm", (2, 4), {}, (2, 4, 5)), ("GroupNorm", (4, 4), {"affine": False}, (2, 4, 3, 3)), ("RMSNorm", (4,), {}, (2, 3, 4)),
    ("LocalResponseNorm", (2,), {}, (2, 4, 3, 3)),
    ("PixelShuffle", (2,), {}, (2, 8, 3, 2)), ("PixelUnshuffle", (2,), {}, (2, 2, 4, 6)), ("ChannelShuffle", (2,), {}, (2, 4, 3, 3)),
    ("Upsample", (), {"scale_factor": 2}, (1, 2, 3, 3)), ("Upsample", ((5, 4),), {"mode": "bilinear"}, (1, 2, 3, 3)),
    ("UpsamplingNearest2d", (), {"scale_factor": 2}, (1, 2, 3, 3)), ("UpsamplingBilinear2d", (), {"scale_factor": 2}, (1, 2, 3, 3)),
    ("Unfold", (2,), {}, (2, 3, 4, 4)), ("Fold", ((4, 5), 2), {}, (2, 12, 12)),
    ("CosineSimilarity", (), {}, (2, 3), (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "kwargs", "shapes"), [(n, a, k, s) for n, a, k, *s in SIMPLE])
@pytest.mark.parametrize("ev", [False, True])
def test_simple(name, args, kwargs, shapes, ev):
    second = name not in ("RReLU", "RMSNorm", "CosineSimilarity", "PairwiseDistance", "Hardsigmoid", "Unfold", "Fold")
    same(build(name, *args, **kwargs), *shapes, ev=ev, second=second)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [
        {}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"groups": 2, "bias": False}, {"padding": "same"}, {"padding": 1, "padding_mode": "reflect"},
        {"padding": (1), "padding_mode": "replicate"}, {"padding": 1, "padding_mode": "circular", "stride": 2}, {"padding": "same", "padding_mode": "reflect"},
    ],
)  # fmt: skip
def test_convolutions(n, options):
    same(build(f"Conv{n}d", 4, 6, 2 if n == 3 else 3, **options), SHAPES[n], tolerance=5e-5)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    "options", [{}, {"stride": 2, "padding": 1, "output_padding": 1}, {"groups": 2, "bias": False}, {"dilation": 2}]
)
def test_transposed_convolutions(n, options):
    same(build(f"ConvTranspose{n}d", 4, 6, 2 if n == 3 else 3, **options), SHAPES[n], tolerance=5e-5)


def test_transposed_convolution_output_size():
    same(
        build("ConvTranspose2d", 4, 2, 3, stride=2),
        (1, 4, 3, 3),
        call=lambda m, layer, x: layer(x, output_size=[1, 2, 8, 7]),
        tolerance=5e-5,
    )
    compare(lambda m: m.nn.ConvTranspose2d(4, 2, 3, stride=2)(m.zeros(1, 4, 3, 3), output_size=(9, 9)))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    ("kind", "args", "options"),
    [
        ("MaxPool", (2,), {}), ("MaxPool", (3,), {"stride": 2, "padding": 1, "ceil_mode": True}), ("MaxPool", (2,), {"return_indices": True}),
        ("AvgPool", (2,), {}), ("AvgPool", (3,), {"stride": 2, "padding": 1, "count_include_pad": False}), ("AdaptiveAvgPool", (3,), {}),
        ("AdaptiveMaxPool", (2,), {}), ("AdaptiveAvgPool", (1,), {}), ("LPPool", (2, 2), {}),
        ("ReflectionPad", (1,), {}), ("ReplicationPad", (2,), {}), ("ZeroPad", (1,), {}), ("ConstantPad", (1, 3.5), {}), ("CircularPad", (1,), {}),
    ],
)  # fmt: skip
def test_pooling_and_padding(n, kind, args, options):
    if kind in ("CircularPad", "LPPool"):
        compare(lambda m: exercise(m, build(f"{kind}{n}d", *args, **options), [SHAPES[n]])[:4], rtol=2e-5, atol=2e-5, strides="",
                compare_warnings=False)  # fmt: skip
    else:
        same(build(f"{kind}{n}d", *args, **options), SHAPES[n], second="Adaptive" not in kind)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("kind", ["BatchNorm", "InstanceNorm"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"affine": False},
        {"affine": True, "track_running_stats": True},
        {"momentum": None},
        {"bias": False, "affine": True},
    ],
)
@pytest.mark.parametrize("ev", [False, True])
def test_norms(n, kind, options, ev):
    same(build(f"{kind}{n}d", 4, **options), SHAPES[n], ev=ev, tolerance=5e-5)


def test_batch_norm_over_several_steps():
    def run(m):
        layer = m.nn.BatchNorm1d(3, momentum=None)
        for i in range(3):
            layer(wave(m, 5, 3) * i)
        layer.eval()
        return layer(wave(m, 5, 3)).detach(), list(layer.state_dict().values())

    compare(run, rtol=1e-5)


RECURRENT = [
    {}, {"batch_first": True}, {"bidirectional": True}, {"num_layers": 2}, {"num_layers": 2, "bidirectional": True, "batch_first": True},
    {"num_layers": 3, "dropout": 0.4}, {"bias": False},
]  # fmt: skip


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("options", RECURRENT)
def test_recurrent(name, options):
    same(build(name, 3, 4, **options), (5, 2, 3), tolerance=1e-4)
    layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    state = (layers, 5 if options.get("batch_first") else 2, 4)

    def with_state(m, layer, x, h, c):
        return layer(x, (h, c) if name == "LSTM" else h)

    same(build(name, 3, 4, **options), (5, 2, 3), state, state, call=with_state, tolerance=1e-4)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}])
def test_recurrent_packed(name, options):
    def packed(m, layer, x):
        rnn = m.nn.utils.rnn
        out, state = layer(rnn.pack_padded_sequence(x, m.tensor([2, 5, 3]), batch_first=True, enforce_sorted=False))
        return out.data, rnn.pad_packed_sequence(out, batch_first=True)[0], state

    same(build(name, 3, 4, **options), (3, 5, 3), call=packed, tolerance=1e-4)


def test_recurrent_other():
    same(build("RNN", 3, 4, nonlinearity="relu"), (5, 2, 3), tolerance=1e-4)
    same(build("RNN", 3, 4, 2, "relu", False), (5, 2, 3), tolerance=1e-4)
    same(build("LSTM", 3, 4, proj_size=2), (5, 2, 3), tolerance=1e-4)
    same(build("LSTM", 3, 4, 2, proj_size=2, bidirectional=True, batch_first=True), (5, 2, 3), tolerance=1e-4)
    for name in ("RNN", "GRU", "LSTM"):
        same(build(name, 3, 4), (5, 3), tolerance=1e-4)


@pytest.mark.parametrize("name", ["RNNCell", "GRUCell", "LSTMCell"])
def test_cells(name):
    same(build(name, 3, 4), (2, 3), tolerance=1e-4)
    same(build(name, 3, 4, bias=False), (3,), tolerance=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bias": False},
        {"add_bias_kv": True},
        {"add_zero_attn": True},
        {"batch_first": True},
        {"dropout": 0.3},
        {"kdim": 6, "vdim": 5},
    ],
)
@pytest.mark.parametrize("weights", [True, False])
def test_multihead_attention(options, weights):
    shapes = [(5, 2, 8), (4, 2, options.get("kdim", 8)), (4, 2, options.get("vdim", 8))]
    if options.get("batch_first"):
        shapes = [(2, 5, 8), (2, 4, 8), (2, 4, 8)]
    second = weights or options.get("dropout", 0) > 0
    same(build("MultiheadAttention", 8, 2, **options), *shapes, call=lambda m, layer, *x: layer(*x, need_weights=weights),
         tolerance=1e-4, second=second)  # fmt: skip


def test_multihead_attention_masks():
    hidden = [[False, False, True, True], [False, False, False, True]]
    same(build("MultiheadAttention", 8, 2), (5, 2, 8), (4, 2, 8), (4, 2, 8), tolerance=1e-4,
         call=lambda m, layer, q, k, v: layer(q, k, v, key_padding_mask=m.tensor(hidden)))  # fmt: skip
    same(build("MultiheadAttention", 8, 2), (5, 2, 8), tolerance=1e-4, second=False,
         call=lambda m, layer, x: layer(x, x, x, attn_mask=m.ones(5, 5).triu(1).bool(), need_weights=False))  # fmt: skip
    same(build("MultiheadAttention", 8, 2), (5, 2, 8), tolerance=1e-4,
         call=lambda m, layer, x: layer(x, x, x, attn_mask=wave(m, 4, 5, 5, grad=False).to(x.dtype), average_attn_weights=False))  # fmt: skip
    same(build("MultiheadAttention", 8, 2), (5, 8), (4, 8), (4, 8), tolerance=1e-4)


@pytest.mark.parametrize(
    "options",
    [{}, {"norm_first": True}, {"activation": "gelu", "batch_first": True}, {"bias": False}, {"dropout": 0.0}],
)
@pytest.mark.parametrize("ev", [False, True])
def test_transformer_layers(options, ev):
    same(build("TransformerEncoderLayer", 8, 2, 16, **options), (5, 2, 8), ev=ev, second=False, tolerance=1e-4)
    memory = (5, 2, 8) if options.get("batch_first") else (4, 2, 8)
    same(build("TransformerDecoderLayer", 8, 2, 16, **options), (5, 2, 8), memory, ev=ev, second=False, tolerance=1e-4)
    same(build("TransformerEncoderLayer", 8, 2, 16, **options), (5, 5, 8), ev=ev, second=False, tolerance=1e-4,
         call=lambda m, layer, x: layer(x, src_mask=m.nn.Transformer.generate_square_subsequent_mask(5),
                                        src_key_padding_mask=m.tensor([[False] * 4 + [True]] * 5)))  # fmt: skip


def test_transformers():
    def encoder(nn, m):
        return nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2, nn.LayerNorm(8))

    def padded(m, layer, x):
        return layer(
            x, src_key_padding_mask=m.tensor([[False] * 4 + [True], [False] * 5, [False, False, True, True, True]])
        )

    def shortcut(m, layer, x):  # without gradients torch leaves zeros where there is padding
        with m.no_grad():
            return padded(m, layer, x)

    same(encoder, (3, 5, 8), call=padded, second=False, tolerance=1e-4)
    same(encoder, (3, 5, 8), call=padded, ev=True, second=False, tolerance=1e-4)
    same(encoder, (3, 5, 8), call=shortcut, ev=True, second=False, tolerance=1e-4)
    same(lambda nn, m: nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2), (5, 2, 8), (4, 2, 8), second=False, tolerance=1e-4,
         call=lambda m, layer, x, y: layer(x, y, tgt_mask=m.nn.Transformer.generate_square_subsequent_mask(5)))  # fmt: skip
    same(build("Transformer", 8, 2, 1, 1, 16), (5, 2, 8), (4, 2, 8), second=False, tolerance=1e-4)
    same(
        build("Transformer", 8, 2, 1, 1, 16, batch_first=True, norm_first=True),
        (2, 5, 8),
        (2, 4, 8),
        second=False,
        tolerance=1e-4,
    )


@pytest.mark.parametrize("options", [{}, {"padding_idx": 1}, {"max_norm": 0.5}, {"scale_grad_by_freq": True}])
def test_embedding(options):
    def look_up(m, layer):
        return layer(m.tensor([[1, 2, 0], [3, 1, 1]]))

    same(build("Embedding", 4, 3, **options), call=look_up, second=False)
    if "scale_grad_by_freq" not in options:
        same(build("EmbeddingBag", 4, 3, **options), call=look_up, second=False)


def test_embedding_from_pretrained():
    compare_form(
        "w = torch.arange(6.).view(3, 2); e = nn.Embedding.from_pretrained(w); e.weight, e(torch.tensor([2])), e"
    )
    compare_form("nn.EmbeddingBag.from_pretrained(torch.arange(6.).view(3, 2), mode='sum')(torch.tensor([[0, 2]]))")


LOSSES = [
    ("L1Loss", (), {}), ("MSELoss", (), {}), ("SmoothL1Loss", (), {"beta": 0.3}), ("HuberLoss", (), {"delta": 0.3}), ("KLDivLoss", (), {"reduction": "batchmean"}),
    ("PoissonNLLLoss", (), {}), ("BCEWithLogitsLoss", (), {"pos_weight": 4}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "kwargs"), LOSSES)
def test_losses_of_two(name, args, kwargs):
    def make(nn, m):
        options = {k: m.arange(1.0, v + 1) if k == "pos_weight" else v for k, v in kwargs.items()}
        return getattr(nn, name)(*args, **options)

    same(make, (3, 4), call=lambda m, layer, x: layer(x, ((wave(m, 3, 4, grad=False) + 1.01) / 2.02).to(x.dtype)))


@pytest.mark.parametrize(
    "code",
    [
        "nn.CrossEntropyLoss(weight=torch.tensor([1., 2., 3.]), label_smoothing=0.1)(x, y)", "nn.NLLLoss(ignore_index=1)(x.log_softmax(1), y)",
        "nn.BCELoss()(x.sigmoid(), t)", "nn.HingeEmbeddingLoss(0.5)(x, s)", "nn.MarginRankingLoss(0.1)(x, x.roll(1), s)",
        "nn.CosineEmbeddingLoss(0.1)(x, x.roll(1), torch.tensor([1, -1]))", "nn.TripletMarginLoss(0.5, swap=True)(x, x.roll(1), x.roll(2))",
        "nn.TripletMarginWithDistanceLoss()(x, x.roll(1), x.roll(2))", "nn.SoftMarginLoss()(x, s)", "nn.MultiLabelSoftMarginLoss()(x, t)",
        "nn.MultiMarginLoss()(x, y)", "nn.MultiLabelMarginLoss()(x, torch.tensor([[0, -1, 1], [2, 1, -1]]))", "nn.GaussianNLLLoss()(x, t, t + 1)",
        "nn.CTCLoss()(x.view(1, 2, 3).expand(4, 2, 3).log_softmax(-1), torch.tensor([[1], [2]]), (4, 4), (1, 1))",
        "nn.CrossEntropyLoss(), nn.NLLLoss(), nn.BCELoss(), nn.TripletMarginWithDistanceLoss(), nn.CTCLoss()",
        "nn.CrossEntropyLoss(weight=torch.ones(3)).state_dict()", "nn.TripletMarginLoss(margin=0)", "nn.MultiMarginLoss(p=3)",
    ],
)  # fmt: skip
def test_losses(code):
    compare_form(f"x = torch.arange(6.).view(2, 3).sin().requires_grad_(); y = torch.tensor([0, 2]); t = torch.arange(6.).view(2, 3) / 6\n"
                 f"s = torch.tensor([[1., -1., 1.], [-1., -1., 1.]])\n{code}")  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "l = nn.LazyLinear(2); print(l); l(torch.zeros(4, 3)); l", "l = nn.LazyConv2d(2, 3); print(l); l(torch.zeros(1, 3, 5, 5)); l, l.weight.shape",
        "l = nn.LazyBatchNorm2d(); print(l); l(torch.zeros(2, 3, 5, 5)); l, list(l.state_dict())", "l = nn.LazyConvTranspose1d(4, 3); l(torch.zeros(2, 3, 5)); l",
        "l = nn.LazyInstanceNorm2d(); print(l); l(torch.zeros(2, 3, 5, 5)); l, list(l.state_dict())",
        "x = torch.tensor([-1., 2.]); F.relu_(x); x", "F.pdist(torch.arange(6.).view(3, 2).sin()), F.pdist(torch.zeros(1, 2), 1)", "F.pdist(torch.zeros(2))",
        "F.upsample_bilinear(torch.arange(4.).view(1, 1, 2, 2), scale_factor=2)", "F.upsample_nearest(torch.arange(4.).view(1, 1, 2, 2), 3)",
        "nn.Conv2d(3, 4, 3, groups=2)", "nn.Conv2d(4, 4, 3, padding='same', stride=2)", "nn.Conv2d(4, 4, 3, groups=0)",
        "nn.Conv2d(4, 6, (3, 5), stride=2, padding=(1, 2), dilation=2, groups=2, bias=False, padding_mode='reflect')",
        "nn.ConvTranspose2d(4, 6, 3, output_padding=1, stride=2)", "nn.ConvTranspose2d(4, 6, 3, padding_mode='reflect')",
        "nn.Dropout(1.5)", "nn.BatchNorm1d(3)(torch.zeros(2, 3, 4, 5))", "nn.BatchNorm2d(3)(torch.zeros(2, 3))", "nn.BatchNorm1d(3)(torch.zeros(1, 3))",
        "nn.BatchNorm2d(3)(torch.zeros(2, 4, 2, 2))", "nn.LayerNorm(4)(torch.zeros(2, 3))", "nn.GroupNorm(3, 4)", "nn.Embedding(3, 2, padding_idx=3)",
        "nn.Embedding(3, 2, padding_idx=-1, max_norm=2., scale_grad_by_freq=True, sparse=True)", "nn.Embedding(3, 2)(torch.tensor([3]))",
        "nn.MultiheadAttention(8, 3)", "nn.MultiheadAttention(8, 0)", "nn.Linear(3, 2)(torch.zeros(4, 5))", "nn.Linear(3, 2)(torch.zeros(4, 3).long())",
        "nn.Conv2d(3, 4, 3)(torch.zeros(2, 1, 8, 8))", "nn.Conv2d(3, 4, 3)(torch.zeros(2, 3, 8, 8, dtype=torch.uint8))", "nn.Conv2d(1, 4, 3)(torch.zeros(2, 1, 2, 2))",
        "nn.RNN(3, 4)(torch.zeros(5, 2, 7))", "nn.LSTM(3, 4)(torch.zeros(5, 2, 3), (torch.zeros(1, 3, 4), torch.zeros(1, 3, 4)))", "nn.GRU(3, 4)(torch.zeros(5, 2, 3).double())",
        "nn.GRU(3, 4)(torch.zeros(5, 2, 3, 4))", "nn.LSTM(3, 4)(torch.zeros(5, 2, 3), (torch.zeros(2, 4), torch.zeros(2, 4)))", "nn.RNN(3, 0)", "nn.GRU(3, 4, dropout=2)",
        "nn.RNN(3, 4, nonlinearity='foo')", "nn.GRU(3, 4, proj_size=2)", "nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True, dropout=.2, bias=False)",
        "list(nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2).state_dict())", "nn.GRUCell(3, 4)(torch.zeros(2, 5))", "nn.LSTMCell(3, 4)(torch.zeros(2, 5, 3))",
        "nn.TransformerEncoderLayer(8, 2, activation='foo')", "nn.Transformer(8, 2, 1, 1, 16)(torch.zeros(5, 2, 8), torch.zeros(4, 3, 8))",
        "nn.Transformer(8, 2, 1, 1, 16)", "nn.Unflatten(1, 3)", "nn.Unflatten(1, (2, 2.5))", "nn.Softmax(), nn.Softmax2d(), nn.Upsample((2, 3)), nn.Upsample(scale_factor=(2., 3.))",
        "nn.Hardtanh(1., -1.)", "nn.Sigmoid(3)", "nn.ReLU(True), nn.LeakyReLU(0.2, True), nn.Threshold(1, 2, True), nn.Hardswish(True), nn.ReLU6(True), nn.SELU(True)",
        "nn.Softmax()(torch.zeros(2, 3))", "nn.Bilinear(0, 2, 3)", "nn.CircularPad1d(1)(torch.zeros(2, 3, 4, 5))", "nn.InstanceNorm1d(3, affine=True)(torch.zeros(2, 4, 5))",
    ],
)  # fmt: skip
def test_shown_and_refused(code):
    compare_form(code)


def test_large_inputs_are_normalized_in_parts() -> None:
    """As torch does it, whichever dimension the parts are cut across."""
    rng = np.random.default_rng(0)
    cases: list[tuple[str, tuple[int, ...], tuple[Any, ...], int]] = [
        ("BatchNorm2d", (4, 70, 30, 31), (70,), 70), ("BatchNorm1d", (700, 300), (300,), 300),
        ("LayerNorm", (2000, 100), (100,), 100), ("LayerNorm", (300, 20, 33), ((20, 33),), 660),
        ("LayerNorm", (60, 60, 60), ((60, 60),), 3600), ("LayerNorm", (40, 60, 80), ((40, 60, 80),), 192000),
        ("LayerNorm", (1, 3000, 70), (70,), 70), ("GroupNorm", (50, 6, 30, 31), (3, 6), 6), ("InstanceNorm2d", (9, 40, 24, 24), (40,), 0),
    ]  # fmt: skip
    for name, shape, args, size in cases:
        x, g = (rng.standard_normal(shape).astype("float32") for _ in range(2))
        w, b = (rng.standard_normal(max(size, 1)).astype("float32") for _ in range(2))
        found = []
        for T in (torch, tg):
            layer = getattr(T.nn, name)(*args)
            if size:
                with T.no_grad():
                    layer.weight.copy_(T.tensor(w).view(layer.weight.shape))
                    layer.bias.copy_(T.tensor(b).view(layer.bias.shape))
            t = T.tensor(x, requires_grad=True)
            out = layer(t)
            out.backward(T.tensor(g))
            found.append([out.detach(), t.grad, *(p.grad for p in layer.parameters()), *layer.buffers()])
        for theirs, ours in zip(*found, strict=True):
            scale = float(abs(theirs).max())
            np.testing.assert_allclose(
                ours.numpy(), theirs.numpy(), rtol=2e-4, atol=2e-5 * scale, err_msg=f"{name} {shape}"
            )
