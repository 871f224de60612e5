# what hangs on a tensor
import copy, io, pickle
x = torch.ones(2, requires_grad=True)
vars(x), vars(torch.nn.Linear(2, 2).weight), vars(torch.eye(2).to_sparse())
x.note = "a"
vars(x), x.__dict__["note"], "note" in dir(x)
x.__dict__.update(other=2)
x.other, sorted(vars(x)), x.__dict__.pop("note"), hasattr(x, "note")
x.__dict__ = {"new": [1]}
x, vars(x), hasattr(x, "other")
(x * x).sum().backward()
x.grad, vars(x), vars(x.grad), vars(x * 2)
vars(copy.copy(x)), copy.copy(x).new is x.new, vars(copy.deepcopy(x)), copy.deepcopy(x).new is x.new, vars(pickle.loads(pickle.dumps(x)))
x.__dict__ = copy.copy(torch.ones(1).__dict__)
x, vars(x)
class Marked(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        result = super().__torch_function__(func, types, args, kwargs or {})
        if isinstance(result, Marked) and args and isinstance(args[0], Marked): result.__dict__ = copy.copy(args[0].__dict__)
        return result
    def requires_grad_(self, requires_grad=True):
        self.requires_grad = requires_grad
        return self
m = torch.arange(4.0).as_subclass(Marked)
m.shown = True
m + 1, (m == m).all(), (m > 1).shown, vars(m[1:] * 2), m.requires_grad_().requires_grad
def said(self, word="said"): return word, type(self).__name__
torch.Tensor.said = said
torch.ones(1).said(), m.said("x")
del torch.Tensor.said
# interpolation by a number that is rounded as the tensors are
torch.set_printoptions(precision=8)
[(torch.lerp(torch.tensor(0.7), torch.tensor(0.0), w), torch.tensor(0.7).lerp_(torch.tensor(0.1), w)) for w in (0.98, 0.9, 0.5, 0.3)]
torch.lerp(torch.tensor(0.7, dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64), 0.98)
torch.set_printoptions(profile="default")
# floating-point operations
from torch.utils.flop_counter import FlopCounterMode
def counted(f):
    with FlopCounterMode(display=False) as counter: f()
    return {module: sorted(flops.values()) for module, flops in sorted(counter.get_flop_counts().items())}, counter.get_total_flops(), counter.get_table()
net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(16, 5))
print(counted(lambda: net(torch.ones(2, 3, 4, 4)))[2])
print(counted(lambda: net(torch.ones(2, 3, 4, 4)).sum().backward())[2])
counted(lambda: torch.nn.Conv2d(4, 8, 3, groups=2)(torch.ones(1, 4, 6, 6, requires_grad=True)).sum().backward())[:2]
counted(lambda: torch.nn.ConvTranspose2d(4, 6, 3, stride=2)(torch.ones(1, 4, 5, 5)).sum().backward())[:2]
counted(lambda: (torch.ones(2, 3, 4, requires_grad=True) @ torch.ones(2, 4, 5)).sum().backward())[:2]
with FlopCounterMode(depth=1): net(torch.ones(1, 3, 4, 4)), torch.ones(3, 4) @ torch.ones(4, 2)
with FlopCounterMode(): pass
# loaders that programs write themselves
from torch.utils.data import dataloader
class Loader:
    dataset, drop_last, collate_fn, num_workers, timeout, in_order, prefetch_factor = range(5), True, staticmethod(list), 0, 0, True, None
    pin_memory = persistent_workers = pin_memory_device = False
    generator = multiprocessing_context = worker_init_fn = _IterableDataset_len_called = None
    _dataset_kind, _auto_collation, _index_sampler = dataloader._DatasetKind.Iterable, True, [(0, 0), (0, 0), (0, 0)]
list(dataloader._SingleProcessDataLoaderIter(Loader()))
issubclass(dataloader._MultiProcessingDataLoaderIter, dataloader._BaseDataLoaderIter), dataloader._MultiProcessingDataLoaderIter.__name__, hasattr(dataloader._MultiProcessingDataLoaderIter, "_shutdown_workers")
next(iter(torch.utils.data.DataLoader(range(3), timeout=1)))
torch.utils.data.DataLoader(range(3))._dataset_kind, dataloader._DatasetKind.Map
# how ``to`` reads its arguments
parsed = torch._C._nn._parse_to
parsed("cpu"), parsed(torch.float64), parsed(torch.device("cpu"), torch.half, True), parsed(device=None), parsed(torch.ones(2, dtype=torch.int8))
parsed(memory_format=torch.channels_last), parsed("meta", dtype=torch.float16), parsed(float), parsed()
# single records of a file
file = io.BytesIO()
torch.save({"a": torch.arange(3.0), "b": torch.ones(2, 2, dtype=torch.int16)}, file)
_ = file.seek(0)
reader = torch.PyTorchFileReader(file)
reader.get_record("version"), reader.has_record("data/1"), reader.has_record("data/9"), reader.get_record("data/0"), reader.get_record_size("data/0")
{"data.pkl", "data/0", "data/1", "byteorder"} <= set(reader.get_all_records()), reader.get_record_offset("data/0") % 64
reader.get_storage_from_record("data/0", 3, torch.float32).untyped_storage().nbytes(), reader.get_storage_from_record("data/1", 4, torch.int16)
# nested containers
from torch.utils import _pytree
_pytree.treespec_leaf(), _pytree.LeafSpec() == _pytree.treespec_leaf(), isinstance(_pytree.tree_structure(3), _pytree.LeafSpec)
_pytree._get_node_type([1]), _pytree._get_node_type(3), list in _pytree.SUPPORTED_NODES
# loss scaling, step by step
from torch.amp.grad_scaler import OptState
w = torch.nn.Parameter(torch.ones(2))
step, scaler = torch.optim.SGD([w], lr=0.5), torch.amp.GradScaler("cpu", init_scale=4.0)
scaler.scale((w * w).sum()).backward()
scaler.unscale_(step), dict(scaler._per_optimizer_states[id(step)])
scaler.step(step), scaler._per_optimizer_states[id(step)]["stage"], w
scaler.update(), len(scaler._per_optimizer_states), scaler._per_optimizer_states[0], list(OptState)
# marks for a GPU's profiler
with torch.autograd.profiler.emit_nvtx(enabled=False) as marks: print(marks)
with torch.autograd.profiler.emit_nvtx(): pass
torch.profiler.kineto_available(), torch.distributed.is_torchelastic_launched(), torch.ScriptModule.__name__, torch.ScriptFunction.__name__
