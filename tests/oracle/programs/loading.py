import torch, io, os, pickle, tempfile, warnings, copy, collections, pathlib, itertools, random
from collections import OrderedDict, namedtuple, defaultdict
from torch import nn
from torch.utils import data as D
from torch.utils.data import *
def said(f, *a, **k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: r = f(*a, **k)
        except Exception as e: r = f"{type(e).__name__}: {e}"
    return [f"{x.category.__name__}: {x.message}" for x in w], r
class R(Dataset):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i): return i
class It(IterableDataset):
    def __init__(self, n): self.n = n
    def __iter__(self): return iter(range(self.n))
class ItL(It):
    def __len__(self): return self.n
a, b = random_split(range(10), [3, 7], generator=torch.Generator().manual_seed(1)); a.indices, b.indices, list(a), len(b), a[0], a[[0, 1]]
[len(s) for s in random_split(range(10), [0.33, 0.33, 0.34])], [len(s) for s in random_split(range(106), [0.1, 0.2, 0.3, 0.4])]
random_split(range(10), [1, 2])
random_split(range(10), [0.5, 0.6])
random_split(range(10), [-0.5, 1.5])
said(random_split, range(3), [0.1, 0.9])[0]
random_split(range(10), [0.5, 5])
Subset(range(5), [3, 1])[1], Subset(R(5), [3, 1]).__getitems__([0, 1]), Subset(range(5), [3, 1])[5:]
ConcatDataset([R(2), R(3)])[4], ConcatDataset([R(2), R(3)])[-1], ConcatDataset([R(2), R(3)]).cumulative_sizes, len(ConcatDataset([R(2), R(3)]))
ConcatDataset([R(2), R(3)])[-6]
ConcatDataset([R(2), R(3)])[5]
ConcatDataset([])
ConcatDataset([It(3)])
list(ChainDataset([It(2), It(3)])), len(ChainDataset([ItL(2), ItL(3)]))
len(ChainDataset([It(2)]))
(R(2) + R(3)).datasets, list(It(2) + It(1))
StackDataset(R(3), R(3))[1], StackDataset(x=R(3), y=[5, 6, 7])[1], len(StackDataset(R(3))), StackDataset(x=R(3), y=[5, 6, 7]).__getitems__([0, 2])
StackDataset(R(3), x=R(3))
StackDataset(R(3), R(2))
StackDataset()
TensorDataset(torch.ones(2), torch.ones(3))
TensorDataset(torch.arange(4.), torch.arange(8).reshape(4, 2))[1:3], TensorDataset(torch.arange(4.))[[0, 2]], len(TensorDataset(torch.ones(3)))
Dataset()[0]
len(R.__mro__), Dataset[int], IterableDataset[int]
isinstance(DataLoader(R(3)), DataLoader), DataLoader[int]
list(RandomSampler(range(5), generator=torch.Generator().manual_seed(0))), list(RandomSampler(range(3), replacement=True, num_samples=7, generator=torch.Generator().manual_seed(0))), list(RandomSampler(range(3), num_samples=7, generator=torch.Generator().manual_seed(0)))
RandomSampler(range(3), num_samples=0)
RandomSampler(range(3), replacement="a")
RandomSampler(range(0))
len(RandomSampler(range(3))), list(RandomSampler(range(0))) if False else None
list(WeightedRandomSampler([0.1, 0.9, 0], 5, generator=torch.Generator().manual_seed(0))), list(WeightedRandomSampler(torch.ones(4), 4, replacement=False, generator=torch.Generator().manual_seed(0)))
WeightedRandomSampler([0.1], 0)
WeightedRandomSampler([0.1], 1, replacement=3)
WeightedRandomSampler(torch.ones(2, 2), 1)
list(SubsetRandomSampler([4, 5, 6], generator=torch.Generator().manual_seed(0)))
list(BatchSampler(SequentialSampler(range(7)), 3, False)), list(BatchSampler(range(7), 3, True)), len(BatchSampler(range(7), 3, False))
BatchSampler(range(3), 0, False)
BatchSampler(range(3), True, False)
BatchSampler(range(3), 2, 1)
list(DistributedSampler(R(7), num_replicas=2, rank=1, seed=3)), len(DistributedSampler(R(7), num_replicas=2, rank=0, drop_last=True)), list(DistributedSampler(R(7), num_replicas=3, rank=2, shuffle=False, drop_last=True))
DistributedSampler(R(7), num_replicas=2, rank=2)
DistributedSampler(R(7))
ds = DistributedSampler(R(5), num_replicas=2, rank=0); one = list(ds); ds.set_epoch(1); one, list(ds)
DataLoader(R(3), batch_size=0)
DataLoader(R(3), batch_size=2, batch_sampler=[[1]])
DataLoader(R(3), shuffle=True, sampler=[1])
DataLoader(R(3), shuffle=True, batch_sampler=[[1]])
DataLoader(R(3), batch_size=None, drop_last=True)
DataLoader(R(3), batch_size=None, shuffle=True).batch_sampler
DataLoader(R(3), num_workers=-1)
DataLoader(R(3), timeout=-1)
DataLoader(R(3), prefetch_factor=2)
DataLoader(R(3), persistent_workers=True)
DataLoader(R(3), num_workers=1, prefetch_factor=-1)
DataLoader(R(3), multiprocessing_context="spawn")
DataLoader(R(3), num_workers=1, multiprocessing_context="foo")
DataLoader(R(3), num_workers=1, multiprocessing_context=3)
DataLoader(It(3), shuffle=True)
DataLoader(It(3), shuffle=False), DataLoader(It(3), sampler=[1])
DataLoader(It(3), sampler=[1])
DataLoader(It(3), batch_sampler=[[1]])
len(DataLoader(It(3)))
len(DataLoader(ItL(7), batch_size=2)), len(DataLoader(ItL(7), batch_size=2, drop_last=True)), len(DataLoader(R(7), batch_size=2)), len(DataLoader(R(7), batch_size=None))
said(lambda: list(DataLoader(ItL(1), batch_size=None)))
class Lie(It):
    def __len__(self): return 1
