import torch, warnings, copy, pickle, math
from torch import nn
from torch.nn import functional as F, init
from torch.nn.utils.rnn import *
import torch.nn.utils.rnn as R
def said(f, *a, **k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: r = f(*a, **k)
        except Exception as e: r = f"{type(e).__name__}: {e}"
    return [f"{x.category.__name__}: {x.message}" for x in w], r
# packed sequences
seqs = [torch.arange(1., n + 1) for n in (3, 5, 2)]
p = pack_sequence(seqs, enforce_sorted=False); p, p.batch_sizes, p.sorted_indices, p.unsorted_indices, p.is_cuda, p.is_pinned()
pack_sequence(seqs)
pack_sequence(sorted(seqs, key=len, reverse=True)), unpack_sequence(p), pad_packed_sequence(p, True, -1, 7), pad_packed_sequence(p, total_length=2)
p.to(torch.int), p.double().data.dtype, p.to("cpu") is p, p.cpu() is p, p.half().data.dtype, p.long(), type(p.char()).__name__
p.to(torch.device("cpu"), torch.float64).data.dtype, p[0], len(p), p == p
pickle.loads(pickle.dumps(p)).batch_sizes, copy.deepcopy(p).data
PackedSequence(torch.ones(3), torch.tensor([2, 1])), PackedSequence(torch.ones(3))
PackedSequence(torch.ones(3), torch.ones(2, dtype=torch.long).to("meta"))
pack_padded_sequence(torch.ones(3, 2, 1), [3, 0], enforce_sorted=False)
pack_padded_sequence(torch.ones(3, 2, 1), [3])
pack_padded_sequence(torch.ones(3, 2, 1), torch.tensor([3, 2]), batch_first=False).data.shape
pack_padded_sequence(torch.ones(0, 2), [])
pad_sequence(seqs), pad_sequence(seqs, True, 9, "left"), pad_sequence([torch.ones(2, 3), torch.ones(1, 3)]).shape, said(pad_sequence, torch.ones(2, 3))[1]
pad_sequence([]); 
pad_sequence(seqs, padding_side="x")
unpad_sequence(pad_sequence(seqs), torch.tensor([3, 5, 2])), invert_permutation(torch.tensor([2, 0, 1])), invert_permutation(None)
rnn = nn.LSTM(1, 2, 2, bidirectional=True, batch_first=True, dropout=0.5, proj_size=1); torch.manual_seed(0); o, (h, c) = rnn.eval()(pack_sequence([s[:, None] for s in seqs], enforce_sorted=False)); o.data.shape, h.shape, c.shape, o.sorted_indices
rnn(torch.ones(2, 3))
rnn(torch.ones(2, 3, 1), (torch.ones(4, 2, 2), torch.ones(4, 2, 2)))
rnn(torch.ones(2, 3, 1), torch.ones(4, 2, 2))
nn.GRU(1, 2)(torch.ones(3, 1), torch.ones(1, 3, 2))
nn.RNN(1, 2, nonlinearity="foo")
nn.LSTM(1, 2, proj_size=2)
nn.LSTM(1, 0)
nn.LSTM(1, 2, 0)
nn.LSTM(1, 2.0)
said(nn.LSTM, 1, 2, dropout=0.5)[0], said(nn.LSTM, 1, 2, dropout=2)[1]
nn.GRU(1, 2, proj_size=1)
nn.LSTM(1, 2).all_weights[0][0].shape, nn.LSTM(1, 2)._flat_weights_names, rnn.extra_repr(), nn.LSTM(1, 2).flatten_parameters(), nn.RNNBase("LSTM", 1, 2)
nn.RNNBase("x", 1, 2)
nn.LSTMCell(2, 3)(torch.ones(2))[0].shape, nn.LSTMCell(2, 3)(torch.ones(4, 2))[1].shape, nn.GRUCell(2, 3, bias=False), nn.RNNCell(2, 3, nonlinearity="relu")
nn.LSTMCell(2, 3)(torch.ones(4, 3))
nn.LSTMCell(2, 3)(torch.ones(4, 2), (torch.ones(3, 3), torch.ones(4, 3)))
nn.GRUCell(2, 3)(torch.ones(1, 1, 2))
nn.RNNCell(2, 3, nonlinearity="x")(torch.ones(2))
# init
w = torch.empty(3, 4)
init.uniform_(w, 2, 1)
init.calculate_gain("leaky_relu", 0.2), init.calculate_gain("tanh"), init.calculate_gain("selu"), [init.calculate_gain(n) for n in ("linear", "conv2d", "sigmoid", "relu")]
init.calculate_gain("foo")
init.calculate_gain("leaky_relu", "a")
init.calculate_gain("leaky_relu", True)
init.kaiming_uniform_(w, mode="x")
init.kaiming_uniform_(torch.ones(3))
said(init.kaiming_uniform_, torch.empty(0, 3))
said(init.trunc_normal_, w, 5., 1., -1., 1.)[0], said(init.normal_, w, 0, -1)[1]
init.eye_(torch.ones(3)), 
init.eye_(torch.empty(2, 3)), init.dirac_(torch.empty(2, 3, 3)), init.dirac_(torch.empty(4, 2, 3, 3), 2)
init.dirac_(torch.ones(2, 2))
init.dirac_(torch.ones(3, 2, 3), 2)
init.orthogonal_(torch.ones(3))
torch.manual_seed(0); (lambda q: ((q @ q.T) / 4).round(decimals=4))(init.orthogonal_(torch.empty(2, 3), 2))
init.sparse_(torch.empty(4, 3), 0.5)
init.sparse_(torch.ones(3), 0.5)
init.xavier_normal_(torch.ones(2, 3), 2, generator=torch.Generator().manual_seed(1)), init.constant_(w, 3)[0], init.ones_(w).sum(), init.zeros_(w).sum()
said(init.uniform, w)[0], said(init.xavier_uniform, w)[0], init._calculate_fan_in_and_fan_out(torch.ones(2, 3, 4)), init._calculate_correct_fan(w, "fan_out")
# embeddings
nn.Embedding(3, 2, padding_idx=5)
nn.Embedding(3, 2, padding_idx=-4)
nn.Embedding(3, 2, padding_idx=-1).padding_idx, nn.Embedding(3, 2, 1).weight[1], nn.Embedding.from_pretrained(torch.ones(2, 3), freeze=False, padding_idx=0), nn.Embedding.from_pretrained(torch.ones(2, 3)).weight.requires_grad
nn.Embedding.from_pretrained(torch.ones(2))
nn.Embedding(3, 2, _weight=torch.ones(2, 2))
nn.Embedding(3, 2)(torch.tensor([3]))
nn.Embedding(3, 2)(torch.tensor([1.0]))
e = nn.Embedding(3, 2, max_norm=1.0, norm_type=1); e.weight.data.fill_(2.0); e(torch.tensor([0, 2])), e.weight
e = nn.Embedding(3, 2, scale_grad_by_freq=True, padding_idx=0); e(torch.tensor([0, 1, 1, 2])).sum().backward(); e.weight.grad
b = nn.EmbeddingBag(4, 2, mode="max"); b.weight.data.copy_(torch.arange(8.).reshape(4, 2)); b(torch.tensor([0, 1, 3]), torch.tensor([0, 2])), b(torch.tensor([[0, 1], [2, 3]])), b
b(torch.tensor([0, 1]))
b(torch.tensor([[0, 1]]), torch.tensor([0]))
b(torch.tensor([0, 1]), torch.tensor([0]), per_sample_weights=torch.ones(2))
s = nn.EmbeddingBag(4, 2, mode="sum", include_last_offset=True, padding_idx=3); s.weight.data.copy_(torch.arange(8.).reshape(4, 2)); s(torch.tensor([0, 1, 3]), torch.tensor([0, 2, 3])), s(torch.tensor([0, 1, 3]), torch.tensor([0, 2, 3]), per_sample_weights=torch.tensor([1., 2., 3.]))
nn.EmbeddingBag.from_pretrained(torch.ones(2, 3), mode="mean")(torch.tensor([[0, 1]]))
# dropout
for c in (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout): print(c(0.3), said(c, 1.5)[1], said(c, -1)[1], said(c(), "a")[1])
[said(getattr(F, n), torch.ones(s))[0] for n in ("dropout1d", "dropout2d", "dropout3d") for s in ((2,), (2, 3), (2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4, 5), (1, 1, 2, 3, 4, 5))]
[(torch.manual_seed(0), getattr(F, n)(torch.ones(2, 2, 3), 0.5, True))[1] for n in ("dropout", "dropout1d", "alpha_dropout", "feature_alpha_dropout")], F.dropout(torch.ones(2), 1.0), F.dropout(torch.ones(2), 0.0) , F.dropout(torch.ones(3), 0.5, False)
F.dropout(torch.ones(2, dtype=torch.long), 0.5)
# attention
torch.manual_seed(0); m = nn.MultiheadAttention(4, 2, batch_first=True); q = torch.randn(2, 3, 4); [x if x is None else x.shape for x in m(q, q, q, need_weights=False)], m(q, q, q)[1].shape, m(q, q, q, average_attn_weights=False)[1].shape, m(q[0], q[0], q[0])[1].shape
m(q, q, q, key_padding_mask=torch.tensor([[True, False, False], [False, False, True]]))[1], m(q, q, q, attn_mask=torch.triu(torch.ones(3, 3, dtype=torch.bool), 1), is_causal=True)[1]
m(q, q, q, is_causal=True)
m(q, q, q, key_padding_mask=torch.ones(3, 2, dtype=torch.bool))
m(q, q, q, attn_mask=torch.ones(2, 2))
m(q, q, q, attn_mask=torch.ones(5, 3, 3))
m(q, q, q, key_padding_mask=torch.ones(2, 3, dtype=torch.long))
said(lambda: m(q, q, q, key_padding_mask=torch.zeros(2, 3), attn_mask=torch.zeros(3, 3, dtype=torch.bool))[1].sum())
m(q[0], q, q)
m(q, q[:1], q)
m(torch.ones(1, 1, 1, 4), q, q)
nn.MultiheadAttention(4, 3)
nn.MultiheadAttention(0, 2)
nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True, add_zero_attn=True)(torch.ones(1, 2, 4), torch.ones(3, 2, 3), torch.ones(3, 2, 5))[1].shape
list(nn.MultiheadAttention(4, 2, bias=False, kdim=3).state_dict()), m, nn.MultiheadAttention(4, 2).out_proj
F.scaled_dot_product_attention(q, q, q, attn_mask=torch.ones(3, 3), is_causal=True)
F.scaled_dot_product_attention(q, q[..., :2], q)
F.scaled_dot_product_attention(q, q, q, attn_mask=torch.ones(3, 3, dtype=torch.long))
F.scaled_dot_product_attention(q[0, 0], q[0, 0], q[0, 0])
F.scaled_dot_product_attention(q[:, :2], q, q, is_causal=True).shape, F.scaled_dot_product_attention(torch.ones(1, 4, 3, 2), torch.ones(1, 2, 3, 2), torch.ones(1, 2, 3, 2), enable_gqa=True).shape, F.scaled_dot_product_attention(q, q, q, attn_mask=torch.zeros(3, 3, dtype=torch.bool)).isnan().any()
# pooling and convolutions
[said(f)[1] if isinstance(said(f)[1], str) else tuple(said(f)[1].shape) for f in (lambda: F.max_pool2d(torch.ones(1, 3, 3), 4), lambda: F.max_pool2d(torch.ones(1, 3, 3), 2, padding=2), lambda: F.max_pool2d(torch.ones(3, 3), 2), lambda: F.max_pool2d(torch.ones(0, 1, 3, 3), 2), lambda: F.max_pool2d(torch.ones(1, 0, 3, 3), 2), lambda: F.max_pool2d(torch.ones(1, 3, 3), 0), lambda: F.max_pool2d(torch.ones(1, 3, 3), 2, 0), lambda: F.max_pool2d(torch.ones(1, 3, 3), 2, dilation=0), lambda: F.max_pool2d(torch.ones(1, 3, 3), (1, 2, 3)), lambda: F.max_pool2d(torch.ones(1, 3, 3, dtype=torch.bool), 2), lambda: F.max_pool2d(torch.ones(1, 3, 3, dtype=torch.long), 2), lambda: F.max_pool1d(torch.ones(1, 3), 2, ceil_mode=True), lambda: F.max_pool3d(torch.ones(1, 3, 3, 3), 2, 1), lambda: F.avg_pool2d(torch.ones(1, 3, 3), 2, divisor_override=0), lambda: F.avg_pool2d(torch.ones(1, 3, 3, dtype=torch.long), 2), lambda: F.avg_pool1d(torch.ones(3), 2), lambda: F.adaptive_avg_pool2d(torch.ones(1, 3, 3), (None, 2)), lambda: F.adaptive_avg_pool2d(torch.ones(3, 3), 2), lambda: F.adaptive_avg_pool2d(torch.ones(1, 3, 3), (1, 2, 3)), lambda: F.adaptive_max_pool2d(torch.ones(1, 0, 3), 2), lambda: F.adaptive_avg_pool2d(torch.ones(1, 3, 3), -1), lambda: F.lp_pool2d(torch.ones(1, 3, 3), 2, 2), lambda: F.fractional_max_pool2d(torch.ones(1, 1, 5, 5), 2), lambda: F.fractional_max_pool2d(torch.ones(1, 1, 5, 5), 2, output_size=2, output_ratio=0.5), lambda: F.max_unpool2d(torch.ones(1, 1, 2, 2), torch.tensor([[[[0, 1], [2, 99]]]]), 2), lambda: F.max_unpool2d(torch.ones(1, 1, 2, 2), torch.tensor([[[[0, 3], [8, 12]]]]), 2, output_size=(9, 9)))]
[said(f)[1] if isinstance(said(f)[1], str) else tuple(said(f)[1].shape) for f in (lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 3, 2, 2)), lambda: F.conv2d(torch.ones(1, 2, 3), torch.ones(1, 2, 3)), lambda: F.conv2d(torch.ones(2, 3, 3), torch.ones(1, 2, 2, 2)), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(3, 1, 2, 2), groups=2), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 5, 5)), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), torch.ones(2)), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), stride=0), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), padding=-1), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), padding="same", stride=2), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), padding="foo"), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), padding="same"), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2, dtype=torch.double)), lambda: F.conv2d(torch.ones(1, 2, 3, 3, dtype=torch.long), torch.ones(1, 2, 2, 2, dtype=torch.long)), lambda: F.conv2d(torch.ones(0, 2, 3, 3), torch.ones(1, 2, 2, 2)), lambda: F.conv2d(torch.ones(1, 0, 3, 3), torch.ones(1, 0, 2, 2)), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), dilation=0), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), stride=(1, 1, 1)), lambda: F.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2), groups=0), lambda: F.conv_transpose2d(torch.ones(1, 2, 3, 3), torch.ones(2, 1, 2, 2), output_padding=1), lambda: F.conv_transpose2d(torch.ones(1, 2, 3, 3), torch.ones(3, 1, 2, 2)), lambda: F.conv_transpose1d(torch.ones(1, 2, 3), torch.ones(2, 1, 2), stride=2, output_padding=1), lambda: nn.ConvTranspose2d(2, 1, 2, stride=2)(torch.ones(1, 2, 3, 3), output_size=(7, 7)), lambda: nn.ConvTranspose2d(2, 1, 2, stride=2)(torch.ones(1, 2, 3, 3), output_size=(9, 9)), lambda: nn.ConvTranspose2d(2, 1, 2, stride=2)(torch.ones(1, 2, 3, 3), output_size=(7,)), lambda: nn.ConvTranspose2d(2, 1, 2, padding_mode="reflect"), lambda: nn.Conv2d(2, 3, 2, groups=2), lambda: nn.Conv2d(3, 2, 2, groups=2), lambda: nn.Conv2d(2, 2, 2, padding_mode="x"), lambda: nn.Conv2d(2, 2, 2, padding="x"), lambda: nn.Conv2d(2, 2, 2, padding="same", stride=2), lambda: nn.Conv2d(2, 2, 2, groups=0), lambda: nn.Conv2d(2, 2, 0), lambda: nn.Conv2d(2, 2, 3, padding=2, padding_mode="circular")(torch.ones(1, 2, 1, 1)), lambda: nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect")(torch.ones(1, 2, 2, 2)), lambda: nn.Conv1d(2, 2, 3)(torch.ones(2, 3, 4, 5)), lambda: nn.Conv2d(2, 2, 3)(torch.ones(3, 5, 5)))]
drawn_after = []
for layer in (lambda: nn.Linear(0, 3), lambda: nn.Conv2d(0, 3, 1), lambda: nn.Conv2d(8, 1, (0, 1)), lambda: nn.Linear(3, 0)):
    torch.manual_seed(1)
    with warnings.catch_warnings(): warnings.simplefilter("ignore"); _ = layer()
    drawn_after.append(torch.rand(1))
