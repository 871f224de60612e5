import copy, io, pickle, warnings
import torch, torch.nn as nn, torch.nn.functional as F
def told(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
def warnings_of(f, *args, **kwargs):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        told(f, *args, **kwargs)
    return [(w.category.__name__, str(w.message)) for w in caught]
def reloaded(thing, **options):
    buffer = io.BytesIO()
    torch.save(thing, buffer)
    buffer.seek(0)
    return torch.load(buffer, **options)
# what hooks of backward may return, and what may be done to what they guard
def hooked(answer, before=False):
    layer = nn.Tanh()
    if before:
        layer.register_full_backward_pre_hook(lambda module, out: answer)
    else:
        layer.register_full_backward_hook(lambda module, inp, out: answer)
    return told(lambda: layer(torch.ones(2, requires_grad=True)).sum().backward())
[hooked(answer) for answer in (None, 7, torch.ones(3), (), (torch.ones(2),), (torch.ones(2), None))]
[hooked(answer, True) for answer in (None, 7, (), (torch.ones(2),))]
guarded = nn.Tanh()
guarded.register_full_backward_hook(lambda module, inp, out: None)
guarded(torch.ones(2, requires_grad=True)).mul_(2)
guarded(torch.ones(2)).mul_(2)
inner = nn.Sequential(nn.ReLU(inplace=True))
inner.register_full_backward_hook(lambda module, inp, out: None)
inner(torch.ones(2, requires_grad=True) * 2)
# modules as bytes
lazy = pickle.loads(pickle.dumps(nn.LazyLinear(2)))
lazy(torch.ones(3, 4)).shape, type(lazy), lazy
reloaded(nn.LazyConv1d(2, 3), weights_only=False)
nn.LazyLinear(2).load_state_dict(nn.LazyLinear(2).state_dict())
watched = nn.Linear(1, 1)
handle = watched.register_forward_hook(nn.init.zeros_)
both = pickle.loads(pickle.dumps([watched, handle]))
len(both[0]._forward_hooks), both[1].remove(), len(both[0]._forward_hooks)
from torch.nn.utils import prune
pruned = prune.l1_unstructured(nn.Linear(2, 2), "weight", 0.5)
torch.equal(pickle.loads(pickle.dumps(pruned)).weight, pruned.weight)
pickle.loads(pickle.dumps(torch.ones(2, requires_grad=True) * 3))
# what a file keeps of a tensor
noted = torch.ones(2)
noted.note = "mine"
[getattr(t, "note", None) for t in (reloaded(noted), pickle.loads(pickle.dumps(noted)), copy.deepcopy(noted), copy.copy(noted))]
weight = nn.Parameter(torch.ones(2))
weight.note = "mine"
[(type(t), getattr(t, "note", None)) for t in (reloaded(weight), pickle.loads(pickle.dumps(weight)), copy.deepcopy(weight))]
isinstance(reloaded(nn.Buffer(torch.ones(1))), nn.Buffer), reloaded(nn.Buffer(torch.ones(1), persistent=False)).persistent
reloaded({"layout": torch.strided, "others": [torch.sparse_coo, torch.sparse_csr]})
reloaded(torch.ones(1), map_location=lambda storage, place: torch.serialization.default_restore_location(storage, "cpu"))
torch.serialization.location_tag(torch.ones(1).untyped_storage())
try:
    torch.load(io.BytesIO())
except EOFError as error:
    print("nothing to read")
# sequences
from torch.nn.utils.rnn import pack_sequence, pad_sequence, unpack_sequence, unpad_sequence
packed = pack_sequence([torch.arange(3.), torch.arange(2.)])
unpack_sequence(packed), unpad_sequence(pad_sequence([torch.ones(3, 2), torch.ones(1, 2)]), torch.tensor([3, 1]))
[getattr(packed, name)().data for name in ("byte", "char", "short", "int", "long", "half", "float", "double")]
nn.GRU(2, 3)(torch.ones(4, 0, 2))[0].shape, nn.LSTM(2, 3, bidirectional=True)(torch.ones(4, 0, 2))[1][0].shape
# attention
attention = nn.MultiheadAttention(4, 2, batch_first=True)
x = torch.ones(2, 3, 4)
told(attention, x, x, x, is_causal=True)
told(attention, x, x, x, key_padding_mask=torch.ones(2, 4).bool()), told(attention, x, x, x, key_padding_mask=torch.ones(1, 3).bool())
warnings_of(attention, x, x, x, key_padding_mask=torch.zeros(2, 3).bool(), attn_mask=torch.zeros(3, 3))
from torch.nn.attention import sdpa_kernel
told(lambda: sdpa_kernel("fast").__enter__())
from torch.nn.attention.bias import CausalBias, CausalVariant, causal_lower_right, causal_upper_left
print(causal_lower_right(2, 3), causal_upper_left(2, 3), causal_lower_right(2, 2).variant, isinstance(causal_upper_left(1, 1), torch.Tensor))
q, kv = torch.randn(1, 2, 2, 4), torch.randn(1, 2, 3, 4)
[F.scaled_dot_product_attention(q, kv, kv, attn_mask=kind(2, 3)) for kind in (causal_lower_right, causal_upper_left)]
told(F.scaled_dot_product_attention, q, kv, kv, attn_mask=causal_lower_right(2, 3), is_causal=True), told(causal_lower_right, 2)
warnings_of(causal_lower_right, 3, 2), told(CausalBias, 1, 2, 3), list(CausalVariant)
# sizes and dtypes that do not fit
[told(f, torch.ones(1, 1, 4, 4, dtype=d), 2) for f in (F.avg_pool2d, F.max_pool2d) for d in (torch.int32, torch.int64, torch.bool)]
[told(F.adaptive_max_pool2d, torch.ones(s), 2) for s in ((1, 1, 0, 2), (1, 0, 2, 2), (0, 1, 3, 3))]
told(F.max_unpool2d, torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2).long(), 2, output_size=(9, 9))
told(F.binary_cross_entropy, torch.full((2,), 0.5), torch.ones(2), torch.ones(3))
told(F.binary_cross_entropy_with_logits, torch.ones(2, 3), torch.ones(2, 3), pos_weight=torch.ones(4)), told(nn.BCEWithLogitsLoss(torch.ones(5)), torch.ones(2, 3), torch.ones(2, 3))
told(F.multilabel_margin_loss, torch.ones(1, 2), torch.tensor([[2, -1]]))
told(F.grid_sample, torch.ones(1, 1, 2, 2), torch.ones(1, 1, 1, 2).double(), align_corners=False)
told(F.affine_grid, torch.ones(1, 2, 3), (1, 1, 2), align_corners=False), told(F.affine_grid, torch.ones(1, 3, 3), (1, 1, 2, 2), align_corners=False)
told(nn.EmbeddingBag(3, 2), torch.tensor([1, 3]), torch.tensor([0])), told(nn.EmbeddingBag(3, 2), torch.tensor([1, 2]), torch.tensor([0, 4]))
told(nn.Unflatten, 1, 6), told(nn.Unflatten, 1, (2, 3.0))
told(torch.func.functional_call, nn.Linear(1, 1), 3, torch.ones(1, 1))
from torch.utils.data import DataLoader, TensorDataset
told(lambda: list(DataLoader(TensorDataset(torch.ones(3)), sampler=[1, 3], batch_size=2)))
# checkpoints of memory
from torch.utils.checkpoint import checkpoint, noop_context_fn, set_checkpoint_early_stop
class Told:
    def __init__(self, word): self.word = word
    def __enter__(self): print("into", self.word)
    def __exit__(self, *error): print("out of", self.word)
