"""Tensors print as torch prints them: dtypes, shapes, magnitudes, summaries, suffixes, options."""

from __future__ import annotations

import itertools
import math

import ml_dtypes
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle.harness import compare_form

from tinygrad_edu import device, dtypes, printing

FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTS = ["uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"]
DTYPES = [*FLOATS, *COMPLEX, *INTS, "bool"]


class Node:
    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name


class Tensor:
    """What `format_tensor` asks of a tensor, around a raw array: printing is tested without the rest."""

    def __init__(self, array, requires_grad=False, grad_fn=None, where="cpu", names=None):
        self._data = array
        self.dtype, self.shape, self.device = dtypes.of(array), array.shape, device(where)
        self.requires_grad = requires_grad or grad_fn is not None
        self.grad_fn = grad_fn and Node(grad_fn)
        self.names = names or (None,) * array.ndim


def raw(t):
    t = t.detach()
    if t.dtype == torch.bfloat16:
        return t.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16).reshape(t.shape)
    return t.numpy()


def twin(t):
    grad_fn = None if t.grad_fn is None else t.grad_fn.name()
    return Tensor(raw(t), t.requires_grad, grad_fn)


def same(t):
    assert printing.format_tensor(twin(t)) == repr(t)


@pytest.fixture(autouse=True)
def named_as_torch(monkeypatch):
    monkeypatch.setattr(dtypes, "module_name", "torch")
    yield
    for module in (torch, printing):
        module.set_printoptions(profile="default")


def filled(shape, dtype, scale=1.0, seed=0):
    g = torch.Generator().manual_seed(seed)
    t = torch.randn(shape, generator=g, dtype=torch.float64) * scale
    if dtype == "bool":
        return t > 0
    if dtype in COMPLEX:
        return torch.complex(t, torch.randn(shape, generator=g, dtype=torch.float64)).to(getattr(torch, dtype))
    return (t.abs() if dtype.startswith("uint") else t).mul(1 if dtype in FLOATS else 50).to(getattr(torch, dtype))


SHAPES = [
    (),
    (0,),
    (1,),
    (3,),
    (7,),
    (30,),
    (0, 3),
    (3, 0),
    (1, 1),
    (2, 3),
    (5, 20),
    (2, 3, 4),
    (2, 0, 3),
    (1, 2, 1, 3),
]
SHAPES += [(1000,), (1001,), (40, 40), (2, 600), (600, 2), (11, 10, 10), (1, 1001, 1), (7, 7, 7, 7)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_dtype_and_shape(dtype, shape):
    same(filled(shape, dtype))


SPECIAL = [
    [0.0],
    [-0.0, 0.0],
    [math.nan],
    [math.inf, -math.inf],
    [0, math.nan, 1],
    [0.5, math.nan, -math.inf],
    [1, 2, 3],
    [1, -2, math.inf],
    [1, 1000],
    [1, 1001],
    [0.5, 500.5],
    [0.5, 501],
    [1e8],
    [1e8 + 8],
    [2e8],
    [1e-4],
    [9.99e-5],
    [1e-5, 0],
    [0.00012345, 0.1],
    [1e-30, 1],
    [1e30],
    [3.4e38, 1e-38],
    [1.00005, 2.99995],
    [0.99999, 9.99999],
    [-0.00004, 1],
    [-1e-7, 1e-6],
    [12345.678, 99999],
    [123456789.0],
    [0.1, 0.2, 0.3],
    [1 / 3, 2 / 3],
    [2.5, 3.5],
    [0.00005, 0.00015],
    [5e-324],
    [1.5, 1e5],
    [math.nan, 1e-9],
    [0, 0, 0, 1e-12],
    [100, 0.1],
    [-1.0],
    [10000000.0, 1.0],
    [99999999.0],
    [1e10, 1],
]


@pytest.mark.parametrize("values", SPECIAL, ids=str)
@pytest.mark.parametrize("dtype", FLOATS)
def test_magnitudes(values, dtype):
    same(torch.tensor(values, dtype=getattr(torch, dtype)))
    same(torch.tensor(values, dtype=torch.float64).to(getattr(torch, dtype)).reshape(-1, 1))
    for value in values:
        same(torch.tensor(value, dtype=getattr(torch, dtype)))


PAIRS = [*itertools.product(SPECIAL[:8], SPECIAL[4:9]), *zip(SPECIAL, SPECIAL[::-1], strict=True)]


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize(("real", "imag"), PAIRS)
def test_complex_magnitudes(dtype, real, imag):
    n = min(len(real), len(imag))
    t = torch.complex(torch.tensor(real[:n], dtype=torch.float64), torch.tensor(imag[:n], dtype=torch.float64))
    same(t.to(getattr(torch, dtype)))
    same(t.to(getattr(torch, dtype))[0])


@pytest.mark.parametrize("dtype", INTS)
def test_integer_extremes(dtype):
    info = np.iinfo(dtype)
    same(torch.from_numpy(np.array([info.min, 0, 7, info.max], dtype)))
    same(torch.from_numpy(np.array([[info.max] * 9] * 2, dtype)))
    same(torch.from_numpy(np.array(info.min, dtype)))


@pytest.mark.parametrize("n", range(1, 40))
def test_line_breaks(n):
    same(torch.arange(n) * 100)
    same(torch.arange(n) / 7)
    same(torch.arange(n, dtype=torch.float64) / 7)
    same(torch.complex(torch.arange(n) / 7, -torch.arange(n) / 3))
    same((torch.arange(n) / 7).requires_grad_() * 2)
    same((torch.arange(2.0 * n).reshape(2, n) / 7).to(torch.float16))


@pytest.mark.parametrize("make", [
    lambda: torch.ones(3, requires_grad=True),
    lambda: torch.ones(3, dtype=torch.float64, requires_grad=True),
    lambda: torch.ones(3, requires_grad=True) + 1,
    lambda: torch.ones(2, 2, dtype=torch.float16, requires_grad=True).sum(),
    lambda: torch.zeros(0, requires_grad=True),
    lambda: torch.zeros(0, 3, requires_grad=True) * 2,
    lambda: torch.zeros(0, 3, dtype=torch.float64, requires_grad=True),
    lambda: torch.zeros(0, dtype=torch.int64),
    lambda: torch.zeros(2, 0, dtype=torch.bool),
    lambda: torch.nn.functional.log_softmax(torch.ones(2, 9, requires_grad=True), 1),
    lambda: torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4, requires_grad=True), torch.ones(2, 1, 3, 3)),
    lambda: torch.ones(3, dtype=torch.complex128, requires_grad=True).exp(),
    lambda: torch.arange(2000.0, requires_grad=True).reshape(40, 50),
    lambda: torch.ones(5, 3).t(),
    lambda: torch.ones(5, 1).expand(5, 4),
    lambda: torch.arange(60).reshape(3, 4, 5)[::2, 1:, ::3],
])  # fmt: skip
def test_suffixes(make):
    same(make())