said(lambda: [int(x) for x in DataLoader(Lie(3), batch_size=None)])
l = DataLoader(R(3)); l.batch_size = 4
l.dataset = 3
l.sampler = 3
l.foo = 3; l.foo, l.multiprocessing_context, l.num_workers, l.collate_fn.__name__, type(l.sampler).__name__, type(l.batch_sampler).__name__, l.generator, l.pin_memory, l.drop_last, l.timeout, l.persistent_workers, l.prefetch_factor, l.worker_init_fn, l.pin_memory_device
l.multiprocessing_context = "fork"
l.__initialized = 3
list(DataLoader(R(5), batch_size=2, collate_fn=lambda x: x)), list(DataLoader(R(5), batch_sampler=[[0, 3], [1]])), list(DataLoader(R(3), batch_size=None)), list(DataLoader([torch.ones(1), 2, "a", None], batch_size=None))
list(DataLoader(R(3), sampler=[2, 0])), list(DataLoader({"a": 1, "b": 2}, sampler=["b", "a"], batch_size=None))
torch.manual_seed(5); [int(x) for x in DataLoader(R(6), shuffle=True, batch_size=None)], [x.tolist() for x in DataLoader(R(6), shuffle=True, batch_size=4)], torch.rand(1)
it = iter(DataLoader(R(3))); next(it), len(it), it is iter(it), type(it).__name__
[next(it) for _ in range(3)]
list(DataLoader(R(4), batch_size=2, num_workers=2)), list(DataLoader(It(4), batch_size=2, num_workers=2)), list(DataLoader(R(4), batch_size=2, num_workers=1, in_order=False))
def info(_): i = get_worker_info(); print(i is None); return None
get_worker_info()
class W(Dataset):
    def __len__(self): return 4
    def __getitem__(self, i): w = get_worker_info(); return w.id, w.num_workers, w.seed - torch.initial_seed(), w.dataset is self, i
list(DataLoader(W(), num_workers=2, batch_size=None))
class Bad(Dataset):
    def __len__(self): return 2
    def __getitem__(self, i): raise KeyError("no " + str(i))
list(DataLoader(Bad()))
said(lambda: list(DataLoader(Bad(), num_workers=1)))[1].splitlines()[0]
class Stop(Dataset):
    def __len__(self): return 2
    def __getitem__(self, i): raise StopIteration("x")
list(DataLoader(Stop())), [x for x in DataLoader(Stop())]
# collate
c = default_collate
NT = namedtuple("NT", "x y")
c([NT(1, 2.), NT(3, 4.)]), c([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]), c([(1, "a"), (2, "b")]), c([[1, 2], [3, 4]]), c(["a", b"c"]), c([True, False]), c([1.5, 2]), c([[], []])
c([1, 2.5]), c([torch.tensor(1), torch.tensor(2)]), c([OrderedDict(a=1), OrderedDict(a=2)]), c([defaultdict(list, a=1), defaultdict(list, a=2)])
c([None])
c([object()])
c([])
c([[1], [1, 2]])
c([torch.ones(2), torch.ones(3)])
c([{"a": 1}, {"b": 1}])
import numpy as np
c([np.float32(1), np.float32(2)]), c([np.ones(2), np.zeros(2)]), c([np.int64(3)]), c([np.array(3), np.array(4)]), c([np.bool_(True)])
c([np.array(["a"])])
c([np.array([object()])])
default_convert({"a": np.ones(2), "b": [1, np.float64(2)], "c": "s", "d": NT(np.ones(1), 2), "e": (1, 2)}), default_convert(np.array("x")), default_convert(3)
from torch.utils.data._utils.collate import collate, default_collate_fn_map, collate_tensor_fn
class C:
    def __init__(self, v): self.v = v
collate([C(1), C(2)], collate_fn_map={C: lambda b, *, collate_fn_map=None: [x.v for x in b]}), sorted(k.__name__ for k in default_collate_fn_map if isinstance(k, type))
class MyList(list): pass
class MyDict(dict): pass
type(c([MyList([1]), MyList([2])])).__name__, type(c([MyDict(a=1)])).__name__, c([range(2), range(2)])
list(DataLoader(R(2), pin_memory=False)), said(lambda: list(DataLoader(R(2), pin_memory=True)))
