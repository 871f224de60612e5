"""jit: a graph does what its program did, for other numbers and other sizes, from memory and from a file."""

import copy
import io
import json
import re
import warnings
import zipfile

import pytest
import torch
from jit_programs import MATRICES, images

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.autograd.op import Op


def tensors(out):
    if isinstance(out, tg.Tensor):
        return [out]
    return [t for part in (out.values() if isinstance(out, dict) else out) if part is not None for t in tensors(part)]


def reloaded(traced):
    file = io.BytesIO()
    traced.save(file)
    file.seek(0)
    return tg.jit.load(file)


def differences(name, program, example, others):
    """Where the traced program, and its copy from a file, differ from the program; with and without gradients."""
    traced = tg.jit.trace(program, example, strict=False)
    found = []
    for run in (traced, reloaded(traced)):
        for args in (example, *others):
            expected = tensors(program(*(a.clone() for a in args)))
            with tg.no_grad():
                plain = tensors(run(*(a.clone() for a in args)))
            recorded = tensors(run(*(a.clone() for a in args)))
            for i, (want, *have) in enumerate(zip(expected, plain, recorded)):
                for t in have:
                    if t.dtype != want.dtype or t.shape != want.shape or not tg.allclose(t, want, 0, 0, equal_nan=True):
                        found.append(f"{name}, output {i}, input {list(args[0].shape)}: {t} instead of {want}")
            if len(expected) != len(plain):
                found.append(f"{name}: {len(plain)} outputs instead of {len(expected)}")
    return found


def test_programs_for_other_numbers_and_sizes():
    tg.manual_seed(0)
    found = []
    for program in MATRICES:
        found += differences(program.__name__, program, (tg.randn(3, 4),), [(tg.randn(5, 4),), (tg.randn(2, 4),)])
    found += differences("images", images, (tg.randn(2, 3, 4, 4),), [(tg.randn(3, 3, 4, 4),)])
    assert found == []


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.norm, self.conv = nn.Embedding(10, 4), nn.LayerNorm(4), nn.Conv1d(4, 3, 2)

    def forward(self, x):
        return self.conv(self.norm(self.table(x)).transpose(1, 2))


def test_layers_for_other_numbers_and_sizes():
    tg.manual_seed(0)
    one, two = tg.randn(3, 2, 4), tg.randn(6, 5, 4)
    rows = tg.randn(3, 5, 8), tg.randn(2, 7, 8)
    cases = [
        (nn.GRU(4, 5, num_layers=2, bidirectional=True), (one,), (two,)),
        (nn.LSTM(4, 5, batch_first=True), (one,), (two,)),
        (nn.GRUCell(4, 5), (tg.randn(3, 4), tg.randn(3, 5)), (tg.randn(6, 4), tg.randn(6, 5))),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval(), rows[:1], rows[1:]),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True).eval(), rows[:1], rows[1:]),
        (nn.MultiheadAttention(8, 2), (rows[0],) * 3, (rows[1],) * 3),
        (Words(), (tg.randint(0, 10, (2, 5)),), (tg.randint(0, 10, (4, 7)),)),
    ]
    found = []
    for module, example, other in cases:
        found += differences(type(module).__name__, module, example, [other])
    assert found == []


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.relu = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        self.drop, self.head = nn.Dropout(0.5), nn.Linear(4 * 9, 3)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.relu(self.norm(self.conv(x))), 2)
        return self.head(self.drop(x.view(x.size(0), -1)))


def test_a_traced_module_trains_as_the_module_does():
    tg.manual_seed(0)
    module, x, target = Net(), tg.randn(4, 1, 8, 8), tg.tensor([0, 1, 2, 1])
    twin = copy.deepcopy(module)
    with pytest.warns(tg.jit.TracerWarning, match="nondeterministic nodes. Did you forget call .eval()"):
        traced = tg.jit.trace(module, x)
    after_trace = module.norm.num_batches_tracked.item()
    assert after_trace == 1, "one run is seen by the statistics, as in torch without checks"
    twin(x)
    for net in (traced, twin):
        tg.manual_seed(1)
        optimizer = tg.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), target).backward()
            optimizer.step()
    assert list(traced.state_dict()) == list(twin.state_dict())
    for name, value in twin.state_dict().items():
        assert tg.equal(traced.state_dict()[name], value), name
        assert tg.equal(module.state_dict()[name], value), "the module and its trace share their parameters"
    assert traced.conv.weight is module.conv.weight


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_what_a_traced_module_says_of_itself():
    module = Net().eval()
    traced = tg.jit.trace(module, tg.randn(2, 1, 8, 8))
    theirs = torch.jit.trace(torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.ReLU()), torch.randn(1, 1))
    ours = tg.jit.trace(nn.Sequential(nn.Linear(1, 1), nn.ReLU()), tg.randn(1, 1))
    assert str(ours) == str(theirs)
    lines = str(traced.graph).splitlines()
    assert lines[0] == "graph(%self,"
    assert any(
        "op::convolution(%x, %conv.weight, %conv.bias" in line and "scope: Net.Conv2d[conv] # " in line
        for line in lines
    )
    assert f"{__file__}:" in lines[-2], "the program's own line stands beside a step"
    assert "(x.size(0), 36)" in traced.code
    assert not traced.training
    with pytest.raises(RuntimeError, match="only the whole can be called"):
        traced.conv(tg.randn(1, 1, 8, 8))
    with pytest.raises(RuntimeError, match="was traced with size 8 in dimension 2 of 'x', and cannot run with size 9"):
        traced(tg.randn(2, 1, 9, 8))


