"""utils.data under torch's names: the same batches in the same order, the same messages, with and without workers."""

from __future__ import annotations

import random
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
import torch
from oracle.harness import compare, compare_form

SETUP = """
D = torch.utils.data
class Numbers(D.Dataset):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i): return torch.tensor([i, i * i]), i
class Many(Numbers):
    def __getitems__(self, indices): return [(torch.tensor(i), -i) for i in indices]
class Stream(D.IterableDataset):
    def __init__(self, n): self.n = n
    def __iter__(self): return iter(range(self.n))
class Counted(Stream):
    def __len__(self): return self.n
ten = D.TensorDataset(torch.arange(10), torch.arange(10.) / 2)
torch.manual_seed(11)
def raises(f):
    try: print("no error", f())
    except Exception as e: print(type(e).__name__, e)
"""

FORMS = {
    # ------------------------------------------------------------------ datasets
    "tensor-dataset": "print(len(ten), ten[3], ten[2:4], ten[-1], ten.tensors)",
    "tensor-dataset-mismatch": "D.TensorDataset(torch.ones(2), torch.ones(3))",
    "dataset": "raises(lambda: D.Dataset()[0]); raises(lambda: len(D.Dataset()))",
    "concat": """
c = Numbers(3) + Numbers(2); print(type(c).__name__, len(c), c[3], c[-1], c[2], c.cumulative_sizes); raises(lambda: c[-6]); raises(lambda: c[5][0])
raises(lambda: D.ConcatDataset([])); raises(lambda: D.ConcatDataset([Stream(1)]))
""",
    "chain": """
c = Stream(2) + Counted(3); print(type(c).__name__, list(c)); raises(lambda: len(c)); print(len(Counted(2) + Counted(1)))
raises(lambda: list(D.ChainDataset([Numbers(1)]))); raises(lambda: len(D.ChainDataset([Numbers(1)])))
""",
    "stack": """
s = D.StackDataset(Numbers(3), [7, 8, 9]); print(len(s), s[1], s.__getitems__([0, 2])); t = D.StackDataset(a=Many(3), b=[7, 8, 9])
print(t[1], t.__getitems__([0, 2]), list(D.DataLoader(s, 2)))
raises(lambda: D.StackDataset()); raises(lambda: D.StackDataset([1], a=[2])); raises(lambda: D.StackDataset([1], [1, 2])); raises(lambda: D.StackDataset(a=[1], b=[]))
""",
    "stack-wrong-size": """
class Odd(Numbers):
    def __getitems__(self, i): return [1]
raises(lambda: D.StackDataset(Odd(3)).__getitems__([0, 1])); raises(lambda: D.StackDataset(a=Odd(3)).__getitems__([0, 1]))
""",
    "subset": """
s = D.Subset(ten, [1, 3, 5]); print(len(s), s[1], s[[0, 2]], s.__getitems__([0, 1]), D.Subset(Many(5), [4, 2]).__getitems__([0]))
class Bad(D.Subset):
    def __getitem__(self, i): return 1
raises(lambda: Bad(ten, [1]))
""",
    "split": """
a, b = D.random_split(range(10), [7, 3]); print(list(a), list(b), a.indices); print([len(p) for p in D.random_split(range(11), [0.5, 0.3, 0.2])])
print([list(p) for p in D.random_split(range(5), [2, 3], generator=torch.Generator().manual_seed(4))]); print(torch.rand(1))
raises(lambda: D.random_split(range(10), [5, 6])); raises(lambda: D.random_split(range(10), [1.5, -0.5])); print(len(D.random_split(range(2), [0.1, 0.1, 0.8])))
""",
    # ------------------------------------------------------------------ samplers
    "sequential": "print(list(D.SequentialSampler(range(4))), len(D.SequentialSampler(range(4))))",
    "random": """
for options in ({}, {"replacement": True}, {"num_samples": 25}, {"replacement": True, "num_samples": 70}, {"num_samples": 3}):
    s = D.RandomSampler(range(9), **options); print(len(s), list(s), list(s))
print(torch.rand(1)); g = torch.Generator().manual_seed(3); print(list(D.RandomSampler(range(5), generator=g)), torch.rand(1, generator=g))
raises(lambda: D.RandomSampler(range(3), replacement=3)); raises(lambda: D.RandomSampler(range(3), num_samples=0)); raises(lambda: D.RandomSampler([]))
raises(lambda: D.RandomSampler(range(3), num_samples=1.5))
""",
    "subset-random": "s = D.SubsetRandomSampler([3, 5, 9]); print(len(s), list(s), list(s), torch.rand(1))",
    "weighted": """
s = D.WeightedRandomSampler([0.1, 0.9, 0.4, 4.0], 6); print(len(s), list(s), s.weights); print(list(D.WeightedRandomSampler([1, 2, 3], 3, replacement=False)))
print(list(D.WeightedRandomSampler([1., 2.], 3, generator=torch.Generator().manual_seed(3))))
for f in (lambda: D.WeightedRandomSampler([1.], 0), lambda: D.WeightedRandomSampler([1.], True), lambda: D.WeightedRandomSampler([1.], 1, replacement=3),
          lambda: D.WeightedRandomSampler([[1.]], 1)): raises(f)
""",
    "batch": """
for n, size, drop in ((5, 2, False), (5, 2, True), (4, 2, True), (0, 2, False), (3, 5, True)):
    s = D.BatchSampler(D.SequentialSampler(range(n)), size, drop); print(len(s), list(s))
for f in (lambda: D.BatchSampler([1], 0, False), lambda: D.BatchSampler([1], 1.5, False), lambda: D.BatchSampler([1], True, False),
          lambda: D.BatchSampler([1], 1, 3)): raises(f)
""",
    "sampler": "raises(lambda: iter(D.Sampler())); raises(lambda: len(D.Sampler()))",
    # ------------------------------------------------------------------ the loader, in this process
    "plain": "l = D.DataLoader(Numbers(5), batch_size=2); print(len(l), list(l)); print(list(D.DataLoader(Numbers(2))))",
    "shuffle": """
l = D.DataLoader(ten, batch_size=4, shuffle=True); print(list(l)); print(list(l), torch.rand(1))
print(list(D.DataLoader(ten, 3, shuffle=True, generator=torch.Generator().manual_seed(9))), torch.rand(1))
""",
    "random-stream": "next(iter(D.DataLoader(ten))); print(torch.rand(1)); iter(D.DataLoader(ten)); print(torch.rand(1))",
    "drop-last": "l = D.DataLoader(ten, 3, drop_last=True); print(len(l), len(list(l)), l.drop_last, l.batch_size)",
    "no-batches": "print(list(D.DataLoader(Numbers(3), batch_size=None)), list(D.DataLoader([1, 2.5, 'a', np.float32(3)], batch_size=None)))",
    "sampler-given": "print(list(D.DataLoader(ten, 2, sampler=[3, 1, 4])), list(D.DataLoader(ten, batch_sampler=[[1, 2], [0]])))",
    "sampler-alone": "print(list(D.DataLoader(Numbers(9), sampler=D.SubsetRandomSampler([2, 4]), batch_size=None)))",
    "many-at-once": "print(list(D.DataLoader(Many(5), 2)), list(D.DataLoader(D.Subset(Many(5), [4, 0, 2]), 2)))",
    "subset-of-tensors": "a, b = D.random_split(ten, [6, 4]); print(list(D.DataLoader(a, 4, shuffle=True)), list(D.DataLoader(D.Subset(b, [1, 0]), 2)))",
    "collate": "print(list(D.DataLoader(Numbers(3), 2, collate_fn=lambda batch: len(batch))), list(D.DataLoader([1, 2], None, collate_fn=lambda x: -x)))",
    "stream": """
print(list(D.DataLoader(Stream(5), 2)), list(D.DataLoader(Stream(5), 2, drop_last=True)), list(D.DataLoader(Stream(3), None)), list(D.DataLoader(Stream(0), 2)))
print(len(D.DataLoader(Counted(5), 2)), len(D.DataLoader(Counted(5), 2, drop_last=True)), len(D.DataLoader(Counted(5), None))); raises(lambda: len(D.DataLoader(Stream(5))))
""",
    "stream-too-long": """
class Liar(Stream):
    def __len__(self): return 1
    def __repr__(self): return "Liar"
l = D.DataLoader(Liar(3), None); len(l); print(list(l))
""",
    "list": "print(list(D.DataLoader([1.5, 2.5, 3.5], 2)), list(D.DataLoader('abc', 2)), list(D.DataLoader(range(3), 3)))",
    "gradients": "x = torch.ones(3, requires_grad=True); print(next(iter(D.DataLoader(D.TensorDataset(x), 2))))",
    "not-shared": "b = next(iter(D.DataLoader(ten, 3)))[0]; b[0] = 99; print(ten.tensors[0])",
    "attributes": """
l = D.DataLoader(ten, 2, shuffle=True); print(type(l.sampler).__name__, type(l.batch_sampler).__name__, l.num_workers, l.pin_memory, l.timeout)
print(l.prefetch_factor, l.persistent_workers, l.dataset is ten, l.generator, l.multiprocessing_context)
for name in ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"): raises(lambda: setattr(l, name, 1))
l.num_workers = 0; l.collate_fn = len
""",
    "bad-options": """
for options in ({"num_workers": -1}, {"timeout": -1}, {"prefetch_factor": 2}, {"num_workers": 1, "prefetch_factor": -1}, {"persistent_workers": True},
                {"shuffle": True, "sampler": [1]}, {"batch_sampler": [[1]], "batch_size": 2}, {"batch_sampler": [[1]], "shuffle": True},
                {"batch_size": None, "drop_last": True}, {"batch_size": 0}, {"batch_size": -2}, {"batch_size": 1.5}, {"multiprocessing_context": "fork"},
                {"num_workers": 1, "multiprocessing_context": "nix"}, {"num_workers": 1, "multiprocessing_context": 3}):
    raises(lambda: D.DataLoader(ten, **options))
for options in ({"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}): raises(lambda: D.DataLoader(Stream(2), **options))
raises(lambda: D.DataLoader([], shuffle=True)); print(list(D.DataLoader(Stream(2), shuffle=False)))
""",
    "pin-memory": "print(next(iter(D.DataLoader(ten, 2, pin_memory=True))))",
    "too-many-workers": "print(len(D.DataLoader(ten, num_workers=1000)))",
    "iterator": "i = iter(D.DataLoader(ten, 4)); print(len(i), next(i), iter(i) is i)",
    "worker-info": "print(D.get_worker_info())",
    "samples-differ": "raises(lambda: list(D.DataLoader([torch.ones(2), torch.ones(3)], 2))); raises(lambda: list(D.DataLoader([(1, 2), (3,)], 2)))",
    "not-collatable": "raises(lambda: list(D.DataLoader([object(), 1], 2))); raises(lambda: list(D.DataLoader([None], 2)))",
}  # fmt: skip


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS.keys())
def test_form(code):
    compare_form(SETUP + code)