checkpoint(lambda t: t.exp(), torch.ones(1, requires_grad=True), use_reentrant=False, context_fn=lambda: (Told("forward"), Told("recomputation"))).backward()
told(checkpoint, torch.sin, torch.ones(1), use_reentrant=False, determinism_check="some")
checkpoint(torch.sin, torch.ones(1, requires_grad=True), use_reentrant=True, context_fn=noop_context_fn).detach()
runs = []
def unsteady(t):
    runs.append(t)
    return (t.sin().cos() if len(runs) == 1 else t.sin()) if t.dim() else t
def first_lines(f, n):
    return told(f).split("\n")[:n]
with set_checkpoint_early_stop(False):
    first_lines(lambda: checkpoint(unsteady, torch.ones(2, requires_grad=True), use_reentrant=False).sum().backward(), 3)
runs.clear()
first_lines(lambda: checkpoint(unsteady, torch.ones(2, requires_grad=True), use_reentrant=False).sum().backward(), 3)
# spectral_norm in files
from torch.nn.utils import remove_spectral_norm, spectral_norm
normed = spectral_norm(nn.Linear(3, 4))
normed(torch.ones(3)), normed.eval().state_dict()._metadata
current, of_old = copy.deepcopy(normed.state_dict()), copy.deepcopy(normed.state_dict())
del of_old._metadata[""]["spectral_norm"], of_old["weight_v"]
of_old["weight"] = normed.weight.detach().clone()
other = spectral_norm(nn.Linear(3, 4))
other.load_state_dict(of_old), torch.allclose(other.eval()(torch.ones(3)), normed(torch.ones(3)), atol=1e-5)
other.load_state_dict(current), torch.equal(other(torch.ones(3)), normed(torch.ones(3)))
told(other.load_state_dict, {"bias": torch.ones(4)})
remove_spectral_norm(other).state_dict()._metadata, len(other._state_dict_hooks)
# shapes of states and targets, and one warning is enough
[told(cell(2, 3), torch.ones(2), torch.ones(1, 3)) for cell in (nn.RNNCell, nn.GRUCell)], told(nn.LSTMCell(2, 2), torch.ones(2), (torch.ones(1, 2), torch.ones(2)))
told(F.ctc_loss, torch.zeros(4, 2, 3), torch.ones(1, 2).long(), (4, 4), (1, 1))
warnings_of(nn.NLLLoss2d)
# batches of none
def form(t):
    t = t[0] if isinstance(t, tuple) else t
    return tuple(t.shape), t.stride(), t.requires_grad and t.sum().backward()