drawn_after
# one channel, one row or one column: rows first and channels last look alike
[F.conv2d(torch.ones(s).to(memory_format=torch.channels_last), torch.ones(3, s[1], 1, 1)).stride() for s in ((2, 1, 4, 5), (2, 3, 1, 1), (2, 3, 1, 4), (2, 3, 4, 1), (1, 1, 1, 1))]
[F.conv2d(torch.ones(s), torch.ones(3, s[1], 1, 1)).stride() for s in ((2, 1, 4, 5), (2, 3, 1, 1), (2, 3, 1, 4), (1, 1, 1, 1))]
F.conv_transpose1d(torch.ones(1, 1, 1), torch.ones(1, 1, 2), padding=2)
# the fused kernel's result lies as the queries do: what comes next may be a view
heads = torch.randn(2, 4, 3, 5).transpose(1, 2)
F.scaled_dot_product_attention(heads, heads, heads).stride(), F.scaled_dot_product_attention(heads, heads, heads).transpose(1, 2).view(2, 4, 15).shape
qkv = torch.randn(2, 4, 18).chunk(3, -1)
F.scaled_dot_product_attention(*(t.view(2, 4, 3, 2).transpose(1, 2) for t in qkv)).transpose(1, 2).view(2, 4, 6).stride()
F.scaled_dot_product_attention(heads, heads, heads, dropout_p=0.5).stride()
