import torch, numpy as np, math, os, tempfile, sys, time, random
from torch import nn
from torch.utils.data import Dataset, DataLoader, TensorDataset, ConcatDataset, ChainDataset, Subset, random_split, IterableDataset, WeightedRandomSampler, RandomSampler, SequentialSampler, SubsetRandomSampler, BatchSampler, default_collate, get_worker_info, Sampler, StackDataset, default_convert
from torch.utils.data.distributed import DistributedSampler
from collections import namedtuple, Counter
torch.manual_seed(0)
class Sq(Dataset):
    def __init__(self, n=10, transform=None): self.n, self.transform = n, transform
    def __len__(self): return self.n
    def __getitem__(self, i):
        if i >= self.n: raise IndexError(i)
        s = {"x": torch.tensor([i, i**2], dtype=torch.float32), "y": i % 2, "name": f"s{i}", "z": np.float32(i), "l": [i, i+1], "t": (i, float(i))}
        return self.transform(s) if self.transform else s
for b in DataLoader(Sq(), batch_size=4, shuffle=True): print(b)
ds = TensorDataset(torch.arange(12.).view(6,2), torch.arange(6)); print(len(ds), ds[2], ds[1:3])
dl = DataLoader(ds, batch_size=4, shuffle=True, drop_last=True, generator=torch.Generator().manual_seed(42)); print(len(dl), dl.batch_size, dl.dataset is ds, list(dl))
next(iter(dl))
x, y = next(iter(DataLoader(ds, 2))); print(x, y)
TensorDataset(torch.ones(2), torch.ones(3))
a, b, c = random_split(range(10), [0.3, 0.3, 0.4], generator=torch.Generator().manual_seed(1)); print(list(a), list(b), list(c), a.indices)
random_split(range(10), [3, 3])
random_split(range(10), [0.5, 0.6])
random_split(range(30), [10, 20], torch.Generator().manual_seed(42))[0].indices
cd = ConcatDataset([range(5), range(10, 13)]); print(len(cd), cd[6], cd[-1], cd.cumulative_sizes)
cd[9]
Sq() + Sq(3), len(Sq() + Sq(3))
list(WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 5, replacement=True)), list(WeightedRandomSampler([0.9, 0.4, 0.05, 0.2, 0.3, 0.1], 5, replacement=False))
WeightedRandomSampler([1,2], -1)
WeightedRandomSampler([1,2], 3, replacement=1)
list(BatchSampler(SequentialSampler(range(10)), 3, False)), list(BatchSampler(RandomSampler(range(10)), batch_size=3, drop_last=True))
BatchSampler(SequentialSampler(range(3)), 0, False)
list(SubsetRandomSampler([3,5,7,9])), list(RandomSampler(range(4), replacement=True, num_samples=6)), list(RandomSampler(range(3), num_samples=7))
RandomSampler(range(0))
DataLoader(ds, batch_size=0)
DataLoader(ds, sampler=RandomSampler(ds), shuffle=True)
DataLoader(ds, batch_sampler=BatchSampler(SequentialSampler(ds), 2, False), batch_size=2)
DataLoader(ds, num_workers=-1)
DataLoader(ds, prefetch_factor=2)
DataLoader(ds, persistent_workers=True)
DataLoader(ds, timeout=-1)
DataLoader(ds, batch_size=None, drop_last=True)
list(DataLoader(ds, batch_size=None))
class It(IterableDataset):
    def __init__(self, s, e): self.s, self.e = s, e
    def __iter__(self):
        w = get_worker_info()
        if w is None: return iter(range(self.s, self.e))
        per = math.ceil((self.e - self.s) / w.num_workers); st = self.s + w.id*per
        return iter(range(st, min(st+per, self.e)))
