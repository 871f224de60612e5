import torch
from torch import nn
import torch.nn.functional as F
x = torch.arange(4.)
m = nn.Linear(2, 2)
issubclass(torch.OutOfMemoryError, RuntimeError), torch.cuda.OutOfMemoryError is torch.OutOfMemoryError
issubclass(torch.AcceleratorError, RuntimeError)
try:
    raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
except RuntimeError as error:
    print(type(error), error)
torch.Event(), torch.Event("cpu", enable_timing=True).query(), torch.Event().device
torch.Event().record()
torch.Event().elapsed_time(torch.Event())
torch.Event(device="cuda")
torch.Stream(), torch.Stream().query(), torch.Stream().synchronize(), torch.Stream().stream_id
torch.Stream() == torch.Stream(), torch.Stream().device
torch.Stream().record_event()
torch.Stream("cuda")
torch.cuda.Stream()
torch.cuda.Event(enable_timing=True)
torch.cuda.CUDAGraph()
torch.cuda.graph(None)
torch.cuda.make_graphed_callables(m, (x,))
torch.cuda.is_current_stream_capturing()
torch.cuda.set_stream(None)
with torch.cuda.stream(None): print("still here")
with torch.cuda.device(-1): print("still here")
with torch.cuda.device(0): print("not here")
with torch.cuda.device_of(x): print("still here")
torch.cuda.memory_stats(), torch.cuda.memory_stats_as_nested_dict(), torch.cuda.memory_cached(), torch.cuda.max_memory_cached()
torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated(), torch.cuda.memory_reserved(), torch.cuda.max_memory_reserved()
torch.cuda.set_per_process_memory_fraction(0.5)
torch.cuda.utilization()
torch.cuda.seed(), torch.cuda.seed_all(), torch.cuda.manual_seed(0), torch.cuda.manual_seed_all(0)
torch.cuda.get_rng_state()
torch.cuda.FloatTensor
torch.cuda.FloatTensor(3)
torch.cuda.LongTensor([1])
torch.cuda.FloatStorage
torch.cuda.FloatStorage(3)
torch.cuda.get_arch_list(), torch.cuda.get_gencode_flags(), torch.cuda.is_tf32_supported(), torch.cuda.is_bf16_supported()
torch.cuda.get_sync_debug_mode()
torch.cuda.nvtx.range_push("a")
with torch.cuda.nvtx.range("b"): pass
torch.cuda.memory.memory_allocated() == 0, torch.cuda.random.manual_seed(1), torch.cuda.default_generators
from torch.cuda.amp import autocast, GradScaler
from torch.cuda.streams import Stream, Event
torch.mps.is_available(), torch.xpu.is_available(), torch.mps.device_count(), torch.xpu.device_count()
torch.mps.empty_cache()
torch.mps.synchronize()
"cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "xpu" if torch.xpu.is_available() else "cpu"
torch.accelerator.memory_allocated()
torch.accelerator.empty_cache()
torch.accelerator.current_stream()
with torch.accelerator.device_index(0): pass
with torch.accelerator.device_index(None): print("no change")
torch.cpu.current_stream().record_event(), torch.cpu.Event().query(), torch.cpu.current_stream().wait_stream(None)
with torch.cpu.stream(None): print("still here")
x.is_nested, x.is_xla, x.is_xpu, x.is_maia, x.is_vulkan, x.is_mtia, x.is_ipu, x.is_sparse_csr, x.volatile, x.name
x.grad_dtype, torch.ones(2, dtype=torch.float64).grad_dtype
x.storage_type(), torch.ones(1, dtype=torch.int64).storage_type()
x.xpu()
x.ipu()
m.mtia()
x.record_stream(None)
x.module_load(torch.ones(4)), x
x.const_data_ptr() == x.data_ptr()
torch.FloatStorage, torch.Storage, torch.FloatStorage.dtype, torch.ComplexDoubleStorage
torch.FloatStorage([1, 2, 3])
torch.LongStorage(3).size(), torch.FloatStorage(), len(torch.ByteStorage([1, 2]))
torch.BoolStorage([True, False]), torch.HalfStorage([1.5])
isinstance(torch.LongStorage([1]), torch.LongStorage), isinstance(torch.LongStorage([1]), torch.FloatStorage)
isinstance(x.storage(), torch.FloatStorage), isinstance(x.storage(), torch.DoubleStorage), isinstance(x.storage(), torch.TypedStorage)
torch.TypedStorage([1, 2], dtype=torch.int32), torch.TypedStorage(wrap_storage=x.untyped_storage(), dtype=torch.float32)
torch.UntypedStorage(3).size(), torch.UntypedStorage([1, 2, 3])
torch.FloatStorage("a")
torch.FloatStorage(1, 2)
torch.FloatStorage(1, dtype=torch.float64)
torch.FloatStorage(-1)
torch.FloatTensor(torch.FloatStorage([1, 2])), torch.Tensor(torch.FloatStorage([3, 4]))
x = torch.arange(4.)
x.storage().type(), x.storage().pickle_storage_type(), x.storage().is_shared(), x.storage().is_pinned(), x.storage().get_device()
x.storage().double(), x.storage().long(), x.storage().half().dtype, x.storage().bool(), x.storage().clone(), x.storage().cpu()
x.storage().copy_(torch.FloatStorage([4, 3, 2, 1]))
x.storage()[1], x.storage()[-1]
x.storage()[10]
x.storage()[1:3]
x.storage()[0] = 9
x
x.untyped_storage()[0:4], x.untyped_storage().type(), x.untyped_storage().is_shared(), x.untyped_storage().resizable()
x.untyped_storage()[100]
torch.autograd.is_multithreading_enabled()
with torch.autograd.set_multithreading_enabled(False): print(torch.autograd.is_multithreading_enabled())
torch.autograd.is_multithreading_enabled()
a, b = torch.zeros(1), torch.ones(2, requires_grad=True)
torch.utils.swap_tensors(a, b)
a, b
torch.set_deterministic_debug_mode("warn")
torch.get_deterministic_debug_mode(), torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
torch.set_deterministic_debug_mode(2)
torch.get_deterministic_debug_mode()
torch.set_deterministic_debug_mode(0)
torch.set_deterministic_debug_mode("x")
torch.set_deterministic_debug_mode(5)
torch.set_deterministic_debug_mode(1.5)
torch.is_warn_always_enabled()
torch.set_warn_always(True)
torch.is_warn_always_enabled()
torch.set_warn_always(False)
torch.get_device_module("cpu").current_device(), torch.get_device_module("cuda").is_available(), torch.get_device_module().device_count()
torch.get_device_module(3)
torch.legacy_contiguous_format, torch.compiled_with_cxx11_abi(), torch.is_vulkan_available()
torch.cond(x.sum() > 100, lambda a: a + 1, lambda a: a - 1, [x])
torch.cond(True, lambda a: a + 1, lambda a: a - 1, (x,))
torch.cond(x, lambda a: a + 1, lambda a: a - 1, (x,))
torch.cond(torch.tensor(True), 3, lambda a: a - 1, (x,))
torch.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + i), (torch.tensor(0), torch.tensor(10)))
torch.sym_int(-3.5), torch.sym_float(2), torch.sym_not(True), torch.sym_max(1, 2.0), torch.sym_min(1, 2), torch.sym_ite(True, 1, 2), torch.sym_sum([1, 2]), torch.sym_sqrt(4)
torch.sym_ite(1, 2, 3)
with torch.DisableTorchFunctionSubclass(): print(torch.ones(1))
nn.Container(a=m, b=nn.ReLU())
nn.CrossMapLRN2d(3), nn.CrossMapLRN2d(5, alpha=2, beta=.5, k=2)
nn.CrossMapLRN2d(3, alpha=2, beta=.5, k=2)(torch.arange(16.).view(1, 4, 2, 2))
nn.CrossMapLRN2d(4, alpha=1, k=2)(torch.arange(20.).view(1, 5, 2, 2))
image = torch.arange(12.).view(1, 3, 2, 2).requires_grad_()
nn.CrossMapLRN2d(3, alpha=.5)(image).sum().backward()
image.grad  # differs: torch's is not the derivative of what it computes
nn.CrossMapLRN2d(3)(torch.ones(3))
F.conv_tbc(torch.arange(12.).view(4, 1, 3), torch.ones(2, 3, 2), torch.tensor([0., 1.]), 1)
torch.conv_tbc(torch.ones(5, 2), torch.ones(2, 3, 4), torch.ones(4), 1)
torch.conv_tbc(torch.ones(5, 2, 2), torch.ones(2, 3, 4), torch.ones(4), 1)
F.native_channel_shuffle(torch.arange(4.).view(1, 4, 1, 1), 2), torch.native_channel_shuffle(torch.arange(4.).view(1, 4, 1, 1), 2).shape
F.has_torch_function((x,)), F.has_torch_function_unary(x), F.has_torch_function_variadic(x, x)
nn.utils.convert_conv2d_weight_memory_format(nn.Conv2d(2, 3, 2), torch.channels_last).weight.stride()
nn.utils.convert_conv3d_weight_memory_format(nn.Sequential(nn.Conv3d(2, 3, 2)), torch.channels_last_3d)[0].weight.stride()
nn.utils.convert_conv2d_weight_memory_format(m, torch.channels_last)
torch.optim.lr_scheduler.EPOCH_DEPRECATION_WARNING
from torch.distributions import GeneralizedPareto
torch.manual_seed(0)
pareto = GeneralizedPareto(torch.tensor([0., 1.]), 1., torch.tensor([.5, -.3]))
pareto
pareto.sample((3,))
pareto.log_prob(torch.tensor([1.5, 2.])), pareto.cdf(torch.tensor([1.5, 2.])), pareto.icdf(torch.tensor([.5, .2]))
pareto.mean, pareto.variance, pareto.mode, pareto.entropy(), pareto.stddev
pareto.support, GeneralizedPareto(0., 1., 0.3).support
GeneralizedPareto(0., 1., 0.).log_prob(torch.tensor([1.5, 2.])), GeneralizedPareto(0., 1., 0.).icdf(torch.tensor(.5))
GeneralizedPareto(0., 1., 1.3).mean, GeneralizedPareto(0., 1., .6).variance, pareto.log_survival_function(torch.tensor(1.))
GeneralizedPareto(0., -1., 0.3, validate_args=True)
GeneralizedPareto(0., 1., 0.3, validate_args=True).log_prob(torch.tensor(-1.))
pareto.expand((2, 2)).batch_shape
scale = torch.tensor(2., requires_grad=True)
GeneralizedPareto(0., scale, .2).rsample((4,)).sum().backward()
scale.grad
weights = [torch.ones(9, 2) * .1, torch.ones(9, 3) * .2, torch.zeros(9), torch.ones(9) * .1]
torch.gru(torch.ones(3, 2, 2), torch.zeros(1, 2, 3), weights, True, 1, 0.0, False, False, False)
torch.gru(torch.ones(2, 3, 2), torch.zeros(1, 2, 3), weights, True, 1, 0.0, False, False, True)[0]
torch.rnn_tanh(torch.ones(3, 2, 2), torch.zeros(2, 2, 3), [torch.ones(3, 2) * .1, torch.ones(3, 3) * .1] * 2, False, 1, 0.0, False, True, False)
torch.rnn_relu(torch.ones(3, 2, 2), torch.zeros(2, 2, 2), [torch.ones(2, 2) * .1, torch.ones(2, 2) * .1] * 2, False, 2, 0.0, False, False, False)
lstm = nn.LSTM(2, 3, 2, bidirectional=True).double()
torch.manual_seed(1)
data = torch.randn(4, 2, 2, dtype=torch.float64)
state = (torch.zeros(4, 2, 3, dtype=torch.float64), torch.zeros(4, 2, 3, dtype=torch.float64))
out, h, c = torch.lstm(data, state, lstm._flat_weights, True, 2, 0.0, False, True, False)
torch.allclose(out, lstm(data)[0]), h.shape, c.shape
packed = nn.utils.rnn.pack_padded_sequence(data, [4, 2])
torch.allclose(torch.lstm(packed.data, packed.batch_sizes, state, lstm._flat_weights, True, 2, 0.0, False, True)[0], lstm(packed)[0].data)