# ------------------------------------------------------------------------------------------------ collate
Point = namedtuple("Point", "x y")


class Pairs(dict):
    """A mapping of another type."""


class Listed(list):
    """A sequence of another type."""


def samples(m):
    t = lambda *v: m.tensor(v)  # noqa: E731
    return {
        "tensors": [t(1.0, 2.0), t(3.0, 4.0)], "scalars": [m.tensor(1), m.tensor(2)], "ints": [1, 2], "floats": [1.0, 2.5],
        "bools": [True, False], "strings": ["a", "b"], "bytes": [b"a", b"b"], "mixed": [1, 2.5], "float-first": [1.5, 2],
        "tuples": [(1, "a", t(1)), (2, "b", t(2))], "lists": [[1, 2], [3, 4]], "dicts": [{"a": 1, "b": t(1)}, {"a": 2, "b": t(2)}],
        "ordered": [OrderedDict(a=1), OrderedDict(a=2)], "named": [Point(1, t(2)), Point(3, t(4))], "nested": [{"a": [(1, 2)]}, {"a": [(3, 4)]}],
        "arrays": [np.ones(2), np.zeros(2)], "array32": [np.ones((1, 2), np.float32)] * 3, "numpy-numbers": [np.float32(1), np.float32(2)],
        "numpy-ints": [np.int64(1), np.int64(2)], "numpy-bool": [np.bool_(True)], "numpy-text": [np.array("a")], "sets": [{1}, {2}],
        "pairs": [Pairs(a=1), Pairs(a=2)], "listed": [Listed([1, 2]), Listed([3, 4])], "unequal": [[1], [1, 2]], "shapes": [t(1), t(1, 2)],
        "one": [t(1)], "double": [m.ones(2, dtype=m.float64)] * 2, "range": [range(2), range(2)],
    }  # fmt: skip