@pytest.mark.parametrize("length", range(55, 85))
def test_suffixes_wrap_where_torch_does(length):
    # one row that ends in every column near the right edge
    for dtype in (torch.float64, torch.int32):
        t = torch.tensor([10 ** (length - 57)] if length > 57 else [1], dtype=dtype if length < 66 else torch.float64)
        same(t)
        same(torch.cat([t, t, t]).to(torch.float64).requires_grad_())
    n = length - 50
    same(torch.ones(n, dtype=torch.float64, requires_grad=True))
    same(torch.ones(n, dtype=torch.float16, requires_grad=True).abs())


@pytest.mark.parametrize("default", [torch.float64, torch.float32, torch.float16])
@pytest.mark.parametrize("dtype", DTYPES)
def test_default_dtype_is_not_said(default, dtype):
    torch.set_default_dtype(default)
    dtypes.set_default_dtype(dtypes.named(str(default).removeprefix("torch.")))
    try:
        same(filled((3,), dtype))
        same(filled((0,), dtype))
        same(filled((0, 2), dtype))
    finally:
        torch.set_default_dtype(torch.float32)
        dtypes.set_default_dtype(dtypes.float32)


OPTIONS = [
    {"precision": 2},
    {"precision": 0},
    {"precision": 10},
    {"threshold": 5},
    {"threshold": 0},
    {"threshold": math.inf},
    {"threshold": 5, "edgeitems": 1},
    {"edgeitems": 2, "threshold": 20},
    {"edgeitems": 0, "threshold": 5},
    {"edgeitems": 0},
    {"linewidth": 40},
    {"linewidth": 10},
    {"linewidth": 200},
    {"profile": "short"},
    {"profile": "full"},
    {"profile": "full", "precision": 1},
    {"sci_mode": True},
    {"sci_mode": False},
    {"sci_mode": True, "precision": 1},
    {"sci_mode": False, "precision": 8, "linewidth": 60},
]


@pytest.mark.parametrize("chosen", OPTIONS, ids=str)
def test_print_options(chosen):
    torch.set_printoptions(**chosen)
    printing.set_printoptions(**chosen)
    assert printing.get_printoptions() == torch._tensor_str.get_printoptions()
    for shape in ((), (0,), (3,), (8,), (40,), (3, 4), (9, 9), (3, 2, 8)):
        for dtype in ("float32", "float64", "complex64", "int64", "int16", "bool"):
            same(filled(shape, dtype))
        same(filled(shape, "float32", 1e6))
        same(filled(shape, "float64", 1e-6))
        same(filled(shape, "float32").round())