# modules that other people's packages import
from torch.utils import _pytree, model_zoo
import torch.nn.parallel.scatter_gather, torch.cuda.amp.grad_scaler, torch.distributions.utils
from torch.jit.annotations import Dict, List, Optional
from torch.optim.optimizer import ParamsT, _default_to_fused_or_foreach, _get_value, _use_grad_for_differentiable, required
from torch.nn.modules.transformer import TransformerEncoderLayer, _get_activation_fn, _get_clones
_get_clones(torch.nn.Linear(1, 2), 2)
_get_activation_fn("tanh")
torch.hub.HASH_REGEX.search("net-ab12.pth").group(1)
torch.futures.Future[int] is not None
torch.utils.checkpoint.get_device_states(torch.ones(2))
torch.utils.checkpoint.set_device_states([], [])
import torchvision.ops.misc, torchvision.ops.boxes
torchvision.ops.misc.FrozenBatchNorm2d(3)
from torch.distributions.utils import _standard_normal, _sum_rightmost, clamp_probs, lazy_property, logits_to_probs, probs_to_logits
(clamp_probs(torch.tensor([0.0, 0.5, 1.0])), probs_to_logits(torch.tensor([0.2, 0.8])), probs_to_logits(torch.tensor([0.2]), is_binary=True))
logits_to_probs(torch.tensor([0.2, 0.8])), logits_to_probs(torch.tensor([0.2]), True)
_standard_normal((2, 3), torch.float64, "cpu"), _sum_rightmost(torch.ones(2, 3, 4), 2)
(torch.distributions.utils.vec_to_tril_matrix(torch.arange(3.0), -1), torch.distributions.utils.tril_matrix_to_vec(torch.ones(2, 2)))
class Lazy:
    @lazy_property
    def once(self):
        print("computed")
        return torch.ones(2)