def texts(package, call):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            call(package)
        except Exception as error:
            return [type(error).__name__, str(error)]
    said = [
        str(w.message)
        for w in found
        if "TracerWarning" in w.category.__name__ and "other numbers" not in str(w.message)
    ]
    return list(dict.fromkeys(said))  # torch says it again when it checks


def asks(x):
    y = x * int(x.max()) if x.sum() > 0 else x
    _ = list(y), len(x), x.numpy(), x.tolist(), x[0, 0].item(), float(x[0, 1])
    return y


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_warnings_and_errors_are_torchs():
    def counts(package):
        class Counter(package.nn.Module):
            def __init__(self):
                super().__init__()
                self.k = 0

            def forward(self, x):
                self.k += 1
                return x.sin() if self.k % 2 else x.cos()

        package.jit.trace(Counter(), package.ones(2))

    linear = {p: p.jit.trace(p.nn.Linear(3, 2), p.ones(2, 3)) for p in (tg, torch)}
    cases = [
        lambda p: p.jit.trace(asks, p.ones(2, 3)),
        lambda p: p.jit.trace(lambda x: {"a": x}, p.ones(2)),
        lambda p: p.jit.trace(lambda x: 3, p.ones(2)),
        lambda p: linear[p](p.ones(2, 3), 1),
        lambda p: linear[p](),
    ]
    for case in cases:
        ours, theirs = texts(tg, case), texts(torch, case)
        assert ours == [re.sub(r"__torch__[\w.]*\.Linear", "__torch__.Linear", t) for t in theirs]
        assert ours
    ours, theirs = texts(tg, counts), texts(torch, counts)
    assert ours[0] == theirs[0] == "TracingCheckError"
    assert "ERROR: Graphs differed across invocations!" in ours[1]
    assert "sin" in ours[1]
    assert "cos" in ours[1]