def test_options_add_up_and_sci_mode_resets():
    for module in (torch, printing):
        module.set_printoptions(precision=2, sci_mode=True)
        module.set_printoptions(linewidth=50)
    assert printing.get_printoptions() == torch._tensor_str.get_printoptions()
    assert printing.options.sci_mode is None
    assert printing.options.precision == 2
    for module in (torch, printing):
        module.set_printoptions(profile="default")
    with printing.printoptions(precision=1):
        assert printing.format_tensor(twin(torch.tensor([1.25]))) == "tensor([1.2])"
    assert printing.get_printoptions() == torch._tensor_str.get_printoptions()


def test_device_names_and_own_module_name(monkeypatch):
    array = np.ones((2, 2), np.float64)
    assert printing.format_tensor(Tensor(array, where="cuda:0")) == (
        "tensor([[1., 1.],\n        [1., 1.]], device='cuda:0', dtype=torch.float64)"
    )
    assert printing.format_tensor(Tensor(array.astype(np.float32), names=("N", None))) == (
        "tensor([[1., 1.],\n        [1., 1.]], names=('N', None))"
    )
    assert printing.format_tensor(Tensor(array[0].astype(np.float32), True, names=("C",))) == (
        "tensor([1., 1.], requires_grad=True, names=('C',))"
    )
    # A longer module name changes the text, but not where lines break.
    wide = torch.arange(9, dtype=torch.float64) / 7
    monkeypatch.setattr(dtypes, "module_name", "tinygrad_edu")
    for n in range(1, 30):
        wide = torch.arange(n, dtype=torch.float64) / 7
        assert printing.format_tensor(twin(wide)) == repr(wide).replace("torch.", "tinygrad_edu.")


def test_subclasses_and_parameters():
    class Marked(Tensor):
        pass

    class TorchMarked(torch.Tensor):
        pass

    TorchMarked.__name__ = "Marked"
    t = torch.ones(2, 30)
    assert printing.format_tensor(Marked(raw(t))) == repr(t.as_subclass(TorchMarked))

    class Parameter(Tensor):
        pass

    assert printing.format_tensor(Parameter(raw(t), True)) == repr(torch.nn.Parameter(t)).split("\n", 1)[1]
    Weight = type("Weight", (Parameter,), {})
    TorchWeight = type("Weight", (torch.nn.Parameter,), {})
    assert printing.format_tensor(Weight(raw(t), True)) == repr(TorchWeight(t)).split("\n", 1)[1]


def test_view_without_history():
    class Lost(Tensor):
        @property
        def grad_fn(self):
            raise RuntimeError("the history of this view is not known")

        @grad_fn.setter
        def grad_fn(self, value):
            pass

    Lost.__name__ = "Tensor"
    assert printing.format_tensor(Lost(np.ones(2, np.float32))) == "tensor([1., 1.], grad_fn=<Invalid>)"


@pytest.mark.parametrize("shape", [(), (2,), (2, 3)])
def test_size(shape):
    assert printing.format_size(shape) == repr(torch.Size(shape))


@pytest.mark.parametrize("name", ["max", "sort", "topk", "mode"])
def test_return_types(name):
    x = torch.arange(12.0).reshape(3, 4)
    result = getattr(torch, name)(x, 2) if name == "topk" else getattr(torch, name)(x, 1)

    class Shown:
        def __init__(self, t):
            self.t = t

        def __repr__(self):
            return printing.format_tensor(twin(self.t))

    fields = [("values", Shown(result.values)), ("indices", Shown(result.indices))]
    assert printing.format_return_type(name, fields) == repr(result)


def test_large_tensors_convert_only_what_is_shown():
    class Counting(np.ndarray):
        asked = 0

        def tolist(self):
            Counting.asked = max(Counting.asked, self.size)
            return super().tolist()

    big = np.arange(1_000_000, dtype=np.float32).reshape(1000, 1000)
    expected = repr(torch.from_numpy(big))
    assert printing.format_tensor(Tensor(big)) == expected
    t = Tensor(big)
    t._data = big.view(Counting)
    from tinygrad_edu import backend

    backend.by_array[Counting] = backend.cpu
    try:
        assert printing.format_tensor(t) == expected
    finally:
        del backend.by_array[Counting]
    assert Counting.asked == 36