lazy = Lazy()
lazy.once, lazy.once

# nested containers
import collections
Point = collections.namedtuple("Point", "x y")
tree = {"a": [1, torch.ones(2), None], "b": (2, collections.OrderedDict(k=3)), "p": Point(4, collections.deque([5], maxlen=2)), "d": collections.defaultdict(list, z=6)}
leaves, spec = _pytree.tree_flatten(tree)
leaves
print(spec)
spec.num_leaves, spec.num_nodes, spec.num_children, spec.type, spec.context, spec == _pytree.tree_structure(tree)
_pytree.tree_unflatten(range(7), spec)
_pytree.tree_unflatten([1], spec)
_pytree.tree_unflatten([1], 3)
_pytree.tree_map(lambda a, b: a + b, {"x": [1, 2], "y": 3}, {"y": 30, "x": [10, 20]})
_pytree.tree_map(lambda a, b: a + b, [1, 2], [3])
_pytree.tree_map(lambda a, b: a + b, [1, 2], (3, 4))
_pytree.tree_map_only(int, lambda n: n + 1, tree)
_pytree.tree_map(torch.neg, torch.max(torch.eye(2), 0)), _pytree.tree_structure(torch.max(torch.eye(2), 0))
(_pytree.tree_leaves([1, [2], 3], is_leaf=lambda t: t == [2]), _pytree.tree_all(bool, []), _pytree.tree_any(bool, [0, [1]]))
_pytree.tree_map_(print, [1, (2,)])
class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b
_pytree.register_pytree_node(Pair, lambda p: ([p.a], p.b), lambda parts, b: Pair(parts[0], b))
_pytree.tree_map(lambda n: n + 1, Pair(1, 2)).a, _pytree.tree_structure([Pair(1, 2)])
_pytree.register_pytree_node(Pair, lambda p: ([p.a], p.b), lambda parts, b: Pair(parts[0], b))