def test_other_numbers_that_lead_elsewhere_are_noticed():
    program = lambda x: x * 2 if bool(x[0] > 0) else x * 3  # noqa: E731
    with pytest.warns(tg.jit.TracerWarning) as found:
        tg.jit.trace(program, tg.tensor([1.0, -1.0]))
    assert any("takes another path" in str(w.message) for w in found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(tg.jit.TracingCheckError):
            tg.jit.trace(program, tg.tensor([1.0, 2.0]), check_inputs=[(tg.tensor([-1.0, 2.0]),)])
    with pytest.warns(tg.jit.TracerWarning) as found:  # numbers that leave the graph, through NumPy
        tg.jit.trace(lambda x: x + tg.from_numpy(x.numpy() * 2), tg.tensor([1.0, 2.0]))
    assert any("uses other constants" in str(w.message) for w in found)


def test_tracing_leaves_nothing_behind():
    before = {name: getattr(Op, name) for name in ("__call__", "call1", "call2", "with_number")}
    methods, functions = dict(vars(tg.Tensor)), dict(vars(tg.nn.functional))
    with pytest.raises(ZeroDivisionError):
        tg.jit.trace(lambda x: x * (1 // 0), tg.ones(2))
    tg.jit.trace(lambda x: x * 2, tg.ones(2))
    assert before == {name: getattr(Op, name) for name in before}
    assert methods == dict(vars(tg.Tensor))
    assert functions == dict(vars(tg.nn.functional))
    assert not tg.jit.is_tracing()


def test_what_a_script_writes_into_its_inputs_is_written_once():
    def put(a, b, out):
        tg.mul(a, b, out=out)
        a.add_(1)
        return a * 2

    def only_puts(a, mask):
        tg.lt(a, 1, out=mask)
        a.masked_fill_(mask, 1)

    for make in (put, tg.jit.script(put)):
        for start in (1.0, 5.0):  # recorded with the first
            a, out = tg.full((3,), start), tg.zeros(3)
            assert make(a, tg.arange(3.0), out).tolist() == [2 * start + 2] * 3
            assert (a.tolist(), out.tolist()) == ([start + 1] * 3, [0, start, 2 * start])
    scripted = tg.jit.script(only_puts)
    for n in (3, 3, 4):
        a, mask = tg.arange(float(n)), tg.zeros(n).bool()
        assert scripted(a, mask) is None
        assert (a.tolist(), mask.tolist()) == ([1, *range(1, n)], [True, *[False] * (n - 1)])


def test_scripts_follow_choices():
    def program(x):
        n = 0
        while x.sum() < 100 and n < 20:
            x, n = x * 2, n + 1
        return -x if x.max() > 200 else x

    scripted = tg.jit.script(program)
    for start in ([1.0, 2.0], [50.0, 1.0], [300.0, 1.0], [3.0, 2.0], [1.5, 2.5]):
        assert tg.equal(scripted(tg.tensor(start)), program(tg.tensor(start)))
    assert len(scripted.paths.programs) == 4, "the last start takes a path that was known"
    again = reloaded(scripted)
    assert tg.equal(again(tg.tensor([2.5, 2.0])), program(tg.tensor([2.5, 2.0])))
    with pytest.raises(RuntimeError, match="A path that was not recorded cannot be run"):
        again(tg.tensor([0.001, 0.002]))
    with pytest.raises(
        RuntimeError, match=r"jit.script cannot record what Python does with the numbers of a tensor \(float"
    ):
        tg.jit.script(lambda x: x * float(x.sum()))(tg.ones(2))

    def writes_first(x, y):
        x.add_(1)
        return y if x.sum() > 0 else -y

    with pytest.raises(RuntimeError, match="after the program has changed its inputs"):
        tg.jit.script(writes_first)(tg.ones(2), tg.ones(2))
    tg.manual_seed(0)
    module, x = Net(), tg.randn(4, 1, 8, 8)
    scripted = tg.jit.script(module)
    scripted(x)
    scripted.eval()
    module.eval()
    assert tg.equal(scripted(x), module(x))
    assert [g.training for g in scripted.paths.graphs] == [True, False]


class Turned(tg.nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x


class Around(tg.nn.Module):
    def __init__(self, part):
        super().__init__()
        self.part = part
        self.last = tg.nn.Linear(2, 2)

    def forward(self, x):
        y = x.new_zeros(2)
        for row in range(x.size(0)):
            y = self.part(self.last(x[row])) + y / 2
        return y


def test_scripted_and_traced_parts_stay_what_they_are_in_a_whole():
    """A part that was traced by itself is recorded with the whole, and a scripted part keeps its choices in a trace."""
    x = tg.tensor([[1.0, 2.0], [-3.0, 1.0], [0.5, -4.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for part in (tg.jit.script(Turned()), tg.jit.trace(nn.Sequential(tg.jit.script(Turned())), x[0])):
            program = Around(part)
            for whole in (tg.jit.script(program), tg.jit.trace(program, x), tg.jit.trace(lambda a, f=program: f(a), x)):
                for given in (x, -x, x[:1], 3 * x[1:]):
                    tg.testing.assert_close(whole(given), Around.forward(program, given))
    inner = tg.jit.trace(tg.nn.Linear(2, 2), x)
    outer = tg.jit.script(tg.nn.Sequential(inner, tg.nn.Tanh()))
    outer(x).sum().backward()
    assert outer[0] is inner
    assert all(p.grad is not None for p in inner.parameters())


def test_a_file_runs_no_code():
    file = io.BytesIO()
    tg.jit.trace(nn.Linear(2, 1), tg.ones(1, 2)).save(file)
    with zipfile.ZipFile(file) as archive:
        assert {name.rpartition(".")[2] for name in archive.namelist()} == {"json", "npy"}
        contents = {name: archive.read(name) for name in archive.namelist()}
    made = json.loads(contents["graph.json"])

    def loaded(change):
        altered = json.loads(json.dumps(made))
        change(altered["graphs"][0]["nodes"])
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, json.dumps(altered) if name == "graph.json" else content)
        return tg.jit.load(out)

    assert loaded(lambda nodes: None)(tg.ones(1, 2)).shape == (1, 1)
    with pytest.raises(RuntimeError, match="a primitive named 'system'"):
        loaded(lambda nodes: nodes[0].__setitem__(1, "system"))
    with pytest.raises(KeyError, match=r"os\.system"):
        loaded(lambda nodes: nodes[0].__setitem__(slice(0, 2), ["function", "os.system"]))
    with pytest.raises(ValueError, match="no kind of argument"):
        loaded(lambda nodes: nodes[0].__setitem__(2, [{"named": "io.restricted.Unpickler", "of": []}]))
    state = io.BytesIO()
    tg.save({"a": tg.ones(1)}, state)
    state.seek(0)
    with pytest.raises(RuntimeError, match="holds no graph"):
        tg.jit.load(state)