list(DataLoader(It(3, 7)))
list(DataLoader(It(3, 7), num_workers=2))
DataLoader(It(3,7), shuffle=True)
DataLoader(It(3,7), sampler=[1])
len(DataLoader(It(3,7)))
list(ChainDataset([It(0,2), It(5,7)]))
def wi(i): np.random.seed(i); random.seed(i)
for b in DataLoader(Sq(6), batch_size=2, num_workers=2, worker_init_fn=wi, persistent_workers=True, prefetch_factor=3): print(b["x"], b["name"])
def coll(batch):
    xs = [b["x"] for b in batch]; ys = torch.LongTensor([b["y"] for b in batch]); return nn.utils.rnn.pad_sequence(xs, batch_first=True, padding_value=-1), ys
for x, y in DataLoader(Sq(5), batch_size=2, collate_fn=coll): print(x, y)
class Bad(Dataset):
    def __len__(self): return 3
    def __getitem__(self, i): raise ValueError(f"bad {i}")
list(DataLoader(Bad()))
list(DataLoader([torch.ones(2), torch.ones(3)], batch_size=2))
list(DataLoader([1, None], batch_size=2))
list(DataLoader([object()], batch_size=1))
list(DataLoader(["a", "bc"], batch_size=2)), list(DataLoader([1.5, 2], batch_size=2)), list(DataLoader([True, False], batch_size=2))
default_collate([[1,2],[3]])
P = namedtuple("P", "a b"); print(default_collate([P(1, 2.), P(3, 4.)]), default_collate([np.array([1,2]), np.array([3,4])]), default_collate([np.array(["a"])]) if 0 else "")
default_collate([np.array(["a"])])
default_convert({"a": np.ones(2), "b": [np.int64(3), "s"]})
class NoLen(Dataset):
    def __getitem__(self, i): return i
len(NoLen())
DataLoader(NoLen(), shuffle=True)
Dataset()[0]
StackDataset(a=range(3), b=range(3,6))[1]
list(DistributedSampler(range(7), num_replicas=2, rank=1)), list(DistributedSampler(range(7), num_replicas=2, rank=0, shuffle=False, drop_last=True))
s = DistributedSampler(range(8), num_replicas=2, rank=0, seed=3); s.set_epoch(2); print(list(s), len(s))
DistributedSampler(range(3))
Subset(Sq(), [1,3])[1]["name"], Subset(Sq(), [1,3])[[0,1]][0]["name"]
dl = DataLoader(Sq()); dl.batch_size = 3
print(dl.sampler.__class__, dl.batch_sampler.__class__, dl.num_workers, dl.collate_fn, dl.pin_memory, dl.drop_last, dl.timeout, dl.worker_init_fn, dl.prefetch_factor)
it = iter(dl); print(type(it)); [next(it)["y"] for _ in range(3)]
def seed_worker(worker_id):
    worker_seed = torch.initial_seed() % 2**32; np.random.seed(worker_seed); random.seed(worker_seed)
class Rnd(Dataset):
    def __len__(self): return 6
    def __getitem__(self, i): return torch.rand(1), np.random.rand(), random.random()
g = torch.Generator(); g.manual_seed(0)
print(list(DataLoader(Rnd(), batch_size=2, num_workers=2, worker_init_fn=seed_worker, generator=g)))
class MySampler(Sampler):
    def __init__(self, d): self.d = d
    def __iter__(self): return iter(reversed(range(len(self.d))))
    def __len__(self): return len(self.d)
print([b for b in DataLoader(range(5), sampler=MySampler(range(5)), batch_size=2)], [b for b in DataLoader(range(5), batch_sampler=[[0,4],[1,2]])])
class Getitems(Dataset):
    def __len__(self): return 4
    def __getitem__(self, i): return i
    def __getitems__(self, ii): print("items", ii); return [i*10 for i in ii]
list(DataLoader(Getitems(), batch_size=3))
torch.utils.data.dataset.TensorDataset, torch.utils.data.dataloader.DataLoader
repr(ds)[:40], str(DataLoader)[:60]