NAMES = list(samples(torch))


@pytest.mark.parametrize("name", NAMES)
def test_default_collate(name):
    compare(lambda m: m.utils.data.default_collate(samples(m)[name]), lines=1)


@pytest.mark.parametrize("name", NAMES)
def test_default_convert(name):
    compare(lambda m: m.utils.data.default_convert(samples(m)[name]) if name not in ("sets", "numpy-text") else None)


def test_collate_with_a_table_of_ones_own():
    def run(m):
        table = dict(m.utils.data.default_collate_fn_map if hasattr(m.utils.data, "default_collate_fn_map") else
                     torch.utils.data._utils.collate.default_collate_fn_map)  # fmt: skip
        collate = m.utils.data.collate if hasattr(m.utils.data, "collate") else torch.utils.data._utils.collate.collate
        table[set] = lambda batch, *, collate_fn_map=None: sorted(set().union(*batch))
        return collate([({1}, 2), ({3}, 4)], collate_fn_map=table)

    compare(run)


# ------------------------------------------------------------------------------------------------ workers
class Squares:
    """A dataset for both sides: NumPy, numbers, text."""

    def __len__(self):
        return 23

    def __getitem__(self, i):
        return np.full((2, 3), i * i, np.float32), i, f"<{i}>"


class Draws:
    """What every source of random numbers gives in a worker."""

    def __init__(self, module):
        self.module = module

    def __len__(self):
        return 6

    def __getitem__(self, i):
        return float(self.module.rand(1)), random.random(), float(np.random.rand())