# one operation for a list of tensors
some, more = [torch.tensor([1.0, 2.0]), torch.tensor([3.0])], [torch.tensor([5.0, 6.0]), torch.tensor([7.0])]
(torch._foreach_add(some, 1), torch._foreach_add(some, more, alpha=2), torch._foreach_add(some, [1, 2.0]), torch._foreach_mul(some, torch.tensor(3.0)))
(torch._foreach_norm(some), torch._foreach_norm(some, 1), torch._foreach_norm(some, dtype=torch.float64), torch._foreach_powsum(some, 2), torch._foreach_max(some))
(torch._foreach_addcmul(some, more, more, value=0.5), torch._foreach_addcdiv(some, more, more, [1, 2]), torch._foreach_addcdiv(some, more, more, torch.tensor([1.0, 2.0])))
torch._foreach_lerp(some, more, 0.3), torch._foreach_lerp(some, more, weight=0.3), torch._foreach_lerp(some, more, more)
(torch._foreach_pow(some, 2), torch._foreach_pow(2, some), torch._foreach_maximum(some, more), torch._foreach_clamp_min(some, 2), torch._foreach_sqrt(some))
(torch._foreach_mul_(some, scalar=2.0), torch._foreach_add_(some, other=more), torch._foreach_maximum_(some, 8), torch._foreach_lerp_(some, more, weight=0.5))
torch._foreach_addcdiv_(some, more, more, value=0.5), torch._foreach_copy_(some, more), torch._foreach_zero_(some)
torch._foreach_add(some, more[:1])
torch._foreach_add(some, [1.0])
torch._foreach_add([], 1)
torch._foreach_abs(torch.ones(2))
torch._foreach_copy(some, more)
torch.relu(torch.ones(1, 9000, 1, 1, requires_grad=True)).mean((2, 3)).sum().backward()
torch._C._log_api_usage_once("some.event"), torch.Future is torch.futures.Future or issubclass(torch.futures.Future, torch.Future)
import sys
sys.getsizeof(torch.ones(100).untyped_storage()) - sys.getsizeof(torch.ones(0).untyped_storage())