none = torch.ones(0, 4, 6, 6)
[form(layer(none)) for layer in (nn.Conv2d(4, 2, 3), nn.Conv2d(4, 2, 3, padding="same", groups=2), nn.ConvTranspose2d(4, 2, 3), nn.AdaptiveMaxPool2d(2), nn.BatchNorm2d(4), nn.Flatten())]
[form(layer(torch.ones(0, 4, 6, 6, 6))) for layer in (nn.Conv3d(4, 2, 3), nn.AdaptiveMaxPool3d(2), nn.MaxPool3d(2))]
form(nn.Conv1d(4, 2, 3)(torch.ones(0, 4, 5))), form(nn.TransformerEncoderLayer(4, 2, 8)(torch.ones(3, 0, 4))), form(nn.MultiheadAttention(4, 2)(*[torch.ones(3, 0, 4)] * 3))
form(F.grid_sample(torch.ones(0, 1, 2, 2), torch.ones(0, 2, 2, 2), align_corners=False)), form(F.max_unpool2d(torch.ones(0, 1, 2, 2), torch.ones(0, 1, 2, 2).long(), 2))
told(F.ctc_loss, torch.ones(3, 0, 2), torch.ones(0, 2).long(), (), ())
# dtypes that meet
mixed = torch.tensor([[1, 2], [3, 4]])
[told(F.cosine_similarity, mixed.to(a), mixed.to(b)) for a, b in ((torch.int64, torch.float32), (torch.bfloat16, torch.uint8), (torch.bool, torch.float64), (torch.int8, torch.uint8))]
told(F.hinge_embedding_loss, mixed > 1, mixed)
# checkpoints: casts come back, and the older way is one node of the graph
from torch.utils.checkpoint import CheckpointFunction, check_backward_validity, checkpoint_sequential
deep = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 2))
x = torch.linspace(-1, 1, 6).reshape(2, 3).requires_grad_()
def cast_and_back(f, reentrant):
    deep.zero_grad()
    x.grad = None
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = deep(x) + checkpoint(f, x, use_reentrant=reentrant)
    y.float().sum().backward()
    return y, x.grad, [p.grad for p in deep.parameters()]