def batches(m, dataset, epochs=2, **options):
    m.manual_seed(21)
    loader = m.utils.data.DataLoader(dataset, **options)
    return [list(loader) for _ in range(epochs)], m.rand(1)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("options", [
    {"batch_size": 4}, {"batch_size": 4, "shuffle": True}, {"batch_size": 5, "drop_last": True, "shuffle": True}, {"batch_size": None},
    {"batch_size": 3, "persistent_workers": True, "shuffle": True}, {"batch_size": 3, "prefetch_factor": 1}, {"batch_size": 2, "timeout": 60},
    {"batch_sampler": [[1, 2], [0], [5, 9, 3]]}, {"batch_size": 7, "prefetch_factor": 5, "persistent_workers": True},
], ids=str)  # fmt: skip
def test_workers_give_torchs_batches(options, workers):
    compare(lambda m: batches(m, Squares(), num_workers=workers, multiprocessing_context="fork", **options))


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_random_numbers_in_workers(workers):
    """Seeded from the loader's base seed: ours, Python's and NumPy's draws equal those in torch's workers."""

    def run(m):
        if workers == 0:
            random.seed(5)
            np.random.seed(5)
        return batches(m, Draws(m), batch_size=2, num_workers=workers, persistent_workers=workers > 0)

    compare(run)


def test_random_numbers_follow_the_generator():
    def run(m):
        return batches(m, Draws(m), epochs=1, num_workers=1, generator=m.Generator().manual_seed(77))

    compare(run)