# what classes are called
print(type(torch.distributions.Normal(0., 1.)), type(torch.default_generator), type(torch.ones(1).untyped_storage()))
print(type((torch.ones(1, requires_grad=True) * 2).grad_fn), torch.distributions.StudentT, torch.distributions.LKJCholesky)
from torch.distributions.studentT import StudentT as _of_its_file
_of_its_file is torch.distributions.StudentT
torch.device("")
torch.device(None)
torch.device("cuda:01")
torch.device("cpu", "0")
torch.device(1.5)
type(torch.__config__.show()), type(torch.__config__.parallel_info())
torch.backends.mha.get_fastpath_enabled(), torch.backends.mha.set_fastpath_enabled(False), torch.backends.mha.get_fastpath_enabled(), torch.backends.mha.set_fastpath_enabled(True)
torch.backends.cusparselt.is_available()
torch._assert_async(torch.tensor(0))
torch._assert_async(torch.tensor(0), "said")
torch._assert_async(torch.ones(2))
torch._assert_async(torch.tensor(1)), torch._assert(True, "said"), torch._C._get_tracing_state(), torch._C._log_api_usage_once("here")
torch._assert(False, "said")
import torch._logging
torch._logging.set_logs()
torch.__name__, torch.torch is torch, isinstance(torch.__config__.show(), str), isinstance(torch.__config__.parallel_info(), str)
from torch.serialization import DEFAULT_PROTOCOL, MAP_LOCATION
from torch._C import _TensorMeta
from torch._subclasses.fake_tensor import is_fake
from torch.fx.experimental.proxy_tensor import get_proxy_mode
from torch.distributed.constants import default_pg_timeout
DEFAULT_PROTOCOL, issubclass(_TensorMeta, type), is_fake(torch.ones(1)), get_proxy_mode(), default_pg_timeout, torch.distributed.ReduceOp.RedOpType.SUM is torch.distributed.ReduceOp.SUM
torch.distributions.register_kl(int, float)(max) is max
torch.distributions.register_kl(1, float)
torch._C._are_functorch_transforms_active(), isinstance(3, torch.SymInt), isinstance(1.0, torch.SymFloat), isinstance(True, torch.SymBool)
torch.onnx.is_in_onnx_export(), isinstance(torch.ones(1)._cdata, int)
torch.complex32, torch.chalf is torch.complex32, torch.ones(1).dtype in (torch.complex32, torch.complex64), torch.complex32.itemsize, torch.complex32.is_complex, torch.complex32.is_floating_point
import torch.distributed as dist
dist.Backend("GLOO"), dist.Backend.NCCL, dist.Backend.MPI, dist.Backend.backend_list, type(dist.Backend("mpi")).__name__, dist.Backend("own")
dist.Backend(3)
from torch.distributed.optim import ZeroRedundancyOptimizer
issubclass(ZeroRedundancyOptimizer, torch.optim.Optimizer), ZeroRedundancyOptimizer.__name__
@torch.jit._overload_method
def overloaded(self, x): return x
overloaded(1, 2), torch.jit._overload(overloaded)(1, 3)
from torch.utils._foreach_utils import _group_tensors_by_device_and_dtype, _device_has_foreach_support, _has_foreach_support
mixed = [torch.ones(1), torch.ones(1, dtype=torch.double), torch.ones(2)]
[sorted(_group_tensors_by_device_and_dtype(*lists).items(), key=str) for lists in (([mixed],), ([mixed, [], [None, mixed[1], None]], True))]
_device_has_foreach_support(torch.device("cpu")), _device_has_foreach_support(torch.device("meta")), _has_foreach_support([mixed[0], None, torch.nn.Parameter(mixed[0])], torch.device("cpu"))
from torch.utils.data._utils.collate import collate, collate_tensor_fn, collate_float_fn, collate_int_fn, collate_str_fn, collate_numpy_array_fn, collate_numpy_scalar_fn, default_collate_fn_map
collate_tensor_fn([torch.ones(1), torch.zeros(1)]), collate_float_fn([1.0, 2.0]), collate_int_fn([1, 2]), collate_str_fn(["a"]), [getattr(k, "__name__", len(k) if isinstance(k, tuple) else k) for k in default_collate_fn_map]
from torch.utils.data._utils.collate import nonsense  # differs: the file is not called as torch's
type(iter(torch.utils.data.DataLoader([1]))).__name__
# a file that is called as a function in it
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm
torch.nn.utils.spectral_norm(torch.nn.Linear(1, 1)), torch.nn.utils.weight_norm(torch.nn.Linear(1, 1))
from torchvision.ops.roi_align import RoIAlign
import torchvision
from torchvision.ops.ps_roi_align import PSRoIAlign
from torchvision.ops.ps_roi_pool import PSRoIPool
from torchvision.ops.deform_conv import DeformConv2d
[callable(f) for f in (torchvision.ops.roi_align, torchvision.ops.stochastic_depth, torchvision.ops.ps_roi_align, torchvision.ops.ps_roi_pool, torchvision.ops.deform_conv2d)], PSRoIAlign(2, 1.0, 2), PSRoIPool(2, 1.0), DeformConv2d(2, 4, 3)
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead, FastRCNNConvFCHead, _default_anchorgen
from torchvision.models.detection.mask_rcnn import MaskRCNNPredictor, MaskRCNNHeads
from torchvision.models.detection.keypoint_rcnn import KeypointRCNNPredictor
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.models.detection.rpn import AnchorGenerator, RPNHead, RegionProposalNetwork
from torchvision.models.detection.roi_heads import RoIHeads, maskrcnn_loss
from torchvision.models.detection.transform import GeneralizedRCNNTransform, resize_boxes
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.backbone_utils import BackboneWithFPN, resnet_fpn_backbone
from torchvision.models.detection import _utils as det_utils, MaskRCNN
FastRCNNPredictor(4, 2), MaskRCNNPredictor(4, 3, 2), KeypointRCNNPredictor(4, 2), FastRCNNConvFCHead((2, 3, 3), [4], [5]), RPNHead(4, 3), RetinaNetHead(4, 2, 3), MaskRCNN
FastRCNNPredictor, AnchorGenerator, RoIHeads, det_utils.Matcher, _default_anchorgen().cell_anchors[0], resize_boxes(torch.ones(1, 4), (2, 3), (4, 9))
from torchvision.models.video import r3d_18
from torchvision.ops.giou_loss import generalized_box_iou_loss
from torchvision.ops.drop_block import DropBlock2d
from torchvision.models.maxvit import MaxVit
torchvision.models.list_models(torchvision.models.detection), MaxVit
class Around(torch.optim.Optimizer):
    def __init__(self, inner):
        self.inner, self.param_groups, self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks, self.state = inner, inner.param_groups, {}, {}, {}
        self._patch_step_function()
    def step(self, closure=None): return self.inner.step(closure)