[cast_and_back(f, reentrant) for f in (deep, lambda t: deep(t) * deep(t)) for reentrant in (True, False)]
checkpoint(deep, x, use_reentrant=True), CheckpointFunction.apply(torch.sin, True, x), checkpoint(lambda t: {"out": t * 2}, x, use_reentrant=True)
told(torch.autograd.grad, checkpoint(deep, x, use_reentrant=True).sum(), x), told(checkpoint(deep, x, use_reentrant=True).sum().backward, inputs=[x])
torch.autograd.grad(checkpoint(deep, x, use_reentrant=False).sum(), x)
told(checkpoint(lambda a, b: b, x, torch.ones(2), use_reentrant=True).sum().backward), warnings_of(check_backward_validity, [torch.ones(1)])
def counted(reentrant):
    runs = []
    steps = [lambda t: (runs.append(0), t.sin())[1] for _ in range(6)]
    out = checkpoint_sequential(steps, 3, x, use_reentrant=reentrant)
    before = len(runs)
    out.sum().backward()
    return before, len(runs)
counted(True), counted(False)
[checkpoint(lambda t: checkpoint(deep, t, use_reentrant=a).exp(), x, use_reentrant=b).sum().backward() for a in (True, False) for b in (True, False)]
x.grad, deep[0].weight.grad
# names that layers and tools of others import
from torch.nn.modules.module import _IncompatibleKeys, _addindent, _EXTRA_STATE_KEY_SUFFIX, _global_forward_hooks
_addindent("a\nb\nc", 4), _addindent("a", 2), _EXTRA_STATE_KEY_SUFFIX, _IncompatibleKeys(["a"], []), type(nn.Linear(1, 1).load_state_dict({}, strict=False)) is _IncompatibleKeys, _global_forward_hooks
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.pooling import _MaxPoolNd, _AvgPoolNd, _LPPoolNd, _MaxUnpoolNd
from torch.nn.modules.conv import _ConvTransposeNd, _ConvNd
from torch.nn.modules.padding import _ConstantPadNd, _CircularPadNd
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear
from torch.nn.common_types import _size_2_t, _size_1_t, _size_3_t, _size_any_t, _ratio_2_t, _maybe_indices_t
[isinstance(m, k) for m in (nn.Dropout(), nn.Dropout2d(), nn.AlphaDropout(), nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.ConvTranspose2d(1, 1, 1), nn.Conv2d(1, 1, 1), nn.ZeroPad2d(1), nn.ConstantPad1d(1, 0.), nn.CircularPad2d(1), nn.ReflectionPad2d(1), nn.Linear(1, 1), NonDynamicallyQuantizableLinear(1, 1), nn.LPPool1d(2, 2), nn.MaxUnpool1d(2)) for k in (_DropoutNd, _MaxPoolNd, _AvgPoolNd, _ConvTransposeNd, _ConvNd, _ConstantPadNd, _CircularPadNd, NonDynamicallyQuantizableLinear, _LPPoolNd, _MaxUnpoolNd)]
_size_2_t, _size_1_t, _size_any_t
[F._Reduction.get_enum(r) for r in ("none", "mean", "sum")], F._Reduction.get_enum("x")
F._Reduction.get_enum("x")
from torch.nn._reduction import legacy_get_string, legacy_get_enum
legacy_get_string(None, False), legacy_get_string(False, None, False), legacy_get_enum(None, None, False)
from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors, _take_tensors
ts = [torch.arange(3.), torch.ones(2, 2).T, torch.zeros(1, dtype=torch.float64), torch.ones(4)]
flat = _flatten_dense_tensors([ts[0], ts[1], ts[3]]); flat, _unflatten_dense_tensors(flat, [ts[0], ts[1], ts[3]])
_unflatten_dense_tensors(flat, [ts[0], ts[1], ts[3]])[0].data_ptr() == flat.data_ptr(), [list(g) for g in _take_tensors(ts, 20)], [len(g) for g in _take_tensors(ts, 1000)], [len(g) for g in _take_tensors(ts, 1)]
from torch.nn.utils.weight_norm import WeightNorm, weight_norm
from torch.nn.utils.spectral_norm import SpectralNorm, spectral_norm
isinstance(next(iter(weight_norm(nn.Linear(1, 1))._forward_pre_hooks.values())), WeightNorm)
from torch.nn.utils.init import skip_init
from torch.nn.utils.memory_format import convert_conv2d_weight_memory_format
skip_init(nn.Linear, 2, 3)
from torch.utils.data._utils.worker import get_worker_info, WorkerInfo
from torch.utils.data._utils.pin_memory import pin_memory
get_worker_info()
from torch.utils.module_tracker import ModuleTracker
class Show(nn.Module):
    def forward(self, x):
        print("forward", sorted(tracker.parents), tracker.is_bw)
        if x.requires_grad: x.register_hook(lambda g: print("backward", sorted(tracker.parents), tracker.is_bw))
        return x * 2