STREAMS = {
    "copies": "lambda info: range(5)",
    "shares": "lambda info: range(info.id if info else 0, 9, info.num_workers if info else 1)",
    "uneven": "lambda info: range(1 if info and info.id else 7)",
    "empty": "lambda info: range(0)",
}


@pytest.mark.parametrize(
    "options", [{"batch_size": 2}, {"batch_size": None}, {"batch_size": 2, "drop_last": True}], ids=str
)
@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_streams_in_workers(stream, persistent, options):
    code = f"""
class S(torch.utils.data.IterableDataset):
    def __iter__(self): return iter(({stream})(torch.utils.data.get_worker_info()))
l = torch.utils.data.DataLoader(S(), num_workers=2, persistent_workers={persistent}, **{options})
print(list(l), list(l))
"""
    compare_form(code)


def test_worker_info_and_init():
    code = """
D = torch.utils.data
class Info:
    def __len__(self): return 4
    def __getitem__(self, i):
        info = D.get_worker_info()
        return info.id, info.num_workers, info.seed, info.dataset is self, getattr(self, "mark", None)
def mark(worker):
    D.get_worker_info().dataset.mark = worker * 10
torch.manual_seed(3)
print(list(D.DataLoader(Info(), num_workers=2, worker_init_fn=mark)))
"""
    compare_form(code)


@pytest.mark.parametrize("error", ["KeyError('wrong')", "StopIteration('wrong')"])
@pytest.mark.parametrize("where", ["item", "collate", "init"])
def test_errors_in_workers(error, where):
    code = f"""
def fail(*a): raise {error}
class Fails:
    def __len__(self): return 4
    def __getitem__(self, i): return fail() if "{where}" == "item" and i == 2 else i
options = {{"collate_fn": fail}} if "{where}" == "collate" else {{"worker_init_fn": fail}} if "{where}" == "init" else {{}}
i = iter(torch.utils.data.DataLoader(Fails(), num_workers=2, **options))
for _ in range(4):
    try: print(next(i))
    except StopIteration: print("end")
    except Exception as e:
        lines = str(e).splitlines(); print(type(e).__name__, lines[0], lines[1], lines[-1], e.args[0].__class__.__mro__[-2].__name__)
"""
    compare_form(code)


class Odd(Exception):
    def __init__(self, a, b):
        super().__init__(a)


class Fails:
    def __len__(self):
        return 1

    def __getitem__(self, i):
        raise Odd(1, 2)


def test_errors_that_cannot_be_rebuilt():
    def run(m):
        with pytest.raises(RuntimeError) as caught:
            next(iter(m.utils.data.DataLoader(Fails(), num_workers=1)))
        return str(caught.value).splitlines()[0]

    compare(run)


@pytest.mark.parametrize("workers", [0, 2])
def test_torchvisions_own_datasets_and_transforms(workers):
    """What the real torchvision makes becomes batches of ours."""
    from torchvision_ops import torchvision

    import tinygrad_edu as tg

    transform = torchvision.transforms.Compose([torchvision.transforms.Resize(20), torchvision.transforms.ToTensor()])
    dataset = torchvision.datasets.FakeData(10, (3, 24, 24), 4, transform)
    mine = list(tg.utils.data.DataLoader(dataset, batch_size=4, num_workers=workers))
    theirs = list(torch.utils.data.DataLoader(dataset, batch_size=4))
    assert len(mine) == len(theirs) == 3
    for (x, y), (images, labels) in zip(mine, theirs, strict=True):
        assert isinstance(x, tg.Tensor)
        np.testing.assert_array_equal(x.numpy(), images.numpy())
        assert y.tolist() == labels.tolist()
    (single,) = (s for s, _ in tg.utils.data.DataLoader(dataset, batch_size=None, sampler=[3]))
    np.testing.assert_array_equal(single.numpy(), dataset[3][0].numpy())


def test_timeout():
    code = """
import time
class Slow:
    def __len__(self): return 1
    def __getitem__(self, i): time.sleep(30)
torch.utils.data.DataLoader(Slow(), num_workers=1, timeout=1).__iter__().__next__()
"""
    compare_form(code)