around = Around(torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1))
around.step(), around._zero_grad_profile_name
from torch.jit.annotations import BroadcastingList2
def strided(x, stride: BroadcastingList2[int] = 1): return torch.jit._script_if_tracing(lambda v: v[::stride])(x)
strided(torch.arange(4), 2)
torch.arange(5.).split(split_size=2), torch.arange(5.).split(split_size=[1, 4]), torch.split(torch.arange(5.), split_size_or_sections=4)
torch.split(torch.arange(5.), split_size=2)
from torch._C import Graph, Node, Value
from torch._tensor_str import PRINT_OPTS, _tensor_str
PRINT_OPTS.precision, _tensor_str(torch.tensor([1., 2.5]), 0)
torch.set_printoptions(precision=2); print(PRINT_OPTS.precision); torch.set_printoptions(profile="default")
torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2) * 4)._unbroadcasted_scale_tril
from torch._functorch.eager_transforms import hessian, jacrev, jvp, vjp
hessian(lambda x: (x ** 3).sum())(torch.ones(2)), vjp(torch.sin, torch.zeros(2))[1](torch.ones(2))
from torch._functorch.functional_call import functional_call, stack_module_state
from torch._functorch.batch_norm_replacement import replace_all_batch_norm_modules_
from torch._functorch.apis import vmap
vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3))