net = nn.Sequential(Show(), nn.Sequential(Show(), nn.Linear(2, 2)), nn.Tanh())
with ModuleTracker() as tracker:
    print(tracker.parents)
    y = net(torch.ones(1, 2, requires_grad=True))
    print(sorted(tracker.parents), tracker.is_bw)
    y.sum().backward()
    print(sorted(tracker.parents), tracker.is_bw)
    net[1](torch.ones(1, 2))
len(nn.modules.module._global_forward_hooks)
with ModuleTracker() as tracker: [net(torch.ones(1, 2, requires_grad=True)).sum().backward() for _ in range(2)]
with ModuleTracker() as tracker:
    z = net[1](torch.ones(1, 2))
    z.sum().backward()
# sampling at no number, and pictures without pixels
cube, plane = torch.arange(8.).reshape(1, 1, 2, 2, 2), torch.arange(4.).reshape(1, 1, 2, 2)
[F.grid_sample(plane, torch.tensor([[[[at, 0.], [0., 0.]]]]), mode, pad, False) for at in (float("inf"), 1e20) for mode in ("bilinear", "nearest", "bicubic") for pad in ("zeros", "border")]
[F.grid_sample(cube, torch.tensor([[[[[at, 0., 0.], [0., 0., 0.]]]]]), mode, pad, False) for at in (float("inf"), 1e20) for mode in ("bilinear", "nearest") for pad in ("zeros", "border")]
F.grid_sample(plane, torch.full((1, 1, 2, 2), float("nan")), align_corners=False), F.grid_sample(cube, torch.full((1, 1, 1, 1, 3), float("nan")), align_corners=False)
picture = plane.clone().requires_grad_()
F.grid_sample(picture, torch.tensor([[[[float("inf"), 0.], [0., 0.]]]]), align_corners=False).sum().backward(), picture.grad
[told(F.adaptive_avg_pool2d, torch.ones(s), 2) for s in ((1, 2, 0, 4), (1, 2, 4, 0), (1, 0, 4, 4), (0, 2, 4, 4))], [told(F.adaptive_avg_pool3d, torch.ones(1, 2, 0, 4, 4), n) for n in (1, 2)], F.adaptive_avg_pool2d(torch.ones(1, 2, 0, 4), 1), told(F.adaptive_avg_pool1d, torch.ones(1, 2, 0), 2)
odd = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0], requires_grad=True)
[(f(odd), torch.autograd.grad(f(odd).sum(), odd)) for f in (F.elu, F.selu, F.celu, F.softshrink, F.hardshrink, F.leaky_relu, F.softsign)]
# storages in files
whole = torch.arange(6.).reshape(2, 3)
saved = reloaded([whole, whole.storage(), {"inner": (torch.tensor([1, 2], dtype=torch.int16).storage(),)}, whole[1].storage()])
saved[1], saved[1].data_ptr() == saved[0].data_ptr(), saved[2]["inner"][0].dtype, saved[2]["inner"][0].tolist(), len(saved[3])
reloaded(whole.storage()), reloaded(torch.tensor([258]).untyped_storage()).tolist(), told(reloaded, [whole, whole.untyped_storage()])
# how modules and tensors are not moved
moved, here = nn.Sequential(nn.Linear(1, 1)), torch.device("cpu")
[told(moved.to, *args, **options) for args, options in (((here, True), {}), ((None, True), {}), (([],), {}), ((here, here), {}), (({},), {"non_blocking": True}), ((here, torch.tensor(3)), {}), ((), {"other": torch.ones(1)}), (("cpu",), {"foo": 1}), ((torch.long,), {}))]
[moved.to(*args, **options)[0].weight.dtype for args, options in (((here, torch.float64, True), {}), ((torch.ones(1),), {"non_blocking": True}), ((None, torch.float16), {}), ((), {"tensor": torch.ones(1)}), ((float,), {}), ((), {"dtype": torch.float32, "device": here}))]
told(torch.ones(1).to, "cpu", True), told(torch.zeros, here), told(torch.add, torch.ones(1), torch.strided), told(torch.ones(2).view, torch.Size), told(torch.add, torch.Size([1]), 1)
import os, tempfile
numbers = os.path.join(tempfile.mkdtemp(), "numbers")
torch.from_file(numbers, shared=True, size=3, dtype=torch.int32).copy_(torch.tensor([1, 2, 3])), os.path.getsize(numbers)
torch.from_file(numbers, size=2, dtype=torch.int32).add_(1), torch.from_file(numbers, False, 3, dtype=torch.int32), torch.from_file(numbers)
torch.from_file("/nonexistent", size=2)
torch.UntypedStorage.from_file(numbers).nbytes()
storage = torch.UntypedStorage.from_file(numbers, False, 12)
storage.nbytes(), storage[4:8].tolist(), torch.asarray(storage[4:8], dtype=torch.uint8).view(torch.int32), torch.asarray(storage[4:4], dtype=torch.uint8).view(torch.int32)
from safetensors.torch import load_file, save_file, safe_open
save_file({"a": torch.arange(6.).reshape(2, 3), "b": torch.ones(3, dtype=torch.bfloat16), "c": torch.empty(0)}, numbers, metadata={"x": "y"})
sorted(load_file(numbers).items())
with safe_open(numbers, framework="pt") as f: print(f.metadata(), f.get_tensor("a"), f.get_slice("a")[:, 1:])
torch.nn.init._no_grad_uniform_(torch.ones(2), 0.0, 0.0), torch.nn.init._no_grad_normal_(torch.ones(2), 1.0, 0.0), torch.nn.init._no_grad_fill_(torch.ones(2), 3), torch.nn.init._no_grad_zero_(torch.ones(2)), torch.nn.init._no_grad_trunc_normal_(torch.ones(2), 0.0, 1.0, -1.0, 1.0).shape