EXPRESSIONS = """\
repr(m.tensor([1.5, 2]))
str(m.tensor([[1, 2], [3, 4]]))
repr(m.tensor([1.0, 2], requires_grad=True) * 2)
repr(m.tensor([[1, 2, 3], [4, 5, 6.0]], requires_grad=True).sum())
repr(m.tensor([[1, 2, 3], [4, 5, 6.0]]).t())
repr(m.tensor([1.5, 2], dtype=m.bfloat16))
repr(m.zeros(0, 3, dtype=m.int32))
repr([m.tensor([1.0, 2]), {"a": m.tensor(3)}])
f"{m.tensor(1.5):.3f}"
f"{m.tensor([1.0, 2]):.3f}"
f"{m.tensor([1.0]):.2f}"
f"{m.tensor([1.0, 2])}"
f"{m.tensor(3):5d}|{m.tensor(True)}|{m.tensor(1 + 2j)}"
f"{m.tensor(1.5, requires_grad=True)}"
f"{m.tensor(0.1)}"
f"{m.tensor(0.1)!r}"
f"{m.tensor([1.0, 2])!r:>30}"
f"{m.tensor(1.5):d}"
"%s %d %.2f" % (m.tensor(1.5), m.tensor(3), m.tensor(2.5))
repr(m.tensor([1.5, 2]).shape)
repr(m.tensor([1.5, 2]).dtype)
repr(m.tensor([1.5, 2]).device)
repr(m.tensor([[1, 2, 3], [4, 5, 6]]).max(1))
repr(m.tensor([[1.0, 3, 2]], requires_grad=True).sort(1))
repr(m.nn.Parameter(m.ones(2, 2)))
f"{m.nn.Parameter(m.tensor(1.5))}"
f"{m.nn.Parameter(m.tensor(1.5)):.2f}"
""".splitlines()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_real_tensors(expression):
    import tinygrad_edu

    def outcome(module):
        try:
            return eval(expression, {"m": module})
        except (TypeError, ValueError) as error:
            return type(error), str(error)

    assert outcome(tinygrad_edu) == outcome(torch)


def bits_of(dtype):
    size = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype).itemsize
    return st.integers(0, 2 ** (8 * size) - 1)


@st.composite
def tensors(draw):
    """Any dtype and small shape; floats as arbitrary bit patterns or of a common magnitude."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = tuple(draw(st.lists(st.integers(0, 7), max_size=4)))
    n = math.prod(shape)
    torch_dtype = getattr(torch, dtype)
    if dtype == "bool" or draw(st.booleans()):
        magnitude = 10.0 ** draw(st.integers(-9, 9))
        if dtype.startswith("uint") or dtype in INTS:
            magnitude = min(magnitude, 100.0 if dtype.endswith("8") else 30000.0)
        values = draw(st.lists(st.floats(-1, 1, width=32), min_size=n, max_size=n))
        numbers = np.array(values, np.float64) * magnitude
        if draw(st.booleans()):
            numbers = np.round(numbers)
        if dtype in INTS:
            numbers = np.abs(np.nan_to_num(numbers))
        t = torch.from_numpy(numbers).to(torch_dtype)
        if dtype in COMPLEX:
            t = t * (1 - 0.5j)
    elif dtype in COMPLEX:
        part = st.floats(width=32 if dtype == "complex64" else 64)
        values = draw(st.lists(st.builds(complex, part, part), min_size=n, max_size=n))
        t = torch.tensor(values, dtype=torch_dtype)
    else:
        words = draw(st.lists(bits_of(dtype), min_size=n, max_size=n))
        size = torch_dtype.itemsize
        raw_bits = np.array(words, f"u{size}")
        t = torch.from_numpy(raw_bits.view(f"i{size}")).view(torch_dtype)
    return t.reshape(shape)


@settings(max_examples=400, deadline=None)
@given(tensors(), st.sampled_from([3, 20, 1000]), st.integers(0, 4), st.integers(10, 100), st.integers(0, 6))
def test_anything_prints_as_torch(t, threshold, edgeitems, linewidth, precision):
    assume(t.numel() < 500)
    chosen = {"threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth, "precision": precision}
    for module in (torch, printing):
        module.set_printoptions(**chosen)
    same(t)


SIZES = ["(1,) + s", "s + (1,)", "s + s", "s + [1]", "s * 2", "2 * s", "s * 1.5", "s[::-1]", "s + (1.5,)", "('a',) + s",
         "[*[1], *s]", "s == (2, 3), hash(s) == hash((2, 3))", "s.count(2), s.index(3), s.numel()", "torch.Size([])", "torch.Size(['a'])",
         "torch.Size([torch.tensor(3)])", "torch.Size([torch.tensor(3.0)])", "torch.Size([True])", "torch.Size(3)"]  # fmt: skip


@pytest.mark.parametrize("form", SIZES)
def test_sizes_compute_like_torchs(form: str) -> None:
    compare_form(f"s = torch.Size([2, 3]); {form}")
